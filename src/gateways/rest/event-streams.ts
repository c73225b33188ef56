/**
 * Server-sent events (WHATWG HTML, 9.2): what happens to any number of readers, up to a bound.
 * Readers that ask for the same share one source: each event is fetched and encoded once.
 */
import type { FastifyReply } from 'fastify'

import { utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Timer } from '../../effects/clock.ts'
import { askAgain } from './ask-again.ts'
import type { GatewayOptions } from './door.ts'
import { EventReader } from './event-readers.ts'
import { whenOver } from './gone.ts'
import { EVENT_BEAT_MS, EVENT_STREAMS_MAX, EVENTS_RECENT_MAX } from './limits.ts'

type Options = Pick<GatewayOptions, 'clock' | 'log'>

export interface Wanted {
  /** Readers of one name share one source. */
  readonly name: string
  /** How many may share it; absent: as many as there may be. */
  readonly most?: number
  /** How many of the latest come first. */
  readonly recent?: number | undefined
  /** The stream ends when they do. */
  readonly events: (recent: number, signal: AbortSignal) => AsyncIterable<object>
  /** An event as it is sent; absent: its JSON. All readers of one name have the same. */
  readonly frame?: ((event: object) => Uint8Array) | undefined
  /** Its readers know of events and comments alone, and break at anything else. */
  readonly isBare?: true
  /** Asked now and then; rejects once its reader may watch no more. */
  readonly mayStill?: (() => Promise<unknown>) | undefined
}

const RETRY = utf8('retry: 500\n\n')
/** As Mastodon begins its own. */
const GREETING = utf8(':)\n\n')
const BEAT = utf8(': beat\n\n')

export class EventStreams {
  readonly #options: Options
  /** By name, and by how many of the latest their readers asked for. */
  readonly #sources = new Map<string, Source>()
  #open = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws AnilloError BUSY */
  open(reply: FastifyReply, wanted: Wanted): FastifyReply {
    const { isBare = false, mayStill, most = EVENT_STREAMS_MAX } = wanted
    const known = this.#sources.get(keyOf(wanted))
    if (this.#open >= EVENT_STREAMS_MAX || (known !== undefined && known.readers >= most)) {
      throw new AnilloError('BUSY', { what: 'event streams' })
    }
    this.#open++
    const source = known ?? this.#begin(wanted)
    const reader = new EventReader({
      clock: this.#options.clock,
      isBare,
      close: () => reply.raw.destroy(),
      ended: () => {
        this.#open--
        source.leave(reader)
        asking?.cancel()
      },
    })
    const asking = mayStill && askAgain(this.#options.clock, mayStill, () => reader.end())
    reader.put(isBare ? GREETING : RETRY)
    source.join(reader)
    whenOver(reply, () => reader.gone())
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(reader.stream)
  }

  /** Ends all streams, so that the door can close; their readers go on at another member. */
  close(): void {
    for (const source of this.#sources.values()) source.end()
  }

  #begin(wanted: Wanted): Source {
    const key = keyOf(wanted)
    const { events, frame } = wanted
    const source = new Source({ ...this.#options, events, frame }, recentOf(wanted), () => {
      if (this.#sources.get(key) === source) this.#sources.delete(key)
    })
    this.#sources.set(key, source)
    return source
  }
}

function recentOf({ recent = EVENTS_RECENT_MAX }: Wanted): number {
  return Math.min(recent, EVENTS_RECENT_MAX)
}

function keyOf(wanted: Wanted): string {
  return `${recentOf(wanted)} ${wanted.name}`
}

function jsonFrame(event: object): Uint8Array {
  return utf8(`data: ${JSON.stringify(event)}\n\n`)
}

/** One subscription, for as long as it has readers. */
class Source {
  readonly #clock: Options['clock']
  readonly #log: Options['log']
  readonly #recent: number
  readonly #frame: (event: object) => Uint8Array
  readonly #latest: Uint8Array[] = []
  readonly #readers = new Set<EventReader>()
  readonly #stop = new AbortController()
  readonly #ended: () => void
  #beat: Timer

  constructor(
    { clock, events, frame = jsonFrame, log }: Options & Pick<Wanted, 'events' | 'frame'>,
    recent: number,
    ended: () => void,
  ) {
    this.#clock = clock
    this.#log = log
    this.#recent = recent
    this.#frame = frame
    this.#ended = ended
    this.#beat = this.#nextBeat()
    void this.#pump(events(recent, this.#stop.signal))
  }

  get readers(): number {
    return this.#readers.size
  }

  join(reader: EventReader): void {
    for (const frame of this.#latest) reader.put(frame)
    this.#readers.add(reader)
  }

  leave(reader: EventReader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.end()
  }

  end(): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#beat.cancel()
    this.#ended()
    for (const reader of this.#readers) reader.end()
  }

  /**
   * However the subscription ends, the readers' streams end with it, and they come again. Never
   * rejects: that the store cannot be asked for a moment is nobody's fault.
   */
  async #pump(events: AsyncIterable<object>): Promise<void> {
    try {
      for await (const event of events) {
        const frame = this.#frame(event)
        this.#latest.push(frame)
        if (this.#latest.length > this.#recent) this.#latest.shift()
        this.#tell(frame)
      }
    } catch (thrown) {
      if (!isAnilloError(thrown)) this.#log.error('events broke off', { error: thrown })
    } finally {
      this.end()
    }
  }

  #tell(frame: Uint8Array): void {
    this.#beat.cancel()
    this.#beat = this.#nextBeat()
    for (const reader of this.#readers) reader.put(frame)
  }

  /** Told whenever nothing else happened for a while. */
  #nextBeat(): Timer {
    return this.#clock.after(EVENT_BEAT_MS, () => this.#tell(BEAT))
  }
}
