/** The log of a leader: what it appends, and how far it counts as committed. */
import { present } from '../base/assert.ts'
import type { EntryKind, LogPoint } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { entryBytes } from './log-view.ts'
import { timeForEntry } from './logged-time.ts'
import { reachedByMajority } from './quorum.ts'
import type { Leader } from './standing.ts'

export interface NewEntry {
  readonly kind: EntryKind
  readonly data: Uint8Array
}

export function appendEntry(core: Core, leader: Leader, { kind, data }: NewEntry): LogPoint {
  const at = { index: core.log.lastIndex + 1, term: core.term }
  const entry = { ...at, timeMs: timeForEntry(core, leader), kind, data }
  core.append([entry])
  leader.uncommittedBytes += entryBytes(entry)
  return at
}

/** An entry of its own term is committed: what was committed before is known too. */
export function isReady(core: Core, leader: Leader): boolean {
  return core.commit >= leader.termStart
}

/**
 * Counts copies on disk. Raft paper 5.4.2, figure 8: an entry of an older term may sit on a
 * majority and still be overwritten; it is committed with the first one of this term.
 */
export function advanceCommit(core: Core, leader: Leader): void {
  const { log, self } = core
  const configuration = present(core.configurations.current, 'configuration of a leader')
  const index = reachedByMajority(configuration, (voter) =>
    voter === self ? leader.saved : (leader.progress.get(voter)?.match ?? 0),
  )
  const before = core.commit
  if (index <= before || log.termAt(index) !== core.term) return
  if (before < leader.termStart) core.output.changed()
  leader.uncommittedBytes -= log.bytesBetween(before, index)
  core.commitTo(index)
}
