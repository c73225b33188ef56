/**
 * What a member does for partitions of the tree that it leads: old versions go, what lay in the
 * trash for long enough too, and what dead movers left is settled.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { Sweeper, type SweeperParts } from '../sweeper.ts'
import { sweepDue, type Due } from './due-procedures.ts'
import { dueTime } from './due-work.ts'
import { DUE_TABLE } from './places.ts'
import type { Trash } from './trash.ts'
import type { TreeStore } from './tree-store.ts'

export interface TreeSweeperParts extends SweeperParts {
  readonly rows: TreeStore
  readonly trash: Trash
}

export function startTreeSweeper(parts: TreeSweeperParts): Sweeper {
  return new Sweeper({
    ...parts,
    table: DUE_TABLE,
    end: dueTime,
    sweep: (partition, signal) => sweepPartition(parts, partition, signal),
  })
}

/** All that is due now. What cannot be done holds up nothing else: it is due again. */
export async function sweepPartition(
  { rows, trash }: Pick<TreeSweeperParts, 'rows' | 'trash'>,
  partition: PartitionId,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal }
  for (let after: string | null | undefined; after !== null && !signal.aborted;) {
    const input = after === undefined ? {} : { after }
    const told = await rows.store.call(partition, sweepDue, input, options)
    for (const due of told.dues) {
      try {
        await carryOut({ rows, trash }, due, options)
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
      }
    }
    after = told.last
  }
}

async function carryOut(
  { rows, trash }: Pick<TreeSweeperParts, 'rows' | 'trash'>,
  due: Due,
  options: CallOptions,
): Promise<void> {
  if (due.kind === 'slot') {
    const slot = await rows.slot(options)
    if (slot !== undefined) await rows.settleSlot(slot, options)
    return
  }
  const { folder, key, kind } = due
  if (kind === 'trash') return trash.expire({ folder, key }, options)
  await rows.settleEntry({ folder, key }, options)
}
