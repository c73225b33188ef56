/**
 * How much strangers ask by public links: of each address so much at once, and then so much a
 * second (a leaky bucket). Counted by each member for itself; who comes from this machine is not.
 */
import { AnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import { addressBlock } from '../../../services/accounts/places.ts'
import { LINK_ADDRESSES_MAX, LINK_REQUESTS_A_SECOND, LINK_REQUESTS_MAX } from '../limits.ts'

interface Bucket {
  readonly level: number
  readonly atMs: number
}

/** After that the bucket has room again, whoever filled it. */
const MINUTES = Math.ceil(LINK_REQUESTS_MAX / LINK_REQUESTS_A_SECOND / 60)

export class LinkTraffic {
  readonly #clock: Pick<Clock, 'nowMs'>
  /** By network, who came last at the end. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  /** @param address `undefined`: of this machine. @throws AnilloError SLOW_DOWN */
  take(address: string | undefined, cost: number): void {
    if (address === undefined) return
    const network = addressBlock(address)
    const atMs = this.#clock.nowMs()
    const before = this.#buckets.get(network) ?? { level: 0, atMs }
    const leaked = ((atMs - before.atMs) / SECOND_MS) * LINK_REQUESTS_A_SECOND
    const level = Math.max(0, before.level - leaked) + cost
    this.#buckets.delete(network)
    this.#buckets.set(network, { level: Math.min(level, LINK_REQUESTS_MAX), atMs })
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > LINK_ADDRESSES_MAX && oldest !== undefined) {
      this.#buckets.delete(oldest)
    }
    if (level > LINK_REQUESTS_MAX) throw new AnilloError('SLOW_DOWN', { minutes: MINUTES })
  }
}
