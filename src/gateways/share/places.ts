/** How much the open door does at once, and how fast: for all strangers together, and for each. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { fullBucket, take, type Bucket, type Rate } from '../../base/token-bucket.ts'
import type { Clock } from '../../effects/clock.ts'
import { pause } from '../../effects/pause.ts'
import { BURST_MS, DAWDLE_MS, PACED_BYTES, TRANSFERS_PER_ADDRESS_MAX } from './limits.ts'

/** Of one answer, until all of it is taken. */
export interface Place extends Disposable {
  /** Aborted when somebody else gets the place. */
  readonly signal: AbortSignal
  /** Some was sent that its reader does not take at once. @returns that it is taken */
  waits(): () => void
}

export class OpenPlaces {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #most: number
  readonly #ofAddress = new Map<string, number>()
  readonly #taken = new Set<Taken>()

  constructor(clock: Pick<Clock, 'nowMs'>, most: number) {
    this.#clock = clock
    this.#most = most
  }

  get taken(): number {
    return this.#taken.size
  }

  /** Where none is left, whoever takes next to nothing of what it asked for gives its own. */
  take(address: string): Place {
    const own = this.#ofAddress.get(address) ?? 0
    const hasEnough = own >= TRANSFERS_PER_ADDRESS_MAX && !isHere(address)
    if (hasEnough || (this.#taken.size >= this.#most && !this.#dismissed())) {
      throw new AnilloError('BUSY', { what: 'downloads of shares' })
    }
    this.#ofAddress.set(address, own + 1)
    const taken: Taken = { address, ending: new AbortController(), waitsSinceMs: Infinity }
    this.#taken.add(taken)
    return {
      signal: taken.ending.signal,
      waits: () => {
        taken.waitsSinceMs = this.#clock.nowMs()
        return () => {
          taken.waitsSinceMs = Infinity
        }
      },
      [Symbol.dispose]: () => this.#give(taken),
    }
  }

  /** @returns whether there was one */
  #dismissed(): boolean {
    const sinceMs = this.#clock.nowMs() - DAWDLE_MS
    const slowest = [...this.#taken]
      .filter(({ waitsSinceMs }) => waitsSinceMs <= sinceMs)
      .toSorted((a, b) => a.waitsSinceMs - b.waitsSinceMs)[0]
    if (slowest === undefined) return false
    this.#give(slowest)
    slowest.ending.abort()
    return true
  }

  #give(taken: Taken): void {
    if (!this.#taken.delete(taken)) return
    const left = (this.#ofAddress.get(taken.address) ?? 1) - 1
    if (left === 0) this.#ofAddress.delete(taken.address)
    else this.#ofAddress.set(taken.address, left)
  }
}

interface Taken {
  readonly address: string
  readonly ending: AbortController
  waitsSinceMs: number
}

/** Of this machine, where many share an address. */
export function isHere(address: string): boolean {
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
    for (let at = 0; at < piece.length; at += PACED_BYTES) {
      yield piece.subarray(at, at + PACED_BYTES)
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
