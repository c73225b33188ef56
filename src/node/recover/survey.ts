/**
 * What is left of each group, over the members that are left, and what may be lost with the rest.
 */
import { present } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import type { RecoveredGroup } from '../../store/group/recovery.ts'
import { decodeConfiguration } from '../../wire/configuration.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../wire/partition.ts'
import type { Configuration, LogPoint } from '../../wire/raft.ts'
import type { Survivor } from './survivor.ts'

export interface GroupLeft {
  readonly group: PartitionId
  /** As the copy that came furthest has it. */
  readonly voters: readonly MemberId[]
  /** Voters that are missing. */
  readonly missing: readonly MemberId[]
  /** Fewer than a majority are left: without a recovery it never writes again. */
  readonly isLost: boolean
  /** Who has the copy that came furthest; `undefined`: nobody has any. */
  readonly best: Survivor | undefined
  /** Of that copy. */
  readonly last: LogPoint | undefined
  /** Logged time of its last entry, ms since 1970: what was told as done later may be lost. */
  readonly lastMs: number
}

/** `groups` are those of the ring; fewer in tests. */
export function survey(
  survivors: readonly Survivor[],
  groups: readonly PartitionId[] = ALL_PARTITIONS,
): readonly GroupLeft[] {
  return groups.map((group) => groupLeft(group, survivors))
}

function groupLeft(group: PartitionId, survivors: readonly Survivor[]): GroupLeft {
  let best: Survivor | undefined
  let furthest: RecoveredGroup | undefined
  for (const survivor of survivors) {
    const copy = survivor.groups.get(group)
    if (copy === undefined || configurationOf(copy) === undefined) continue
    if (furthest !== undefined && !isFurther(copy, furthest)) continue
    best = survivor
    furthest = copy
  }
  if (furthest === undefined) {
    const none = { voters: [], missing: [], isLost: true, best: undefined, last: undefined }
    return { group, ...none, lastMs: 0 }
  }
  const { voters, outgoing } = present(configurationOf(furthest), 'configuration of the best copy')
  const isLeft = (id: MemberId): boolean =>
    survivors.some((survivor) => survivor.id === id && survivor.groups.has(group))
  const halves = outgoing === undefined ? [voters] : [voters, outgoing]
  const isLost = halves.some((half) => 2 * half.filter(isLeft).length <= half.length)
  const all = [...new Set(halves.flat())]
  const missing = all.filter((id) => !isLeft(id))
  const lastMs = furthest.restored.entries.at(-1)?.timeMs ?? 0
  return { group, voters: all, missing, isLost, best, last: lastOf(furthest), lastMs }
}

export function lastOf({ restored: { base, entries } }: RecoveredGroup): LogPoint {
  const last = entries.at(-1)
  return last === undefined ? base : { index: last.index, term: last.term }
}

/** The last one in the log counts, committed or not (dissertation 4.1). */
function configurationOf({ restored }: RecoveredGroup): Configuration | undefined {
  const entry = restored.entries.findLast(({ kind }) => kind === 'configuration')
  return entry === undefined ? restored.configuration : decodeConfiguration(entry.data)
}

function isFurther(a: RecoveredGroup, b: RecoveredGroup): boolean {
  const [one, other] = [lastOf(a), lastOf(b)]
  return one.term > other.term || (one.term === other.term && one.index > other.index)
}
