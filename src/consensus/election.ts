/**
 * Elections (Raft paper 5.2, 5.4.1; dissertation 4.2.3, 9.6). Before it raises its term a member
 * asks whether it would be voted for: one that is cut off, or removed, so disturbs nobody. Who has
 * heard of its leader lately says no, unless that leader itself has handed over.
 */
import { assert, present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { HardState, RaftMessage } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { askIfBehind, isBehind } from './following.ts'
import { becomeLeader } from './leading.ts'
import { bidFarewell } from './membership.ts'
import { isMajority } from './quorum.ts'
import { becomeFollower, leaveStanding } from './roles.ts'
import type { Candidate, Follower, Leader, PreCandidate, Standing } from './standing.ts'

type Ask = Extract<RaftMessage, { kind: 'ask' }>
type Voted = Extract<RaftMessage, { kind: 'voted' }>

/** The last leader of a group tries first after a restart. */
export function campaignFirst(core: Core): void {
  assert(core.standing.kind === 'follower', 'a group starts as follower')
  core.standing.deadlineMs = core.moment.nowMs + core.chance.below(core.settings.beatMs)
}

/** When the leader was last heard of, by a message or by its beats. */
export function heardOfLeaderAtMs(core: Core): number {
  const { leader, self, beats, group, term, lostAtMs } = core
  if (leader === undefined || leader === self) return -Infinity
  const beatAtMs = beats.heardAtMs(leader, group, term)
  return Math.max(core.heardAtMs, beatAtMs > lostAtMs ? beatAtMs : -Infinity)
}

/** The deadline came. Beats only note the time, so it is looked here what they noted. */
export function onElectionTimer(core: Core, standing: Follower | PreCandidate | Candidate): void {
  const { nowMs } = core.moment
  if (nowMs < standing.deadlineMs) return
  const heardAtMs = heardOfLeaderAtMs(core)
  if (standing.kind === 'follower') {
    const patienceMs = core.drawElectionMs()
    const isHeard = heardAtMs + patienceMs > nowMs
    if (!isHeard && core.isElectable) return preCampaign(core)
    // Who may not campaign says at least that it knows of no leader that lives.
    standing.deadlineMs = (isHeard ? heardAtMs : nowMs) + patienceMs
    core.setLeaderSilent(!isHeard)
    if (isHeard) askIfBehind(core, standing)
  } else if (heardAtMs + core.settings.electionMinMs > nowMs) {
    becomeFollower(core, core.term, core.leader)
  } else if (core.isElectable) {
    preCampaign(core)
  } else {
    becomeFollower(core, core.term, undefined)
  }
}

/**
 * When `timer` is to look for the leader; Infinity: there is nothing to be found out. Who hears of
 * its leader over and over has nothing to look for, unless it has something to ask (`askIfBehind`):
 * then it gives the leader's last message time to be followed by what it lacks.
 */
export function electionDeadlineMs(core: Core, standing: Exclude<Standing, Leader>): number {
  const { deadlineMs } = standing
  if (standing.kind !== 'follower') return deadlineMs
  if (core.leader === undefined) return core.isElectable ? deadlineMs : Infinity
  if (core.isLeaderSilent) return deadlineMs
  const heardAtMs = isBehind(core, standing) ? core.heardAtMs : heardOfLeaderAtMs(core)
  return Math.max(deadlineMs, heardAtMs + core.settings.electionMinMs)
}

/**
 * The connections to the leader broke: no need to wait for the time-out. A little chance keeps
 * those who see it at once from asking at once.
 */
export function onLeaderLost(core: Core): void {
  const { standing, moment, chance, settings } = core
  assert(standing.kind !== 'leader', 'a leader does not lose itself')
  core.heardAtMs = -Infinity
  core.lostAtMs = moment.nowMs
  const soonMs = moment.nowMs + chance.below(settings.beatMs)
  standing.deadlineMs = Math.min(standing.deadlineMs, soonMs)
}

function preCampaign(core: Core): void {
  leaveStanding(core)
  const granted = new Set([core.self])
  // A round of questions and answers, without a disk: half the time that an election is given.
  const deadlineMs = core.moment.nowMs + core.drawElectionMs() / 2
  core.standing = { kind: 'preCandidate', deadlineMs, granted }
  core.output.changed()
  if (hasMajority(core, granted)) return campaign(core, false)
  const ask = { kind: 'ask', ballot: 'preVote', term: core.term + 1, isTransfer: false } as const
  for (const voter of otherVoters(core)) core.send(voter, { ...ask, last: core.log.last })
}

/** Votes for itself, and asks the others once that is on disk. */
function campaign(core: Core, isTransfer: boolean): void {
  leaveStanding(core)
  core.setTerm(core.term + 1, core.self)
  core.leader = undefined
  const deadlineMs = core.moment.nowMs + core.drawElectionMs()
  core.standing = { kind: 'candidate', deadlineMs, granted: new Set() }
  core.output.changed()
  // What it says of its log must outlive a crash as its term does: else a vote given for a longer
  // log could count for a shorter one.
  const ask = { kind: 'ask', ballot: 'vote', term: core.term, isTransfer } as const
  for (const voter of otherVoters(core)) core.output.promise(voter, { ...ask, last: core.log.last })
}

function otherVoters({ configurations, self }: Core): readonly MemberId[] {
  const { voters, outgoing } = present(configurations.current, 'configuration of a voter')
  const all = outgoing === undefined ? voters : [...new Set([...voters, ...outgoing])]
  return all.filter((voter) => voter !== self)
}

function hasMajority({ configurations }: Core, granted: ReadonlySet<MemberId>): boolean {
  const configuration = present(configurations.current, 'configuration of a voter')
  return isMajority(configuration, (voter) => granted.has(voter))
}

/** Its own vote is on disk. */
export function onVoteSaved(core: Core, candidate: Candidate, { term, vote }: HardState): void {
  if (term !== core.term) return
  assert(vote === core.self, 'a candidate voted for itself')
  candidate.granted.add(core.self)
  if (hasMajority(core, candidate.granted)) becomeLeader(core)
}

export function onVoted(core: Core, from: MemberId, message: Voted): void {
  const { standing, term } = core
  if (!message.isGranted) return
  if (message.ballot === 'preVote') {
    if (standing.kind !== 'preCandidate' || message.term !== term + 1) return
    standing.granted.add(from)
    if (hasMajority(core, standing.granted)) campaign(core, false)
  } else {
    if (standing.kind !== 'candidate' || message.term !== term) return
    standing.granted.add(from)
    if (hasMajority(core, standing.granted)) becomeLeader(core)
  }
}

/** The leader hands over. */
export function onCampaignNow(core: Core, from: MemberId): void {
  if (!core.isElectable || core.standing.kind === 'leader') return
  assert(core.leader === undefined || core.leader === from, 'a term has at most one leader')
  campaign(core, true)
}

/**
 * Whether the candidate votes in the configuration of this member is not asked: its own may be the
 * later one (dissertation 4.2.2). Whose vote counts, the candidate decides.
 */
export function onAsk(core: Core, from: MemberId, ask: Ask): void {
  if (core.standing.kind === 'leader') bidFarewell(core, core.standing, from)
  if (ask.term < core.term || isHeld(core, from, ask)) return refuse(core, from, ask)
  if (ask.ballot === 'preVote') {
    if (!core.log.isUpToDate(ask.last)) standSoon(core)
    else if (ask.term > core.term) return lend(core, from, ask)
    return refuse(core, from, ask)
  }
  if (ask.term > core.term) becomeFollower(core, ask.term, undefined)
  const isFree = core.vote === undefined || core.vote === from
  if (!isFree || core.leader !== undefined || !core.log.isUpToDate(ask.last))
    return refuse(core, from, ask)
  grant(core, from, ask)
}

/** It has a leader that lives, as far as it can know: nobody else is let in. */
function isHeld(core: Core, from: MemberId, { isTransfer }: Ask): boolean {
  // A leader that asks says by that that it leads no more.
  if (isTransfer || from === core.leader) return false
  if (core.standing.kind === 'leader') return true
  return core.moment.nowMs < heardOfLeaderAtMs(core) + core.settings.electionMinMs
}

/** Says that it would vote so, and lets the one that asks go first. */
function lend(core: Core, from: MemberId, { ballot, term }: Ask): void {
  const { standing, moment, settings, chance } = core
  if (standing.kind === 'follower') {
    const waitMs = 2 * settings.beatMs + chance.below(settings.beatMs)
    standing.deadlineMs = Math.max(standing.deadlineMs, moment.nowMs + waitMs)
  }
  core.send(from, { kind: 'voted', ballot, term, isGranted: true })
}

/**
 * One with a shorter log asks, so it misses the leader, too, and cannot follow it: who may be the
 * only one that can does not wait for its own time-out, nor for the end of a round in which the
 * other still held to the leader. One that gave its vote waits for what becomes of it.
 */
function standSoon(core: Core): void {
  const { standing, moment, settings, chance, leader, vote } = core
  if (standing.kind === 'leader' || standing.kind === 'candidate') return
  if (leader === undefined && vote !== undefined) return
  const soonMs = moment.nowMs + chance.below(settings.beatMs)
  standing.deadlineMs = Math.min(standing.deadlineMs, soonMs)
}

function grant(core: Core, from: MemberId, { ballot, term }: Ask): void {
  assert(term === core.term && core.leader === undefined, 'who has a leader elects no other')
  if (core.standing.kind === 'preCandidate') becomeFollower(core, term, undefined)
  assert(core.standing.kind === 'follower', 'votes are given by followers')
  if (core.vote === undefined) core.setTerm(term, from)
  core.standing.deadlineMs = core.moment.nowMs + core.drawElectionMs()
  core.output.promise(from, { kind: 'voted', ballot, term, isGranted: true })
}

/** Its own term, so that one who is behind catches up; one that came with the question is saved. */
function refuse(core: Core, from: MemberId, { ballot }: Ask): void {
  const answer = { kind: 'voted', ballot, term: core.term, isGranted: false } as const
  if (ballot === 'vote') core.output.promise(from, answer)
  else core.send(from, answer)
}
