/**
 * Asks for the sweeping of those partitions that this member leads. Its clock only says when to
 * ask: what is taken away is decided by logged time, in the entry. Whoever leads next goes on.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Timer } from '../../../effects/clock.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { GroupHost } from '../../../store/group/types.ts'
import type { Store } from '../../../store/types.ts'
import { ALL_PARTITIONS, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { SWEEP_LOOK_MS } from './limits.ts'
import { sweepContents } from './removal.ts'
import { LOOSE_TABLE, looseTime } from './rows.ts'

export interface SweeperOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly store: Pick<Store, 'call'>
  /** The replicas of this member. */
  readonly held: Pick<GroupHost, 'status' | 'replica'>
}

export class ContentSweeper {
  readonly #options: SweeperOptions
  readonly #ending = new AbortController()
  #timer: Timer | undefined
  #sweeping: Promise<void> = Promise.resolve()

  constructor(options: SweeperOptions) {
    this.#options = options
    this.#later()
  }

  /** Resolves when what was under way has ended. */
  async close(): Promise<void> {
    this.#ending.abort()
    this.#timer?.cancel()
    await this.#sweeping
  }

  #later(): void {
    if (this.#ending.signal.aborted) return
    const { clock, random } = this.#options.effects
    this.#timer = clock.after(SWEEP_LOOK_MS * (0.5 + random.fraction()), () => {
      this.#sweeping = this.#sweepAll().then(() => this.#later())
    })
  }

  async #sweepAll(): Promise<void> {
    for (const partition of ALL_PARTITIONS) {
      if (this.#ending.signal.aborted) return
      if (this.#isDue(partition)) await this.#sweep(partition)
    }
  }

  #isDue(partition: PartitionId): boolean {
    const { effects, held } = this.#options
    const status = held.status(partition)
    if (status?.role !== 'leader' || !status.isReady) return false
    const end = looseTime(Math.floor(effects.clock.wallMs()))
    const range = { table: LOOSE_TABLE, pk: pkIn(LOOSE_TABLE, partition), end, limit: 1 }
    const items = held.replica(partition)?.list(range).items ?? []
    return items.length > 0
  }

  /** One partition that cannot be swept holds up no other: it is looked at again later. */
  async #sweep(partition: PartitionId): Promise<void> {
    const { effects, store } = this.#options
    const { signal } = this.#ending
    try {
      for (let isMore = true; isMore && !signal.aborted;) {
        isMore = (await store.call(partition, sweepContents, null, { signal })).isMore
      }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.debug('contents are swept later', { partition, code: thrown.code })
    }
  }
}
