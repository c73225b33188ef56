/**
 * One end of a virtual TCP connection. Bytes arrive in order, cut at any place; the receiver's
 * window holds the sender back; a wall between the hosts delays them until it falls; a host without
 * power says nothing; one whose program is gone resets the connection when something arrives.
 */
import { assert, present } from '../../src/base/assert.ts'
import type {
  ByteStream,
  CloseReason,
  ConnectionHandlers,
  Endpoint,
} from '../../src/effects/net.ts'
import type { Life } from './life.ts'
import type { Links, Route } from './links.ts'

/** Sent and not yet read at the other end, as the kernel's buffers of both sides hold it. */
const WINDOW_BYTES = 256 * 1024
/** The largest piece that arrives at once. */
const CHUNK_BYTES_MAX = 64 * 1024
/** Waiting to be sent: above this `write` answers `false`. */
const HIGH_WATER_BYTES = 64 * 1024
/** Linux gives up on data that nobody acknowledges after about 15 minutes (tcp_retries2 = 15). */
const GIVE_UP_MS = 924_000
const RETRY_MS = 200
const RETRY_MS_MAX = 8_000
/** One chunk in so many is cut at a place that chance picks. */
const CUT_ONE_IN = 3

type Segment =
  /** The last step of the handshake: the listener learns of the connection. */
  | { readonly kind: 'open'; readonly arriveMs: number }
  | { readonly kind: 'bytes'; readonly arriveMs: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly arriveMs: number }
  | { readonly kind: 'reset'; readonly arriveMs: number }

export interface StreamParts {
  readonly links: Links
  readonly life: Life
  /** From this end to the other. */
  readonly route: Route
  readonly remote: Endpoint
  /** Where a segment can arrive at all: the other host has power. */
  readonly isRemoteUp: () => boolean
  /** Told when this end is closed for its program. */
  readonly gone: (stream: VirtualStream) => void
}

export class VirtualStream implements ByteStream {
  readonly remote: Endpoint
  readonly #parts: StreamParts
  #other: VirtualStream | undefined
  #handlers: ConnectionHandlers | undefined
  #opened: (() => void) | undefined
  #isClosed = false
  #hasEnded = false
  #endSent = false
  #gotEnd = false

  #unsent: Uint8Array[] = []
  #unsentBytes = 0
  #isFull = false
  #flight: Segment[] = []
  #isFlying = false
  #unreadBytes = 0
  #stalledSinceMs: number | undefined
  #isPumping = false

  #arrived: Uint8Array[] = []
  #isReading = true

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.remote = parts.remote
    parts.life.onEnd(this.#lifeEnded)
  }

  get life(): Life {
    return this.#parts.life
  }

  /** Written and not yet sent. */
  get unsentBytes(): number {
    return this.#unsentBytes
  }

  /** Joins both ends; `opened` is told at the other one, before its first bytes. */
  static join(ends: { from: VirtualStream; to: VirtualStream; opened: () => void }): void {
    ends.from.#other = ends.to
    ends.to.#other = ends.from
    ends.to.#opened = ends.opened
    ends.from.#send({ kind: 'open', arriveMs: ends.from.#arrivalMs() })
  }

