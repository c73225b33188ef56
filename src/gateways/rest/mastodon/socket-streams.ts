/**
 * What happens, by WebSocket: any of the streams over one connection, begun and ended by messages
 * (docs.joinmastodon.org/methods/streaming#websocket).
 */
import type { FastifyReply } from 'fastify'

import { asAnilloError, ERRORS, isAnilloError } from '../../../base/errors.ts'
import { fullBucket, take, type Bucket } from '../../../base/token-bucket.ts'
import type { Timer } from '../../../effects/clock.ts'
import {
  WEB_SOCKET_CLOSE,
  type WebSocketClose,
  type WebSocketStream,
} from '../../../effects/web-sockets.ts'
import { languageFor } from '../accept-language.ts'
import { askAgain } from '../ask-again.ts'
import {
  EVENT_BEAT_MS,
  SOCKET_MESSAGES_A_SECOND,
  SOCKET_MESSAGES_MAX,
  SOCKET_TOPICS_MAX,
  SOCKET_UNSENT_BYTES_MAX,
} from '../limits.ts'
import { errorFor } from '../member-names.ts'
import { problemWords } from '../problem-words.ts'
import type { StreamPlaces } from '../stream-places.ts'
import { streamToken } from './addresses.ts'
import type { Exchange, MastodonDoor } from './exchange.ts'
import { MastodonRefusal } from './refusal.ts'
import { requireList, streamEvents } from './stream-events.ts'
import { streamTopicOf, type StreamTopic, type WantedStream } from './stream-topics.ts'

const MESSAGES = { burst: SOCKET_MESSAGES_MAX, perSecond: SOCKET_MESSAGES_A_SECOND } as const

export class SocketStreams {
  readonly #door: MastodonDoor
  readonly #places: StreamPlaces
  readonly #open = new Set<SocketReader>()

  constructor(door: MastodonDoor, places: StreamPlaces) {
    this.#door = door
    this.#places = places
  }

  /**
   * @param first the stream that it begins with; absent: none yet
   * @throws AnilloError BUSY
   */
  open(exchange: Exchange, first: WantedStream | undefined): FastifyReply {
    const { reply, request, who } = exchange
    const { clock, gate, webSockets } = this.#door
    const place = this.#places.take(who.nick)
    reply.hijack()
    const socket = webSockets?.take(request.raw)
    if (socket === undefined) {
      place[Symbol.dispose]()
      return reply
    }
    const mayStill = () => gate.admitByToken(request.raw, 'dweets.read', streamToken(request))
    const asking = askAgain(clock, mayStill, () => reader.close('policy', 'LOGIN_FIRST'))
    const reader = new SocketReader(this.#door, exchange, {
      socket,
      ended: () => {
        this.#open.delete(reader)
        place[Symbol.dispose]()
        asking.cancel()
      },
    })
    this.#open.add(reader)
    if (first !== undefined) reader.subscribe(first)
    return reply
  }

  /** So that the door can close; their readers go on at another member. */
  close(): void {
    for (const reader of this.#open) reader.close('goingAway', 'MEMBER_ENDS')
  }
}

interface Connection {
  readonly socket: WebSocketStream
  readonly ended: () => void
}

/** One connection, and its streams. */
class SocketReader {
  readonly #door: MastodonDoor
  readonly #exchange: Exchange
  readonly #socket: WebSocketStream
  /** By name: ends it. */
  readonly #streams = new Map<string, AbortController>()
  #messages: Bucket
  #beat: Timer
  #isAlive = true
  #isOver = false

