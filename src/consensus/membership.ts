/**
 * Changes of a group's configuration, as its leader makes them. Voters change in two entries: a
 * joint configuration, and when that is committed, the final one, which its leader then appends by
 * itself, whoever it is by then (dissertation 4.3). Who leaves is told so before it is forgotten.
 */
import { assert, present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import { encodeConfiguration } from '../wire/configuration.ts'
import type { Configuration, LogPoint } from '../wire/raft.ts'
import { isJoint, isVoter, membersOf } from './configurations.ts'
import type { Core } from './core.ts'
import { appendEntry, isReady } from './leader-log.ts'
import { Progress } from './progress.ts'
import { becomeFollower } from './roles.ts'
import type { Leader } from './standing.ts'
import type { ChangeOutcome, Membership } from './types.ts'

/** Former members that are told at once that they are; others meet refusals until they are told. */
const LEAVING_MAX = 8

export function changeMembership(core: Core, leader: Leader, target: Membership): ChangeOutcome {
  assert(target.voters.length > 0, 'a group without voters')
  assert(
    new Set([...target.voters, ...target.learners]).size ===
      target.voters.length + target.learners.length,
    'each member once',
  )
  if (leader.transfer !== undefined) return { kind: 'busy' }
  if (!isReady(core, leader) || isChanging(core)) return { kind: 'underWay' }
  const { voters } = present(core.configurations.current, 'configuration of a leader')
  const final = { voters: target.voters.toSorted(), learners: target.learners.toSorted() }
  const isSameVoters = String(final.voters) === String(voters.toSorted())
  const at = appendConfiguration(
    core,
    leader,
    isSameVoters ? final : { ...final, outgoing: voters },
  )
  return { kind: 'taken', at }
}

/** A configuration entry is not committed, or is not the last of its change. */
export function isChanging({ configurations, commit }: Core): boolean {
  const { current, currentIndex } = configurations
  return currentIndex > commit || (current !== undefined && isJoint(current))
}

function appendConfiguration(core: Core, leader: Leader, configuration: Configuration): LogPoint {
  const data = encodeConfiguration(configuration)
  const at = appendEntry(core, leader, { kind: 'configuration', data })
  followMembers(core, leader)
  return at
}

/** Keeps a progress for everybody in the configuration but the leader. */
export function followMembers(core: Core, leader: Leader): void {
  const { nowMs } = core.moment
  const members = membersOf(present(core.configurations.current, 'configuration of a leader'))
  for (const member of members) {
    if (member === core.self) continue
    const known = leader.progress.get(member)
    // One that left may have forgotten everything since: what it had says nothing any more.
    if (known?.leavesAtMs === Infinity) continue
    leader.progress.set(member, new Progress(member, core.log.lastIndex, nowMs))
  }
  for (const [member, progress] of leader.progress) {
    if (members.includes(member) || progress.leavesAtMs !== Infinity) continue
    progress.leavesAtMs = nowMs + farewellMs(core)
  }
}

/** Long enough for a member whose connection broke to come back. */
function farewellMs({ settings }: Core): number {
  return 4 * settings.electionMaxMs
}

/** It asks for votes, and is in the configuration no more: it has missed that. */
export function bidFarewell(core: Core, leader: Leader, member: MemberId): void {
  const configuration = present(core.configurations.current, 'configuration of a leader')
  if (membersOf(configuration).includes(member) || leader.progress.has(member)) return
  if (leader.progress.size >= membersOf(configuration).length + LEAVING_MAX) return
  const progress = new Progress(member, core.log.lastIndex, core.moment.nowMs)
  progress.leavesAtMs = core.moment.nowMs + farewellMs(core)
  leader.progress.set(member, progress)
}

/** A former member knows that it is one, has had its time, or is too far behind to be told. */
export function hasLeft(core: Core, progress: Progress): boolean {
  if (progress.leavesAtMs === Infinity) return false
  const { currentIndex } = core.configurations
  const isTold = progress.match >= currentIndex && progress.commitSent >= currentIndex
  return isTold || core.moment.nowMs >= progress.leavesAtMs || progress.next <= core.log.base.index
}

/**
 * What follows once the last configuration is committed; after each advance of the commit index.
 */
export function goOnWithChange(core: Core, leader: Leader): void {
  const { current, currentIndex } = core.configurations
  const configuration = present(current, 'configuration of a leader')
  if (currentIndex > core.commit || !isReady(core, leader)) return
  if (isJoint(configuration)) {
    const { voters, learners } = configuration
    appendConfiguration(core, leader, { voters, learners })
  } else if (!isVoter(configuration, core.self)) {
    abdicate(core, leader, configuration)
  }
}

/** The leader is no voter any more: the most advanced of those is to take over at once. */
function abdicate(core: Core, leader: Leader, { voters }: Configuration): void {
  let best: Progress | undefined
  for (const progress of leader.progress.values()) {
    if (!voters.includes(progress.member)) continue
    if (best === undefined || progress.match > best.match) best = progress
  }
  if (best !== undefined) core.send(best.member, { kind: 'campaignNow', term: core.term })
  becomeFollower(core, core.term, undefined)
}
