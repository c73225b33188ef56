/**
 * From what stands on the disk to groups: the log's image and the state's marks are brought
 * together. The state may be ahead of the log, since entries are applied when a majority has them,
 * not when this disk does; it is never behind the log's base, or it was damaged.
 */
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Restored } from '../../consensus/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { LOG_START, type HardState, type LogPoint } from '../../wire/raft.ts'
import type { GroupImage, LogRecord } from '../log/types.ts'
import type { GroupState, MemberState } from '../state/types.ts'

export interface RecoveryParts {
  readonly self: MemberId
  /** Of the log. */
  readonly images: ReadonlyMap<PartitionId, GroupImage>
  readonly state: MemberState
}

export interface RecoveredGroup {
  readonly id: PartitionId
  readonly state: GroupState
  /** All but the logged time, which the partition knows. */
  readonly restored: Omit<Restored, 'timeMs'>
}

export interface Recovered {
  readonly groups: readonly RecoveredGroup[]
  /** To be in the log before anything is answered. */
  readonly records: readonly LogRecord[]
  /** The log forgot them; their state is to go, too. */
  readonly dropped: readonly PartitionId[]
  /** Of groups that this member left: what it must remember if it comes back. */
  readonly left: ReadonlyMap<PartitionId, HardState>
}

/** @throws AnilloError DATA_DAMAGED where log and state cannot be of one member */
export function recoverGroups({ self, images, state }: RecoveryParts): Recovered {
  const groups: RecoveredGroup[] = []
  const records: LogRecord[] = []
  const left = new Map<PartitionId, HardState>()
  for (const [id, image] of images) {
    if (image.isForgotten) {
      left.set(id, image.hardState)
      continue
    }
    const held = state.groups.get(id) ?? begun(state, id, image)
    const { image: mended, record } = mend(id, image, held.mark.applied)
    if (record !== undefined) records.push(record)
    groups.push({ id, state: held, restored: restoredOf(self, mended, held) })
  }
  const dropped = [...state.groups.keys()].filter((id) => images.get(id)?.isForgotten ?? true)
  const isLogLost = images.size === 0
  for (const id of dropped) {
    if (isLogLost && appliedOf(state, id) > 0) throw damaged(id, 'its log is gone')
  }
  return { groups, records, dropped, left }
}

function appliedOf(state: MemberState, id: PartitionId): number {
  return state.groups.get(id)?.mark.applied.index ?? 0
}

/** Written to the log first, the group has no state yet: its log holds everything. */
function begun(state: MemberState, id: PartitionId, image: GroupImage): GroupState {
  if (image.base.index > 0) throw damaged(id, 'its state is gone')
  return state.create(id)
}

/** The log as of the state: a log that does not hold what was applied begins anew behind it. */
function mend(
  group: PartitionId,
  image: GroupImage,
  applied: LogPoint,
): { readonly image: GroupImage; readonly record: LogRecord | undefined } {
  const { base, entries } = image
  if (applied.index < base.index) throw damaged(group, 'its state is older than its log')
  const term =
    applied.index === base.index ? base.term : entries[applied.index - base.index - 1]?.term
  if (term === applied.term) return { image, record: undefined }
  if (applied.index === base.index) throw damaged(group, 'state and log are of different histories')
  return {
    image: { ...image, base: applied, entries: [] },
    record: { kind: 'base', group, base: applied },
  }
}

function restoredOf(
  self: MemberId,
  { hardState, base, entries }: GroupImage,
  { mark }: GroupState,
): Omit<Restored, 'timeMs'> {
  const lastTerm = entries.at(-1)?.term ?? base.term
  return {
    hardState,
    base,
    applied: mark.applied.index,
    configuration: mark.configuration,
    entries,
    wasLeader: wasLeader(self, hardState, lastTerm),
  }
}

/** Entries of the term in which it voted for itself: nearly always, it won and wrote them. */
function wasLeader(self: MemberId, { term, vote }: HardState, lastTerm: number): boolean {
  return vote === self && term === lastTerm && lastTerm > LOG_START.term
}

function damaged(group: PartitionId, problem: string): AnilloError {
  return new AnilloError('DATA_DAMAGED', { path: `group ${group}`, problem })
}
