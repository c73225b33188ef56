/**
 * The socket that the library is given in the place of a real one. It takes whatever comes for what
 * it is, wrong length or type and all, and an exception in it would end the member: so it gets
 * answers alone, to questions that it asked, written anew from what was read strictly. What others
 * ask is dropped: this is a node that only reads and says (BEP 43), so nothing can be amplified by
 * it, and it keeps nothing for strangers.
 */
import { hexOf } from '../../base/hex.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { DatagramSocket, Endpoint } from '../../effects/net.ts'
import type { Random } from '../../effects/random.ts'
import { bencode, unbencodeMap, type Bencoded, type BencodedMap } from '../../wire/bencode.ts'
import { itemMap } from '../../wire/mainline/item.ts'
import { compactNodes, readMainline, type MainlineMessage } from '../../wire/mainline/krpc.ts'
import type { MainlineCounts } from './counts.ts'

/** The library gives a question up after two seconds. */
const ANSWER_WAIT_MS = 4 * SECOND_MS
/** More are never under way. */
const WAITING_MAX = 256
const TRANSACTION_BYTES = 8

/**
 * Questions of one look-up, and behind it its writes: nodes that lie could draw it out for ever.
 */
export const QUESTIONS_PER_TARGET_MAX = 200
/** Targets that nobody began, as the library’s own look-up for itself, in so long a time. */
const OWN_TARGET_MS = 60 * SECOND_MS

type Answer = Extract<MainlineMessage, { kind: 'answer' | 'error' }>

interface Waiting {
  readonly to: Endpoint
  /** As the library counts it. */
  readonly transaction: Uint8Array
  readonly askedMs: number
}

/** What may still be asked of a target. */
interface Allowance {
  count: number
  /** Look-ups that go on; one that ends leaves the others what they have. */
  readonly lookups: number
  readonly untilMs: number
}

interface Handlers {
  readonly message: ((bytes: Buffer, from: RemoteInfo) => void)[]
  readonly listening: (() => void)[]
  readonly close: (() => void)[]
  readonly error: ((error: Error) => void)[]
}

interface RemoteInfo {
  readonly address: string
  readonly port: number
  readonly family: 'IPv4'
  readonly size: number
}

export interface GuardedSocketParts {
  readonly clock: Clock
  readonly log: Log
  readonly random: Random
  readonly counts: MainlineCounts
  /** Whether a node there may be asked. */
  readonly isAllowed: (at: Endpoint) => boolean
}

/** As much of `dgram.Socket` as the library uses. */
export class GuardedSocket {
  readonly #parts: GuardedSocketParts
  readonly #handlers: Handlers = { message: [], listening: [], close: [], error: [] }
  /** By transaction; the oldest first. */
  readonly #waiting = new Map<string, Waiting>()
  /** By target. */
  readonly #left = new Map<string, Allowance>()
  #socket: DatagramSocket | undefined
  #isClosed = false

  constructor(parts: GuardedSocketParts) {
    this.#parts = parts
  }

  /** @param socket to which `received` listens */
  opened(socket: DatagramSocket): void {
    this.#socket = socket
  }

  /** A look-up: for that target so much more may be asked, until it is ended. */
  begin(target: string): void {
    const { count, lookups } = this.#goingOn(target)
    const most = count + QUESTIONS_PER_TARGET_MAX
    this.#left.set(target, { count: most, lookups: lookups + 1, untilMs: Infinity })
  }

  /** Whatever the library still has of the last one, it asks no more. */
  end(target: string): void {
    const { count, lookups } = this.#goingOn(target)
    const untilMs = this.#parts.clock.nowMs() + OWN_TARGET_MS
    if (lookups > 1) this.#left.set(target, { count, lookups: lookups - 1, untilMs: Infinity })
    else this.#left.set(target, { count: 0, lookups: 0, untilMs })
  }

