/**
 * Asks for the sweeping of those partitions that this member leads, and in which something is due.
 * Its clock only says when to ask: what is done is decided by logged time, in the entry. Whoever
 * leads next goes on.
 */
import { isAnilloError } from '../base/errors.ts'
import { MINUTE_MS } from '../base/limits.ts'
import type { Timer } from '../effects/clock.ts'
import type { Effects } from '../effects/effects.ts'
import { ALL_PARTITIONS, pkIn, type PartitionId } from '../wire/partition.ts'
import type { GroupHost } from './group/types.ts'

export interface SweeperParts {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  /** The replicas of this member. */
  readonly held: Pick<GroupHost, 'status' | 'replica'>
}

export interface SweeperOptions extends SweeperParts {
  /** One pk a partition; what stands first in it is due first. */
  readonly table: string
  /** The first sort key that is not due yet. */
  readonly end: (nowMs: number) => string
  /** What is due, all of it. */
  readonly sweep: (partition: PartitionId, signal: AbortSignal) => Promise<void>
}

/** How often a leader looks whether there is something to sweep. */
const SWEEP_LOOK_MS = MINUTE_MS

export class Sweeper {
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
    const { effects, held, table } = this.#options
    const status = held.status(partition)
    if (status?.role !== 'leader' || !status.isReady) return false
    const end = this.#options.end(Math.floor(effects.clock.wallMs()))
    const range = { table, pk: pkIn(table, partition), end, limit: 1 }
    const items = held.replica(partition)?.list(range).items ?? []
    return items.length > 0
  }

  /** One partition that cannot be swept holds up no other: it is looked at again later. */
  async #sweep(partition: PartitionId): Promise<void> {
    const { effects, sweep, table } = this.#options
    try {
      await sweep(partition, this.#ending.signal)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.debug('a partition is swept later', { table, partition, code: thrown.code })
    }
  }
}
