/**
 * What a member does for partitions of the tree that it leads: old versions go, what lay in the
 * trash for long enough too, what dead movers left is settled, and no grant names who is gone.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { Sweeper, type SweeperParts } from '../../../store/sweeper.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { sweepDue, type Due } from './due-procedures.ts'
import { dueTime } from './due-work.ts'
import { DUE_TABLE } from './places.ts'
import type { Shares } from './shares.ts'
import type { Trash } from './trash.ts'
import type { TreeStore } from './tree-store.ts'

export interface TreeSweeperParts extends SweeperParts {
  readonly rows: TreeStore
  readonly trash: Trash
  readonly shares: Shares
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
  parts: Pick<TreeSweeperParts, 'rows' | 'trash' | 'shares'>,
  partition: PartitionId,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal }
  for (let after: string | null | undefined; after !== null && !signal.aborted;) {
    const input = after === undefined ? {} : { after }
    const told = await parts.rows.store.call(partition, sweepDue, input, options)
    for (const due of told.dues) {
      try {
        await carryOut(parts, due, options)
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
      }
    }
    after = told.last
  }
}

async function carryOut(
  { rows, shares, trash }: Pick<TreeSweeperParts, 'rows' | 'trash' | 'shares'>,
  due: Due,
  options: CallOptions,
): Promise<void> {
  if (due.kind === 'slot') {
    const slot = await rows.slot(options)
    if (slot !== undefined) await rows.settleSlot(slot, options)
    return
  }
  if (due.kind === 'grantee') return shares.forget(due.grantee, options)
  const { folder, key, kind } = due
  if (kind === 'trash') return trash.expire({ folder, key }, options)
  await rows.settleEntry({ folder, key }, options)
}
