/**
 * Frames on their way out of one connection. All that is put in one turn of the event loop goes out
 * in one write, so that sixty-four answers cost one system call and one TLS record.
 */
import type { ByteStream } from '../effects/net.ts'
import { HEADER_BYTES, putHeader, type Header } from '../wire/frame.ts'
import type { Counting } from './counters.ts'
import { COPIED_BODY_BYTES_MAX, OUT_BYTES_MAX, SLAB_BYTES } from './limits.ts'

const NO_BODY = new Uint8Array(0)

export interface OutboxOptions {
  readonly stream: ByteStream
  readonly counting: Counting
  /** There is room again after `isFull`. */
  readonly drained: () => void
  /** More than OUT_BYTES_MAX waits: the other side does not read. */
  readonly overflowed: () => void
}

export class Outbox {
  readonly #options: OutboxOptions
  #slab = new Uint8Array(SLAB_BYTES)
  /** The slab is written to the stream up to here, and filled up to there. */
  #written = 0
  #filled = 0
  #scheduled = false
  #seen = 0
  #hops = 0
  #quietHops = 0
  #full = false
  /** Bytes written since the stream said that it is full. */
  #bytesSinceFull = 0
  #closed = false

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** The stream holds more than its high-water mark; `drained` will tell when it does not. */
  get isFull(): boolean {
    return this.#full
  }

  /** About what waits to be sent, in bytes. */
  get waitingBytes(): number {
    return this.#bytesSinceFull + this.#filled - this.#written
  }

  /** The body is copied unless it is large; a large one must not be changed afterwards. */
  put(header: Header, body: Uint8Array = NO_BODY): void {
    if (this.#closed) return
    const bodyBytes = body.length
    const copied = bodyBytes <= COPIED_BODY_BYTES_MAX
    this.#reserve(HEADER_BYTES + (copied ? bodyBytes : 0))
    putHeader(this.#slab, header, { at: this.#filled, bodyBytes })
    this.#filled += HEADER_BYTES
    if (copied) {
      this.#slab.set(body, this.#filled)
      this.#filled += bodyBytes
      if (!this.#scheduled) this.#schedule()
    } else {
      this.flush()
      this.#write(body)
    }
  }

  /** Hands on at once what was put. */
  flush(): void {
    if (this.#filled === this.#written || this.#closed) return
    const piece = this.#slab.subarray(this.#written, this.#filled)
    this.#written = this.#filled
    this.#write(piece)
  }

  /** Nothing goes out any more. */
  close(): void {
    this.#closed = true
  }

  drained(): void {
    this.#full = false
    this.#bytesSinceFull = 0
    this.#options.drained()
  }

  #reserve(bytes: number): void {
    if (this.#filled + bytes <= this.#slab.length) return
    this.flush()
    // The stream may still hold parts of the old slab: never written to again.
    this.#slab = new Uint8Array(SLAB_BYTES)
    this.#written = 0
    this.#filled = 0
  }

  #schedule(): void {
    this.#scheduled = true
    this.#seen = this.#filled
    this.#quietHops = 0
    this.#hops = 0
    queueMicrotask(this.#hop)
  }

  /** Handlers that await put their answers some microtasks later: wait while more comes. */
  readonly #hop = (): void => {
    this.#hops++
    this.#quietHops = this.#filled === this.#seen ? this.#quietHops + 1 : 0
    this.#seen = this.#filled
    if (this.#quietHops < QUIET_HOPS && this.#hops < HOPS_MAX) {
      queueMicrotask(this.#hop)
      return
    }
    this.#scheduled = false
    this.flush()
  }

  #write(piece: Uint8Array): void {
    this.#options.counting.bytesOut += piece.length
    const room = this.#options.stream.write(piece)
    if (room) return
    this.#full = true
    this.#bytesSinceFull += piece.length
    if (this.#bytesSinceFull > OUT_BYTES_MAX && !this.#closed) this.#options.overflowed()
  }
}

/** Rounds of microtasks without another frame, after which the turn's frames are all there. */
const QUIET_HOPS = 4

/** A chain of microtasks without end must not hold the frames up. */
const HOPS_MAX = 32
