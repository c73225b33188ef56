/**
 * What a leader does with its followers' answers, and with their silence. What is to be sent
 * follows from the progress of each (replication.ts), once a turn.
 */
import { assert, present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import { encodeConfiguration } from '../wire/configuration.ts'
import type { RaftMessage } from '../wire/raft.ts'
import { isVoter } from './configurations.ts'
import type { Core } from './core.ts'
import { appendEntry, type NewEntry } from './leader-log.ts'
import { followMembers } from './membership.ts'
import type { Progress } from './progress.ts'
import { isAlone, reachedByMajority } from './quorum.ts'
import { becomeFollower, leaveStanding } from './roles.ts'
import type { Leader } from './standing.ts'
import type { ProposeOutcome, RaftSettings } from './types.ts'

type Message<K extends RaftMessage['kind']> = Extract<RaftMessage, { kind: K }>

const NO_BYTES = new Uint8Array(0)

/** Elected. With its first entry, an empty one, it commits what its log already holds. */
export function becomeLeader(core: Core): void {
  const { log, self, moment, settings, commit } = core
  assert(core.standing.kind === 'candidate', 'only a candidate is elected')
  assert(core.vote === self && core.isElectable, 'a leader voted for itself')
  leaveStanding(core)
  const leader: Leader = {
    kind: 'leader',
    progress: new Map(),
    termStart: log.lastIndex + 1,
    saved: 0,
    uncommittedBytes: log.bytesBetween(commit, log.lastIndex),
    quorumDueAtMs: moment.nowMs + settings.electionMaxMs,
    transfer: undefined,
    reads: [],
    clock: { nowMs: -Infinity, timeMs: 0 },
  }
  core.standing = leader
  core.leader = self
  core.output.changed()
  appendEntry(core, leader, firstEntry(core))
  followMembers(core, leader)
}

/** The first of a group tells its configuration: who joins later, knows it from then on too. */
function firstEntry({ log, configurations }: Core): NewEntry {
  if (log.lastIndex > 0) return { kind: 'empty', data: NO_BYTES }
  const configuration = present(configurations.current, 'configuration of a leader')
  return { kind: 'configuration', data: encodeConfiguration(configuration) }
}

export function propose(core: Core, leader: Leader, data: Uint8Array): ProposeOutcome {
  const isFull =
    leader.uncommittedBytes > 0 &&
    leader.uncommittedBytes + data.length > core.settings.uncommittedBytesMax
  if (isFull || leader.transfer !== undefined) return { kind: 'busy' }
  return { kind: 'taken', at: appendEntry(core, leader, { kind: 'command', data }) }
}

export function onAppended(core: Core, from: Progress, message: Message<'appended'>): void {
  const { nowMs } = core.moment
  assert(message.match <= core.log.lastIndex, 'a follower holds nothing that its leader lacks')
  from.heard(nowMs)
  from.wallAheadMs = message.wallMs - nowMs
  from.matched(message.match, nowMs)
}

export function onAppendRefused(
  core: Core,
  from: Progress,
  { rejected, hint }: Message<'appendRefused'>,
): void {
  from.heard(core.moment.nowMs)
  from.refused(rejected, core.log.lastNotAbove(hint))
}

export function onOfferFailed(core: Core, from: Progress, message: Message<'offerFailed'>): void {
  from.heard(core.moment.nowMs)
  from.offerFailed(message.point.index, core.moment.nowMs)
}

/** With something under way, its answer or its loss will bring on what is asked for. */
export function onCompare(from: Progress): void {
  if (!from.isAwaited()) from.owesCompare = true
}

/** Its connections broke: what was under way to it is lost. */
export function onFollowerLost(leader: Leader, member: MemberId): void {
  const progress = leader.progress.get(member)
  if (progress?.state === 'replicate' && progress.isAwaited()) progress.retry()
}

/** Dissertation 3.10. Refused where that member cannot lead, or another is to already. */
export function transfer(core: Core, leader: Leader, to: MemberId): void {
  const { configurations, moment, settings, self } = core
  const isPossible = to !== self && isVoter(configurations.current, to)
  if (!isPossible || leader.transfer !== undefined) return
  leader.transfer = { to, endsAtMs: moment.nowMs + settings.electionMinMs, isSent: false }
}

export function onLeaderTimer(core: Core, leader: Leader): void {
  const { nowMs } = core.moment
  if (!isConfirmed(core, leader)) return becomeFollower(core, core.term, undefined)
  if (leader.transfer !== undefined && nowMs >= leader.transfer.endsAtMs) {
    leader.transfer = undefined
  }
  for (const progress of leader.progress.values()) {
    if (nowMs >= retryAtMs(progress, core.settings)) progress.retry()
  }
}

/**
 * Check-quorum (dissertation 6.2): a leader that no majority has answered lately steps down, so
 * that who asks it looks for another.
 */
function isConfirmed(core: Core, leader: Leader): boolean {
  const { beats, group, term, self, moment, settings } = core
  if (moment.nowMs < leader.quorumDueAtMs) return true
  const configuration = present(core.configurations.current, 'configuration of a leader')
  const confirmedAtMs = reachedByMajority(configuration, (voter) => {
    if (voter === self) return moment.nowMs
    const answeredAtMs = leader.progress.get(voter)?.lastAnswerAtMs ?? -Infinity
    return Math.max(answeredAtMs, beats.confirmedAtMs(voter, group, term))
  })
  leader.quorumDueAtMs = confirmedAtMs + settings.electionMaxMs
  return moment.nowMs < leader.quorumDueAtMs
}

/** When what is awaited of the follower is taken for lost; Infinity: nothing is. */
function retryAtMs(progress: Progress, settings: RaftSettings): number {
  return progress.isAwaited() ? progress.awaitedSinceMs + settings.electionMinMs / 2 : Infinity
}

export function leaderDeadlineMs(core: Core, leader: Leader): number {
  const configuration = present(core.configurations.current, 'configuration of a leader')
  let deadlineMs = isAlone(configuration, core.self) ? Infinity : leader.quorumDueAtMs
  if (leader.transfer !== undefined) deadlineMs = Math.min(deadlineMs, leader.transfer.endsAtMs)
  for (const progress of leader.progress.values()) {
    const dueAtMs = Math.min(retryAtMs(progress, core.settings), progress.leavesAtMs)
    deadlineMs = Math.min(deadlineMs, dueAtMs)
  }
  return deadlineMs
}
