/** Locks on paths over partitions in this process’s memory, for tests of doors. */
import { AnilloError, type ErrorCode } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Random } from '../../../effects/random.ts'
import { Machine } from '../../../store/partition/machine.test-helper.ts'
import type { Store } from '../../../store/types.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { PATH_LOCK_PROCEDURES } from './lock-procedures.ts'
import { RingPathLocks } from './path-locks.ts'

export interface MemoryLocksOptions {
  readonly clock: Clock
  readonly random: Random
}

const PAGE_BYTES = 1_000_000

/** Any number of doors may have one of their own over one store. */
export function memoryLockStore(clock: Pick<Clock, 'wallMs'>): Pick<Store, 'call' | 'list'> {
  const machines = new Map<PartitionId, Machine>()
  const machine = (partition: PartitionId): Machine => {
    const known =
      machines.get(partition) ?? new Machine({ partition, procedures: PATH_LOCK_PROCEDURES })
    machines.set(partition, known)
    return known
  }
  return {
    call: async (partition, procedure, input) => {
      const at = machine(partition)
      // Logged time goes on with entries alone.
      at.timeMs = clock.wallMs()
      const answer = at.call(procedure.name, structuredClone(input))
      if (answer.kind !== 'done') throw new AnilloError(answer.code as ErrorCode, answer.details)
      return answer.value as never
    },
    list: async (range) => {
      const { partition } = machine(partitionOf(range.table, range.pk))
      const { items } = partition.list({ bytesMax: PAGE_BYTES, ...range })
      return { items, index: partition.appliedIndex, cursor: undefined }
    },
  }
}

export function memoryLocks(
  { clock, random }: MemoryLocksOptions,
  store = memoryLockStore(clock),
): RingPathLocks {
  return new RingPathLocks({ effects: { clock, random }, store })
}