  #goingOn(target: string): Pick<Allowance, 'count' | 'lookups'> {
    const known = this.#left.get(target)
    return known !== undefined && known.lookups > 0 ? known : { count: 0, lookups: 0 }
  }

  received(bytes: Uint8Array, from: Endpoint): void {
    const { counts } = this.#parts
    const message = this.#isClosed ? undefined : readMainline(bytes)
    if (message === undefined) counts.malformed++
    else if (message.kind === 'question') counts.questions++
    else this.#answered(message, from)
  }

  #answered(message: Answer, from: Endpoint): void {
    const { counts } = this.#parts
    const key = hexOf(message.transaction)
    const waiting = this.#waiting.get(key)
    const isAsked = waiting?.to.host === from.host && waiting.to.port === from.port
    if (waiting === undefined || !isAsked) {
      counts.unasked++
      return
    }
    this.#waiting.delete(key)
    counts.answers++
    this.#hand(this.#rewritten(message, waiting.transaction), from)
  }

  #rewritten(message: Answer, transaction: Uint8Array): BencodedMap {
    if (message.kind === 'error') {
      const error: readonly Bencoded[] = [message.code, '']
      return mapOf({ e: error, t: transaction, y: 'e' })
    }
    const { id, nodes, signed, token } = message
    const { isAllowed } = this.#parts
    const answer: Record<string, Bencoded> = { id, nodes: compactNodes(nodes.filter(isAllowed)) }
    if (token !== undefined) answer['token'] = token
    if (signed !== undefined) {
      answer['k'] = signed.publicKey
      answer['seq'] = signed.sequence
      answer['sig'] = signed.signature
      answer['v'] = itemMap(signed.item)
    }
    return mapOf({ r: mapOf(answer), t: transaction, y: 'r' })
  }

  /** Whatever the library throws ends here. */
  #hand(message: BencodedMap, from: Endpoint): void {
    const bytes = Buffer.from(bencode(message))
    const info = {
      address: from.host,
      port: from.port,
      family: 'IPv4',
      size: bytes.length,
    } as const
    try {
      for (const handler of this.#handlers.message) handler(bytes, info)
    } catch (thrown) {
      this.#parts.counts.failures++
      this.#parts.log.warn('an answer of Mainline was not understood', { thrown })
    }
  }

  on(event: keyof Handlers, handler: never): this {
    const handlers: unknown[] = this.#handlers[event]
    handlers.push(handler)
    return this
  }

  bind(): void {
    this.#parts.clock.soon(() => {
      for (const handler of this.#handlers.listening) handler()
    })
  }

  address(): { readonly address: string; readonly port: number; readonly family: 'IPv4' } {
    const { host = '', port = 0 } = this.#socket?.endpoint ?? {}
    return { address: host, port, family: 'IPv4' }
  }

  /** What the library writes, as a question of a node that only reads; nothing else goes out. */
  send(bytes: Uint8Array, from: number, length: number, port: number, host: string): void {
    const { clock, counts, isAllowed, random } = this.#parts
    const message = unbencodeMap(bytes.subarray(from, from + length))
    const [asked, transaction, name] = [message?.get('a'), message?.get('t'), message?.get('q')]
    const isQuestion = asked instanceof Map && transaction instanceof Uint8Array
    if (this.#isClosed || !isQuestion || !(name instanceof Uint8Array)) return
    const to = { host, port }
    const target: unknown = asked.get('target')
    if (!isAllowed(to)) counts.forbidden++
    else if (!this.#draws(target)) counts.overdrawn++
    else {
      const nowMs = clock.nowMs()
      this.#forgetOld(nowMs)
      const own = random.bytes(TRANSACTION_BYTES)
      this.#waiting.set(hexOf(own), {
        to,
        transaction: new Uint8Array(transaction),
        askedMs: nowMs,
      })
      counts.asked++
      this.#socket?.send(bencode(mapOf({ a: asked, q: name, ro: 1, t: own, y: 'q' })), to)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#waiting.clear()
    for (const handler of this.#handlers.close) handler()
  }

  #draws(target: unknown): boolean {
    // Writes and pings name none; there are as many as a look-up found.
    if (!(target instanceof Uint8Array)) return true
    const key = hexOf(target)
    const nowMs = this.#parts.clock.nowMs()
    const known = this.#left.get(key)
    const left =
      known === undefined || known.untilMs <= nowMs
        ? { count: QUESTIONS_PER_TARGET_MAX, lookups: 0, untilMs: nowMs + OWN_TARGET_MS }
        : known
    this.#left.set(key, left)
    return left.count-- > 0
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { askedMs }] of this.#waiting) {
      const isOld = nowMs - askedMs >= ANSWER_WAIT_MS
      if (!isOld && this.#waiting.size < WAITING_MAX) break
      this.#waiting.delete(key)
    }
    for (const [key, { untilMs }] of this.#left) if (untilMs <= nowMs) this.#left.delete(key)
  }
}

function mapOf(values: Readonly<Record<string, Bencoded>>): BencodedMap {
  return new Map(Object.entries(values))
}
