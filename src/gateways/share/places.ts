/** How much the open door does at once, and how fast: for all strangers together, and for each. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { fullBucket, take, type Bucket, type Rate } from '../../base/token-bucket.ts'
import type { Clock } from '../../effects/clock.ts'
import { pause } from '../../effects/pause.ts'
import { BURST_MS, PACED_BYTES, TRANSFERS_PER_ADDRESS_MAX } from './limits.ts'

export class OpenPlaces {
  readonly #most: number
  readonly #ofAddress = new Map<string, number>()
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  get taken(): number {
    return this.#taken
  }

  /** @throws AnilloError BUSY */
  take(address: string): Disposable {
    const own = this.#ofAddress.get(address) ?? 0
    if (this.#taken >= this.#most || (own >= TRANSFERS_PER_ADDRESS_MAX && !isHere(address))) {
      throw new AnilloError('BUSY', { what: 'downloads of shares' })
    }
    this.#taken++
    this.#ofAddress.set(address, own + 1)
    return { [Symbol.dispose]: () => this.#give(address) }
  }

  #give(address: string): void {
    this.#taken--
    const left = (this.#ofAddress.get(address) ?? 1) - 1
    if (left === 0) this.#ofAddress.delete(address)
    else this.#ofAddress.set(address, left)
  }
}

function isHere(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}

export class Pace {
  readonly #clock: Clock
  readonly #rate: Rate | undefined
  #bucket: Bucket | undefined

  constructor(clock: Clock, perSecond: number | undefined) {
    this.#clock = clock
    const burst = Math.max(PACED_BYTES, ((perSecond ?? 0) * BURST_MS) / SECOND_MS)
    this.#rate = perSecond === undefined ? undefined : { perSecond, burst }
  }

  /** Parts that may wait one by one. */
  *cut(piece: Uint8Array): Generator<Uint8Array> {
    if (this.#rate === undefined) yield piece
    else {
      for (let at = 0; at < piece.length; at += PACED_BYTES) {
        yield piece.subarray(at, at + PACED_BYTES)
      }
    }
  }

  /** Resolves when so many bytes may go. */
  async pass(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#rate === undefined) return
    const nowMs = this.#clock.nowMs()
    const before = this.#bucket ?? fullBucket(this.#rate, nowMs)
    const [after, waitMs] = take(before, { amount: bytes, nowMs, rate: this.#rate })
    this.#bucket = after
    if (waitMs > 0) await pause(this.#clock, waitMs, signal)
  }
}