  receive(handlers: ConnectionHandlers): void {
    assert(this.#handlers === undefined, 'receive() is called once')
    this.#handlers = handlers
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed || this.#hasEnded || !this.life.alive) return false
    if (bytes.length > 0) {
      this.#unsent.push(bytes)
      this.#unsentBytes += bytes.length
      this.#pumpSoon()
    }
    if (this.#unsentBytes <= HIGH_WATER_BYTES) return true
    // Stays so until `drained` was told, whatever later writes answer.
    this.#isFull = true
    return false
  }

  pause(): void {
    this.#isReading = false
  }

  resume(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.life.after(0, 'net resume', () => this.#read())
  }

  end(): void {
    if (this.#isClosed || this.#hasEnded) return
    this.#hasEnded = true
    this.#pumpSoon()
  }

  destroy(): void {
    if (this.#isClosed) return
    this.#close({ kind: 'destroyed' })
    this.#reset()
  }

  /** The network breaks it off: at this end at once, at the other when the reset arrives. */
  breakOff(): void {
    if (this.#isClosed) return
    this.#close({ kind: 'broken', problem: 'ECONNRESET' })
    this.#reset()
  }

  // ---- sending

  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    this.#parts.links.scheduler.after(0, `${this.life.name} net send`, () => {
      this.#isPumping = false
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#unsentBytes > 0 && this.#unreadBytes < WINDOW_BYTES) {
      const bytes = this.#take(this.#chunkBytes())
      this.#unreadBytes += bytes.length
      this.#send({ kind: 'bytes', arriveMs: this.#arrivalMs(), bytes })
    }
    if (this.#unsentBytes > 0) return
    if (this.#isFull) this.#tellDrained()
    if (this.#hasEnded && !this.#endSent) {
      this.#endSent = true
      this.#send({ kind: 'end', arriveMs: this.#arrivalMs() })
      this.#closeIfBothEnded()
    }
  }

  #tellDrained(): void {
    this.#isFull = false
    this.life.now('net drained', () => {
      if (!this.#isClosed) this.#handlers?.drained()
    })
  }

  #chunkBytes(): number {
    const { chance } = this.#parts.links
    const room = Math.min(this.#unsentBytes, WINDOW_BYTES - this.#unreadBytes, CHUNK_BYTES_MAX)
    return chance.below(CUT_ONE_IN) === 0 ? 1 + chance.below(room) : room
  }

  /** A copy of the first `length` bytes that wait. */
  #take(length: number): Uint8Array {
    const taken = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const piece = present(this.#unsent[0], 'unsent piece')
      const part = piece.subarray(0, length - done)
      taken.set(part, done)
      done += part.length
      if (part.length === piece.length) this.#unsent.shift()
      else this.#unsent[0] = piece.subarray(part.length)
    }
    this.#unsentBytes -= length
    return taken
  }

  #arrivalMs(): number {
    const { links, route } = this.#parts
    const arriveMs = links.scheduler.nowMs + links.delayMs(route)
    return Math.max(arriveMs, this.#flight.at(-1)?.arriveMs ?? 0)
  }

  #send(segment: Segment): void {
    // The caller was gone before the handshake had ended.
    if (this.#other === undefined) return
    this.#flight.push(segment)
    if (!this.#isFlying) this.#fly(RETRY_MS)
  }

  /** Lets the first segment of the flight arrive when its time has come, then the next. */
  #fly(retryMs: number): void {
    const head = this.#flight[0]
    if (head === undefined) return
    const { links, route } = this.#parts
    this.#isFlying = true
    const stalled = this.#stalledSinceMs !== undefined
    const delayMs = stalled ? retryMs : Math.max(0, head.arriveMs - links.scheduler.nowMs)
    const label = `${route.from} net ${head.kind} to ${route.to}`
    links.scheduler.after(delayMs, label, () => {
      this.#isFlying = false
      if (this.#flight.length === 0) return
      if (links.isOpen(route) && this.#parts.isRemoteUp()) return this.#arrive()
      this.#stall(Math.min(2 * retryMs, RETRY_MS_MAX))
    })
  }

  #arrive(): void {
    this.#stalledSinceMs = undefined
    const segment = present(this.#flight.shift(), 'segment in flight')
    const { links, route } = this.#parts
    if (segment.kind === 'bytes' && links.chance.fraction() < links.quality(route).breakChance) {
      // Nothing arrives behind a gap.
      this.#flight = []
      this.breakOff()
    } else present(this.#other, 'other end').#takeSegment(segment)
    this.#fly(RETRY_MS)
  }

  /** A reset is sent once; anything else is repeated until the kernel gives up. */
  #stall(retryMs: number): void {
    const { nowMs } = this.#parts.links.scheduler
    this.#stalledSinceMs ??= nowMs
    if (this.#flight[0]?.kind === 'reset') {
      this.#flight = []
    } else if (nowMs - this.#stalledSinceMs > GIVE_UP_MS) {
      this.#flight = []
      this.#closed({ kind: 'broken', problem: 'ETIMEDOUT' })
    } else this.#fly(retryMs)
  }

  /** What is in flight stays there, and the reset follows it. */
  #reset(): void {
    this.#unsent = []
    this.#unsentBytes = 0
    this.#send({ kind: 'reset', arriveMs: this.#arrivalMs() })
  }

  // ---- receiving

  #takeSegment(segment: Segment): void {
    if (segment.kind === 'reset') return this.#closed(this.#breakReason())
    if (!this.life.alive || (this.#isClosed && segment.kind === 'bytes')) return this.#refuse()
    this.life.now(`net ${segment.kind}`, () => this.#process(segment))
  }

  /**
   * A socket that is closed with nothing unread looks as if it had ended; otherwise it is reset.
   */
  #breakReason(): CloseReason {
    const { chance } = this.#parts.links
    return chance.below(2) === 0 ? { kind: 'ended' } : { kind: 'broken', problem: 'ECONNRESET' }
  }

  /** The kernel answers for a program that is gone or has closed. */
  #refuse(): void {
    const other = present(this.#other, 'other end')
    const { links, route } = this.#parts
    links.once(route, `${route.from} net reset to ${route.to}`, () => {
      other.#flight = []
      other.#closed({ kind: 'broken', problem: 'ECONNRESET' })
    })
  }

  #process(segment: Segment): void {
    if (this.#isClosed) return
    if (segment.kind === 'open') {
      const opened = this.#opened
      this.#opened = undefined
      opened?.()
    } else if (segment.kind === 'end') {
      this.#gotEnd = true
    } else if (segment.kind === 'bytes') {
      assert(this.#handlers !== undefined, 'receive() was not called in the turn of the connection')
      this.#arrived.push(segment.bytes)
    }
    this.#read()
  }

  #read(): void {
    while (this.#isReading && !this.#isClosed) {
      const bytes = this.#arrived.shift()
      if (bytes === undefined) break
      this.#acknowledge(bytes.length)
      this.#handlers?.bytes(bytes)
    }
    if (!this.#gotEnd || this.#arrived.length > 0 || this.#isClosed) return
    // As with `allowHalfOpen: false`: what waits is sent, then this side ends too.
    this.end()
    this.#closeIfBothEnded()
  }

  #acknowledge(length: number): void {
    const other = present(this.#other, 'other end')
    const { links, route } = this.#parts
    links.repeatedly(route, `${route.from} net ack to ${route.to}`, {
      wanted: () => other.life.alive,
      arrived: () => {
        other.#unreadBytes -= length
        if (other.#unsentBytes > 0) other.#pumpSoon()
        return true
      },
    })
  }

  // ---- closing

  #closeIfBothEnded(): void {
    if (this.#endSent && this.#gotEnd && this.#arrived.length === 0) this.#close({ kind: 'ended' })
  }

  #close(reason: CloseReason): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.life.offEnd(this.#lifeEnded)
    this.#parts.gone(this)
    this.life.after(0, `net closed ${reason.kind}`, () => this.#handlers?.closed(reason))
  }

  /** Broken from outside: nothing more is sent. */
  #closed(reason: CloseReason): void {
    this.#unsent = []
    this.#unsentBytes = 0
    this.#arrived = []
    this.life.now('net broken', () => this.#close(reason))
  }

  readonly #lifeEnded = (powerLost: boolean): void => {
    this.#isClosed = true
    this.#parts.gone(this)
    if (powerLost) this.#flight = []
    else this.#reset()
  }
}
