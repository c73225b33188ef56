/**
 * What the log holds of each group: the outcome of its records in their order. Entries are those
 * that the caller gave, not copies. It lets the log begin anew in one segment whenever it must.
 */
import { assert, unreachable } from '../../base/assert.ts'
import { KIB } from '../../base/limits.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { LOG_START, type HardState, type LogEntry, type LogPoint } from '../../wire/raft.ts'
import type { GroupImage, LogRecord } from './types.ts'

interface GroupState {
  hardState: HardState
  base: LogPoint
  entries: LogEntry[]
  isForgotten: boolean
}

/** Data of one record of `records()`; a single larger entry stands alone. */
const RECORD_DATA_BYTES_MAX = 256 * KIB

export class LogImage {
  readonly #groups = new Map<PartitionId, GroupState>()

  get groups(): ReadonlyMap<PartitionId, GroupImage> {
    return this.#groups
  }

  apply(record: LogRecord): void {
    switch (record.kind) {
      case 'entries':
        replaceEntries(this.#held(record.group), record.entries)
        return
      case 'hardState':
        this.#group(record.group).hardState = record.hardState
        return
      case 'base':
        raiseBase(this.#held(record.group), record.base)
        return
      case 'forget':
        forget(this.#group(record.group))
        return
      default:
        unreachable(record)
    }
  }

  /** Drops entries up to each group's point. Groups that are not here are passed over. */
  compact(points: ReadonlyMap<PartitionId, LogPoint>): void {
    for (const [id, point] of points) {
      const group = this.#groups.get(id)
      if (group?.isForgotten === false) raiseBase(group, point)
    }
  }

  /** From which the same image comes about. */
  *records(): Generator<LogRecord> {
    for (const [group, { base, hardState, entries, isForgotten }] of this.#groups) {
      yield { kind: 'hardState', group, hardState }
      yield isForgotten ? { kind: 'forget', group } : { kind: 'base', group, base }
      for (const part of partsOf(entries)) yield { kind: 'entries', group, entries: part }
    }
  }

  /** A group that is entered again after it was left. */
  #held(id: PartitionId): GroupState {
    const group = this.#group(id)
    group.isForgotten = false
    return group
  }

  #group(id: PartitionId): GroupState {
    let group = this.#groups.get(id)
    if (group === undefined) {
      const hardState = { term: 0, vote: undefined }
      group = { hardState, base: LOG_START, entries: [], isForgotten: false }
      this.#groups.set(id, group)
    }
    return group
  }
}

/** Term and vote stay: a member that comes back must not vote twice in a term. */
function forget(group: GroupState): void {
  group.base = LOG_START
  group.entries.length = 0
  group.isForgotten = true
}

function replaceEntries(group: GroupState, entries: readonly LogEntry[]): void {
  const first = entries[0]
  if (first === undefined) return
  const { base } = group
  assert(first.index >= 1, 'entries count from 1')
  assert(first.index <= base.index + group.entries.length + 1, `a gap before ${first.index}`)
  group.entries.length = Math.max(0, first.index - base.index - 1)
  for (const entry of entries) {
    if (entry.index <= base.index) continue
    assert(entry.index === base.index + group.entries.length + 1, `a gap before ${entry.index}`)
    group.entries.push(entry)
  }
}

/**
 * Entries behind the base stay when the one at its place is the same (Raft paper, figure 13); a
 * base from before is void.
 */
function raiseBase(group: GroupState, base: LogPoint): void {
  const passed = base.index - group.base.index
  if (passed <= 0) return
  const same = group.entries[passed - 1]
  if (same?.term === base.term) group.entries.splice(0, passed)
  else group.entries.length = 0
  group.base = base
}

function* partsOf(entries: readonly LogEntry[]): Generator<readonly LogEntry[]> {
  let start = 0
  let bytes = 0
  for (let end = 0; end < entries.length; end++) {
    const length = entries[end]?.data.length ?? 0
    if (bytes + length > RECORD_DATA_BYTES_MAX && end > start) {
      yield entries.slice(start, end)
      start = end
      bytes = 0
    }
    bytes += length
  }
  if (start < entries.length) yield entries.slice(start)
}
