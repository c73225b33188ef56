/** Waits until a replica here has applied an index. */
import type { Clock } from '../../effects/clock.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { GroupHost } from '../group/types.ts'
import { APPLIED_WAIT_MS } from './limits.ts'

interface Wait {
  readonly index: number
  readonly settle: (isApplied: boolean) => void
}

export class AppliedWaits {
  readonly #clock: Clock
  readonly #host: Pick<GroupHost, 'replica'>
  readonly #waits = new Map<PartitionId, Set<Wait>>()

  constructor(clock: Clock, host: Pick<GroupHost, 'replica'>) {
    this.#clock = clock
    this.#host = host
  }

  /** `false`: not in time, or there is no replica. */
  async until(group: PartitionId, index: number): Promise<boolean> {
    const replica = this.#host.replica(group)
    if (replica === undefined) return false
    if (replica.appliedIndex >= index) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const wait: Wait = { index, settle: resolve }
    const waits = this.#waits.get(group) ?? new Set()
    this.#waits.set(group, waits.add(wait))
    // A state that is fetched whole applies no entries: it is looked at when the time is over.
    const timer = this.#clock.after(APPLIED_WAIT_MS, () =>
      resolve((this.#host.replica(group)?.appliedIndex ?? -1) >= index),
    )
    try {
      return await promise
    } finally {
      timer.cancel()
      waits.delete(wait)
      if (waits.size === 0) this.#waits.delete(group)
    }
  }

  applied(group: PartitionId, index: number): void {
    const waits = this.#waits.get(group)
    if (waits === undefined) return
    for (const wait of waits) if (wait.index <= index) wait.settle(true)
  }
}
