/**
 * What a leader sends, once a turn: to each follower the entries that it lacks, as far as its
 * window goes; to one whose entries are gone, the offer of a snapshot; to one that has all, how far
 * they are committed.
 */
import { present } from '../base/assert.ts'
import type { LogEntry } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { hasLeft } from './membership.ts'
import type { Progress } from './progress.ts'
import type { Leader } from './standing.ts'

const NO_ENTRIES: readonly LogEntry[] = []

export function replicate(core: Core, leader: Leader): void {
  for (const [member, progress] of leader.progress) {
    if (hasLeft(core, progress)) leader.progress.delete(member)
    else bringOn(core, progress)
  }
  handOver(core, leader)
}

function bringOn(core: Core, progress: Progress): void {
  const isAppended =
    progress.next > core.log.base.index
      ? sendAppends(core, progress)
      : offerSnapshot(core, progress)
  if (isAppended || progress.state !== 'replicate' || progress.commitSent >= core.commit) return
  core.send(progress.member, { kind: 'committed', term: core.term, index: core.commit })
  progress.commitSent = core.commit
}

/** @returns whether any left. */
function sendAppends(core: Core, progress: Progress): boolean {
  let isSent = false
  while (progress.hasRoom(core.settings.inFlightBytesMax)) {
    const hasMore = progress.next <= core.log.lastIndex
    if (progress.state === 'replicate' && !hasMore && !progress.owesCompare) break
    sendAppend(core, progress, hasMore && !progress.isSilent)
    isSent = true
  }
  return isSent
}

function sendAppend(core: Core, progress: Progress, isFull: boolean): void {
  const { log, term, commit, settings, moment } = core
  const { next } = progress
  const previous = { index: next - 1, term: present(log.termAt(next - 1), 'term before an append') }
  const { entries, bytes } = isFull
    ? log.cut(next, settings.appendBytesMax)
    : { entries: NO_ENTRIES, bytes: 0 }
  core.send(progress.member, { kind: 'append', term, previous, entries, commit })
  progress.sent(previous.index + entries.length, bytes, moment.nowMs)
  progress.commitSent = commit
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
