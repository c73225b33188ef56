/**
 * Watches a body while it streams: how slowly, how much, and how far it unpacks. Stops what goes
 * over.
 */
import { AnilloError } from '../../../base/errors.ts'
import { MIB, SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import {
  IDLE_TIMEOUT_MS,
  SLOW_BYTES_PER_SECOND_MIN,
  SLOW_WINDOW_MS,
  UNPACK_FEED_BYTES,
  UNPACK_RATIO_FROM_BYTES,
  UNPACK_RATIO_MAX,
} from '../limits.ts'
import { within } from './timing.ts'

export interface BodyGuardOptions {
  readonly clock: Clock
  readonly host: string
  /** Decoded. */
  readonly bytesMax: number
}

export class BodyGuard {
  readonly #options: BodyGuardOptions
  #wireBytes = 0
  #bytes = 0

  constructor(options: BodyGuardOptions) {
    this.#options = options
  }

  /** As they came over the wire. */
  get wireBytes(): number {
    return this.#wireBytes
  }

  /** Decoded. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * What the site announces is refused before any of it is read. @throws AnilloError
   * FETCH_TOO_LARGE
   */
  announced(contentLength: number | undefined): void {
    if ((contentLength ?? 0) > this.#options.bytesMax) throw this.#tooLarge()
  }

  /**
   * The body as it arrives, in pieces small enough that what they unpack to stays small too. It
   * does not wait for a body that it gave up: the request's signal closes the connection.
   * @throws AnilloError FETCH_TIMEOUT (idle), FETCH_TOO_SLOW, FETCH_TOO_LARGE
   */
  async *wire(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = body[Symbol.asyncIterator]()
    const pace = new Pace(this.#options)
    for (;;) {
      const step = await this.#next(iterator)
      if (step.done === true) return
      pace.arrived(step.value.length)
      for (let at = 0; at < step.value.length; at += UNPACK_FEED_BYTES) {
        const piece = step.value.subarray(at, at + UNPACK_FEED_BYTES)
        this.#wireBytes += piece.length
        if (this.#wireBytes > this.#options.bytesMax) throw this.#tooLarge()
        yield piece
      }
    }
  }

  /** Counts what came out at the other end. @throws AnilloError FETCH_TOO_LARGE, FETCH_BOMB */
  decoded(pieceBytes: number): void {
    this.#bytes += pieceBytes
    if (this.#bytes > this.#options.bytesMax) throw this.#tooLarge()
    if (this.#bytes > UNPACK_RATIO_FROM_BYTES && this.#bytes > UNPACK_RATIO_MAX * this.#wireBytes) {
      throw new AnilloError('FETCH_BOMB', { host: this.#options.host, ratio: UNPACK_RATIO_MAX })
    }
  }

  #next(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    const late = (): AnilloError =>
      new AnilloError('FETCH_TIMEOUT', {
        host: this.#options.host,
        phase: 'idle',
        limitMs: IDLE_TIMEOUT_MS,
      })
    return within(this.#options.clock, { timeoutMs: IDLE_TIMEOUT_MS, late }, iterator.next())
  }

  #tooLarge(): AnilloError {
    const limit = `${String(this.#options.bytesMax / MIB)} MiB`
    return new AnilloError('FETCH_TOO_LARGE', { host: this.#options.host, limit })
  }
}

/** Bytes over windows of time: a site that drips is as good as gone. */
class Pace {
  readonly #options: BodyGuardOptions
  #windowFromMs: number
  #windowBytes = 0

  constructor(options: BodyGuardOptions) {
    this.#options = options
    this.#windowFromMs = options.clock.nowMs()
  }

  arrived(bytes: number): void {
    const { clock, host } = this.#options
    this.#windowBytes += bytes
    const elapsedMs = clock.nowMs() - this.#windowFromMs
    if (elapsedMs < SLOW_WINDOW_MS) return
    if (this.#windowBytes * SECOND_MS < SLOW_BYTES_PER_SECOND_MIN * elapsedMs) {
      throw new AnilloError('FETCH_TOO_SLOW', { host, seconds: Math.round(elapsedMs / SECOND_MS) })
    }
    this.#windowFromMs = clock.nowMs()
    this.#windowBytes = 0
  }
}