  constructor(door: MastodonDoor, exchange: Exchange, { ended, socket }: Connection) {
    this.#door = door
    this.#exchange = exchange
    this.#socket = socket
    this.#messages = fullBucket(MESSAGES, door.clock.nowMs())
    this.#beat = this.#nextBeat()
    socket.receive({
      alive: () => (this.#isAlive = true),
      text: (text) => this.#hear(text),
      closed: () => {
        this.#isOver = true
        this.#beat.cancel()
        for (const stream of this.#streams.values()) stream.abort()
        ended()
      },
    })
  }

  close(code: keyof typeof WEB_SOCKET_CLOSE, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    const told: WebSocketClose = WEB_SOCKET_CLOSE[code]
    this.#socket.close(told, reason)
  }

  /** Again, it is the same stream. */
  subscribe(wanted: WantedStream): void {
    let topic: StreamTopic
    try {
      topic = streamTopicOf(wanted, this.#exchange.app)
    } catch (thrown) {
      this.#refuse(thrown)
      return
    }
    const name = nameOf(topic)
    if (this.#streams.has(name)) return
    if (this.#streams.size >= SOCKET_TOPICS_MAX) {
      this.#refuse(new MastodonRefusal(429, 'Too many streams on one connection'))
      return
    }
    const ended = new AbortController()
    this.#streams.set(name, ended)
    void this.#tell(topic, ended.signal).finally(() => {
      if (this.#streams.get(name) === ended) this.#streams.delete(name)
    })
  }

  /** Never rejects. */
  async #tell(topic: StreamTopic, signal: AbortSignal): Promise<void> {
    try {
      await requireList(this.#door, this.#exchange, topic)
      for await (const { event, payload } of streamEvents(this.#door, this.#exchange, {
        topic,
        signal,
      })) {
        this.#send({ stream: topic.names, event, payload })
      }
    } catch (thrown) {
      if (!signal.aborted) this.#failed(thrown)
    }
  }

  /** What passes, its reader comes again for; what stays so is told. */
  #failed(thrown: unknown): void {
    if (!isAnilloError(thrown)) this.#door.log.error('a stream broke off', { error: thrown })
    const { httpStatus } = ERRORS[asAnilloError(thrown).code]
    if (httpStatus < 500) this.#refuse(thrown)
    else this.close(httpStatus === 500 ? 'failed' : 'tryAgainLater', 'the stream broke off')
  }

  #hear(text: string): void {
    const { clock } = this.#door
    const amount = { amount: 1, nowMs: clock.nowMs(), rate: MESSAGES }
    const [messages, waitMs] = take(this.#messages, amount)
    this.#messages = messages
    if (waitMs > 0) {
      this.close('policy', 'too many messages')
      return
    }
    const message = readMessage(text)
    if (message === undefined) this.#refuse(new MastodonRefusal(400, 'Invalid message'))
    else if (message.type === 'subscribe') this.subscribe(message.wanted)
    else this.#unsubscribe(message.wanted)
  }

  #unsubscribe(wanted: WantedStream): void {
    try {
      const name = nameOf(streamTopicOf(wanted, this.#exchange.app))
      this.#streams.get(name)?.abort()
      this.#streams.delete(name)
    } catch (thrown) {
      this.#refuse(thrown)
    }
  }

  #refuse(thrown: unknown): void {
    if (thrown instanceof MastodonRefusal) {
      this.#send({ error: thrown.message, status: thrown.status })
      return
    }
    const error = errorFor(undefined, asAnilloError(thrown))
    const language = languageFor(this.#exchange.request.headers['accept-language'])
    const { httpStatus: status } = ERRORS[error.code]
    this.#send({ error: problemWords(error, language), status })
  }

  /** Who does not read loses the connection, and what was told meanwhile. */
  #send(message: object): void {
    if (this.#isOver) return
    if (this.#socket.unsentBytes > SOCKET_UNSENT_BYTES_MAX) this.#socket.destroy()
    else this.#socket.send(JSON.stringify(message))
  }

  /** Also keeps what lies between from closing an idle connection. */
  #nextBeat(): Timer {
    return this.#door.clock.after(EVENT_BEAT_MS, () => {
      if (this.#isOver) return
      if (!this.#isAlive) {
        this.#socket.destroy()
        return
      }
      this.#isAlive = false
      this.#socket.ping()
      this.#beat = this.#nextBeat()
    })
  }
}

function nameOf({ names }: StreamTopic): string {
  return names.join(' ')
}

interface Message {
  readonly type: 'subscribe' | 'unsubscribe'
  readonly wanted: WantedStream
}

/** `undefined`: it is none. */
function readMessage(text: string): Message | undefined {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return undefined
  }
  const type = textIn(message, 'type')
  if (type !== 'subscribe' && type !== 'unsubscribe') return undefined
  const wanted = {
    stream: textIn(message, 'stream') ?? '',
    tag: textIn(message, 'tag'),
    list: textIn(message, 'list'),
  }
  return { type, wanted }
}

function textIn(message: unknown, name: string): string | undefined {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, name))
    return undefined
  const value: unknown = Reflect.get(message, name)
  return typeof value === 'string' ? value : undefined
}
