/**
 * What a leader sends, once a turn: to each follower the entries that it lacks, as far as its
 * window goes; to one whose entries are gone, the offer of a snapshot; to one that has all, how far
 * they are committed.
 */
import { present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import { KIB } from '../base/limits.ts'
import type { LogEntry } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { hasLeft } from './membership.ts'
import type { Progress } from './progress.ts'
import type { Leader } from './standing.ts'

const NO_ENTRIES: readonly LogEntry[] = []

/** So much leaves at once: whoever is to catch up does not wait for more. */
const HURRYING_BYTES = 64 * KIB

export function replicate(core: Core, leader: Leader): void {
  for (const [member, progress] of leader.progress) {
    if (hasLeft(core, progress)) leader.progress.delete(member)
    else bringOn(core, leader, progress)
  }
  handOver(core, leader)
}

function bringOn(core: Core, leader: Leader, progress: Progress): void {
  const isAppended =
    progress.next > core.log.base.index
      ? sendAppends(core, leader, progress)
      : offerSnapshot(core, progress)
  if (isAppended || progress.state !== 'replicate' || progress.commitSent >= core.commit) return
  core.send(progress.member, { kind: 'committed', term: core.term, index: core.commit }, true)
  progress.commitSent = core.commit
}

/** @returns whether any left. */
function sendAppends(core: Core, leader: Leader, progress: Progress): boolean {
  let isSent = false
  while (progress.hasRoom(core.settings.inFlightBytesMax)) {
    const hasMore = progress.next <= core.log.lastIndex
    if (progress.state === 'replicate' && !hasMore && !progress.owesCompare) break
    const isFull = hasMore && !progress.isSilent
    sendAppend(core, progress, { isFull, canWait: isFull && canWait(core, leader, progress) })
    isSent = true
  }
  return isSent
}

function sendAppend(
  core: Core,
  progress: Progress,
  { canWait, isFull }: { readonly isFull: boolean; readonly canWait: boolean },
): void {
  const { log, term, commit, settings, moment } = core
  const { next } = progress
  const previous = { index: next - 1, term: present(log.termAt(next - 1), 'term before an append') }
  const { entries, bytes } = isFull
    ? log.cut(next, settings.appendBytesMax)
    : { entries: NO_ENTRIES, bytes: 0 }
  const waits = canWait && bytes < HURRYING_BYTES
  core.send(progress.member, { kind: 'append', term, previous, entries, commit }, waits)
  progress.sent(previous.index + entries.length, bytes, moment.nowMs)
  progress.commitSent = commit
}

/**
 * Entries hurry to as many voters as a majority needs, and may wait for company on their way to the
 * others (“thrifty”, Moraru et al. 2013, 5): half of the messages and syncs of a ring with little
 * to do. Who is wanted are the next behind the leader in the order of their ids, the same in all
 * groups, so that what leaves together goes to the same members; one that is late is passed over.
 */
function canWait(core: Core, leader: Leader, progress: Progress): boolean {
  const configuration = present(core.configurations.current, 'configuration of a leader')
  const { outgoing, voters } = configuration
  if (outgoing !== undefined || progress.state !== 'replicate') return false
  const needed = voters.length >> 1
  let before = 0
  for (const voter of voters) {
    if (voter === core.self || !isNearer(core.self, voter, progress.member)) continue
    if (!isLate(core, leader.progress.get(voter))) before++
  }
  return before >= needed
}

/** `a` comes before `b` where one goes round all ids from `self` on. */
function isNearer(self: MemberId, a: MemberId, b: MemberId): boolean {
  if (a > self === b > self) return a < b
  return a > self
}

/** So much of the least election time-out without an answer. */
const LATE_PART = 0.25

function isLate({ moment, settings }: Core, progress: Progress | undefined): boolean {
  if (progress?.state !== 'replicate' || progress.isSilent) return true
  return (
    moment.nowMs - progress.awaitedSinceMs > LATE_PART * settings.electionMinMs &&
    progress.isAwaited()
  )
}

/** Again after each time of silence: it may have been restarted meanwhile. @returns false */
function offerSnapshot(core: Core, progress: Progress): boolean {
  const { log, configurations, commit } = core
  const firstKnown = present(configurations.firstKnown, 'configuration of a leader')
  const index = Math.max(log.base.index, firstKnown)
  if (progress.isAwaited() || index > commit) return false
  const point = { index, term: present(log.termAt(index), 'term of an offer') }
  const snapshot = { point, configuration: present(configurations.at(index), 'its configuration') }
  core.send(progress.member, { kind: 'offer', term: core.term, snapshot })
  progress.offer(snapshot, core.moment.nowMs)
  return false
}

/** Once the one that is to lead has everything. */
function handOver(core: Core, { transfer, progress }: Leader): void {
  if (transfer === undefined || transfer.isSent) return
  const target = progress.get(transfer.to)
  if (target === undefined || target.match < core.log.lastIndex) return
  core.send(transfer.to, { kind: 'campaignNow', term: core.term })
  transfer.isSent = true
}
