/**
 * How fast bytes go between clients and one member: each transfer takes from the bucket of its
 * account and from that of the member, and waits for the slower one.
 */
import { KIB, SECOND_MS } from '../../../base/limits.ts'
import { fullBucket, take, type Bucket, type Rate } from '../../../base/token-bucket.ts'
import type { Clock } from '../../../effects/clock.ts'

export type Direction = 'up' | 'down'

/** Bytes a second; `undefined`: no limit. */
export type PerSecond = Readonly<Record<Direction, number | undefined>>

/** Sent in one go at most, so that no wait is long. */
export const PACED_BYTES = 64 * KIB
/** A burst is what flows in so long, and no less than one piece. */
const BURST_MS = 250
/** Buckets of accounts that rest are full: they need not be kept. */
const BUCKETS_MAX = 10_000

/** No nick has a space. */
const MEMBER = ' member'

export class Pacer {
  readonly #clock: Clock
  readonly #member: PerSecond
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock, member: PerSecond) {
    this.#clock = clock
    this.#member = member
  }

  isPaced(direction: Direction, own: PerSecond): boolean {
    return this.#member[direction] !== undefined || own[direction] !== undefined
  }

  /** Resolves when so many bytes may have gone; early when the signal ends it. */
  async pass(
    bytes: number,
    {
      direction,
      nick,
      own,
      signal,
    }: {
      readonly direction: Direction
      readonly nick: string
      readonly own: PerSecond
      readonly signal?: AbortSignal | undefined
    },
  ): Promise<void> {
    const waitMs = Math.max(
      this.#take(`${direction} ${MEMBER}`, this.#member[direction], bytes),
      this.#take(`${direction} ${nick}`, own[direction], bytes),
    )
    if (waitMs > 0) await this.#pause(waitMs, signal)
  }

  #take(name: string, perSecond: number | undefined, bytes: number): number {
    if (perSecond === undefined) return 0
    const rate: Rate = {
      perSecond,
      burst: Math.max(PACED_BYTES, (perSecond * BURST_MS) / SECOND_MS),
    }
    const nowMs = this.#clock.nowMs()
    const before = this.#buckets.get(name) ?? fullBucket(rate, nowMs)
    const [after, waitMs] = take(before, { amount: bytes, rate, nowMs })
    this.#buckets.delete(name)
    if (this.#buckets.size >= BUCKETS_MAX) this.#dropOldest()
    this.#buckets.set(name, after)
    return waitMs
  }

  #dropOldest(): void {
    for (const name of this.#buckets.keys()) {
      this.#buckets.delete(name)
      return
    }
  }

  #pause(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve()
        return
      }
      const done = (): void => {
        timer.cancel()
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = this.#clock.after(delayMs, done)
      signal?.addEventListener('abort', done, { once: true })
    })
  }
}
