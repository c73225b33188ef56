/**
 * What the groups of a log must hold after the first of so many appends, reckoned by brute force:
 * a second account of what records mean, beside image.ts.
 */
import { parseMemberId } from '../../base/ids.ts'
import { pick, type Chance } from '../../base/random.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import { LOG_START, type HardState, type LogEntry, type LogPoint } from '../../wire/raft.ts'
import type { GroupImage, LogRecord } from './types.ts'

interface ModelGroup {
  readonly hardState: HardState
  readonly base: LogPoint
  readonly byIndex: ReadonlyMap<number, LogEntry>
  readonly isForgotten: boolean
}

export type ModelState = ReadonlyMap<PartitionId, ModelGroup>

const FRESH: ModelGroup = {
  hardState: { term: 0, vote: undefined },
  base: LOG_START,
  byIndex: new Map(),
  isForgotten: false,
}

export function after(state: ModelState, records: readonly LogRecord[]): ModelState {
  const groups = new Map(state)
  for (const record of records) {
    const group = groups.get(record.group) ?? FRESH
    if (record.kind === 'forget') {
      groups.set(record.group, { ...FRESH, hardState: group.hardState, isForgotten: true })
    } else groups.set(record.group, changed(group, record))
  }
  return groups
}

type Change = Exclude<LogRecord, { readonly kind: 'forget' }>

function changed(group: ModelGroup, record: Change): ModelGroup {
  if (record.kind === 'hardState') return { ...group, hardState: record.hardState }
  if (record.kind === 'base') {
    const agrees = group.byIndex.get(record.base.index)?.term === record.base.term
    const kept = [...group.byIndex].filter(([index]) => agrees && index > record.base.index)
    return { ...group, base: record.base, byIndex: new Map(kept), isForgotten: false }
  }
  const first = record.entries[0]?.index ?? Number.POSITIVE_INFINITY
  const kept = [...group.byIndex].filter(([index]) => index < first)
  for (const entry of record.entries) kept.push([entry.index, entry])
  return { ...group, byIndex: new Map(kept), isForgotten: false }
}

export function lastIndex({ base, byIndex }: ModelGroup): number {
  return Math.max(base.index, ...byIndex.keys())
}

/**
 * Why what was recovered is not this state with the points compacted away; `undefined` if it is.
 */
export function difference(
  found: ReadonlyMap<PartitionId, GroupImage>,
  state: ModelState,
  compacted: ReadonlyMap<PartitionId, number>,
): string | undefined {
  if (found.size !== state.size) return `${found.size} groups instead of ${state.size}`
  for (const [id, group] of state) {
    const image = found.get(id)
    if (image === undefined) return `no group ${id}`
    const problem = groupDifference(image, group, compacted.get(id) ?? 0)
    if (problem !== undefined) return `group ${id}: ${problem}`
  }
  return undefined
}

function groupDifference(
  image: GroupImage,
  group: ModelGroup,
  compacted: number,
): string | undefined {
  const { base, entries, hardState, isForgotten } = image
  if (isForgotten !== group.isForgotten) return 'left or not'
  if (JSON.stringify(hardState) !== JSON.stringify(group.hardState)) return 'hard state'
  if (base.index < group.base.index) return 'the base went back'
  if (base.index > Math.max(group.base.index, compacted)) return 'the base went too far'
  if (base.index + entries.length !== lastIndex(group)) return 'another length'
  for (const [place, entry] of entries.entries()) {
    const wanted = group.byIndex.get(base.index + 1 + place)
    if (wanted === undefined || !isSame(entry, wanted)) return `entry ${entry.index}`
  }
  return undefined
}

function isSame(a: LogEntry, b: LogEntry): boolean {
  const text = ({ data, ...rest }: LogEntry): string => JSON.stringify([rest, data.join()])
  return text(a) === text(b)
}

const GROUPS = 3
const VOTES = [undefined, parseMemberId('1'.repeat(32)), parseMemberId('2'.repeat(32))]
const KINDS = ['empty', 'command', 'configuration'] as const

export interface ModelMoment {
  readonly state: ModelState
  /** Points up to which entries were applied: those are never replaced. */
  readonly compacted: ReadonlyMap<PartitionId, number>
  readonly term: number
}

/** What a group might write next; entries not yet applied may be replaced from some index on. */
export function someRecords(moment: ModelMoment, chance: Chance): LogRecord[] {
  const { state, compacted, term } = moment
  const id = partitionIdOf(chance.below(GROUPS))
  const group = state.get(id) ?? FRESH
  const last = lastIndex(group)
  const applied = Math.max(group.base.index, compacted.get(id) ?? 0)
  switch (chance.below(12)) {
    case 0:
      return [
        {
          kind: 'hardState',
          group: id,
          hardState: { term, vote: VOTES[chance.below(VOTES.length)] },
        },
      ]
    case 1: {
      const index = applied + 1 + chance.below(6)
      return [{ kind: 'base', group: id, base: pointAt(group, index, term) }]
    }
    case 2:
      return state.size > 1 ? [{ kind: 'forget', group: id }] : []
    case 3:
      return [
        someEntries({ id, first: last + 1 }, chance, term),
        {
          kind: 'hardState',
          group: id,
          hardState: { term, vote: VOTES[chance.below(VOTES.length)] },
        },
      ]
    case 4: {
      const back = chance.below(Math.max(0, last - applied) + 1)
      return [someEntries({ id, first: last + 1 - back }, chance, term)]
    }
    default:
      return [someEntries({ id, first: last + 1 }, chance, term)]
  }
}

/** Of an entry that is here, or of one that the log disagrees with. */
function pointAt({ byIndex }: ModelGroup, index: number, term: number): LogPoint {
  const own = byIndex.get(index)
  return { index, term: own !== undefined && index % 2 === 0 ? own.term : term }
}

function someEntries(
  { id, first }: { readonly id: PartitionId; readonly first: number },
  chance: Chance,
  term: number,
): LogRecord {
  const entries = Array.from({ length: 1 + chance.below(4) }, (_, place): LogEntry => {
    const data = Uint8Array.from({ length: chance.below(400) }, () => chance.below(256))
    const timeMs = 1_000 * first + place
    return { index: first + place, term, timeMs, kind: pick(chance, KINDS), data }
  })
  return { kind: 'entries', group: id, entries }
}

/** Points up to which a state might be durable. */
export function somePoints(state: ModelState, chance: Chance): Map<PartitionId, LogPoint> {
  const points = new Map<PartitionId, LogPoint>()
  for (const [id, { byIndex }] of state) {
    const entries = [...byIndex.values()]
    if (entries.length === 0 || chance.below(4) === 0) continue
    const { index, term } = pick(chance, entries)
    points.set(id, { index, term })
  }
  return points
}
