/** What a follower does with what its leader sends (Raft paper 5.3, figure 2). */
import { assert } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { LogEntry, LogIndex, RaftMessage, Term } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { followLeader } from './roles.ts'
import type { Follower } from './standing.ts'

type Message<K extends RaftMessage['kind']> = Extract<RaftMessage, { kind: K }>

export function onAppend(core: Core, from: MemberId, append: Message<'append'>): void {
  const { log } = core
  const standing = followLeader(core, from)
  // The log is about to be replaced: what it would hold now is not kept.
  if (core.installing !== undefined) return
  const { previous, entries } = append
  if (previous.index < core.commit) {
    // An old one, or one that was doubled. What is committed is in every leader's log.
    standing.verified = Math.max(standing.verified, core.commit)
  } else if (log.has(previous)) {
    take(core, standing, entries)
    standing.verified = Math.max(standing.verified, previous.index + entries.length)
  } else {
    return refuse(core, from, previous.index, previous.term)
  }
  standing.owesAnswer = true
  commitTo(core, standing, append.commit)
}

/** Appends what is not there yet; the first entry that differs makes the rest void. */
function take(core: Core, { verified }: Follower, entries: readonly LogEntry[]): void {
  const { log } = core
  let known = 0
  for (const { index, term } of entries) {
    const own = log.termAt(index)
    if (own === undefined) break
    if (own !== term) {
      assert(index > verified, 'a leader never takes back what it sent')
      core.truncateFrom(index)
      break
    }
    known++
  }
  if (known < entries.length) core.append(known === 0 ? entries : entries.slice(known))
}

function refuse(core: Core, from: MemberId, rejected: LogIndex, term: Term): void {
  const { log } = core
  const place = log.lastNotAbove({ index: rejected, term })
  const index = Math.max(place, core.commit)
  const own = log.termAt(index)
  assert(own !== undefined, 'what is committed is known')
  const hint = { index, term: own }
  core.send(from, { kind: 'appendRefused', term: core.term, rejected, hint })
}

export function onCommitted(core: Core, from: MemberId, index: LogIndex): void {
  const standing = followLeader(core, from)
  if (core.installing !== undefined) return
  commitTo(core, standing, index)
  if (standing.told > standing.verified) askToCompare(core, standing, from)
}

/** Only as far as the own log was compared with the leader's: behind that it may differ. */
function commitTo(core: Core, standing: Follower, index: LogIndex): void {
  standing.told = Math.max(standing.told, index)
  core.commitTo(Math.min(standing.told, standing.verified))
}

/**
 * A leader with nothing to send tells each thing until it was heard once. What was lost all the
 * same, or forgotten since, is asked for: how far the log is the leader's, and is committed.
 */
export function askIfBehind(core: Core, standing: Follower): void {
  if (core.leader === undefined || core.installing !== undefined) return
  if (isBehind(core, standing)) askToCompare(core, standing, core.leader)
}

/** There may be more committed than it knows of. */
export function isBehind({ log, commit }: Core, { told, verified }: Follower): boolean {
  return told > verified || log.lastIndex > commit
}

/** After a restart the leader may have nothing to send, and the log has not been compared. */
function askToCompare(core: Core, standing: Follower, leader: MemberId): void {
  const { nowMs } = core.moment
  if (nowMs < standing.comparedAtMs + core.settings.beatMs) return
  standing.comparedAtMs = nowMs
  core.send(leader, { kind: 'compare', term: core.term })
}

/** Once a turn: how far the log is the leader's, when that is on disk. */
export function answerLeader(core: Core, standing: Follower): void {
  if (!standing.owesAnswer || core.leader === undefined) return
  standing.owesAnswer = false
  const { wallMs } = core.moment
  const match = standing.verified
  core.output.promise(core.leader, { kind: 'appended', term: core.term, match, wallMs })
}
