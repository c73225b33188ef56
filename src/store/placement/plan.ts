/**
 * The next step of one group towards its target, decided by its leader (architecture 5). Each step
 * leaves the group at least as well off as before:
 *
 * 1. learners that are nearly caught up take the places of voters that leave, dead ones first, in
 *    one joint step, or grow the group to the next odd size; a leader that is to leave hands over
 *    first;
 * 2. who is no longer needed goes, by choice only when its chunks have their copies elsewhere;
 * 3. a newcomer is added as a learner, one at a time, and copies.
 *
 * A move that cannot go on names what it waits for. Pure: the leader's clock comes in as `nowMs`.
 */
import { assert, unreachable } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import { nextVoters, worstFirst } from './next-voters.ts'
import type { Move, MoveKind, Plan, PlanGroup, PlanRing, Step, Wait } from './plan-types.ts'
import { targetOf, type Health, type Target } from './target.ts'

/** A learner so close to the end of the log is promoted: what is left takes under a second. */
export const CAUGHT_UP_ENTRIES = 128

const NO_STEP: Step = { kind: 'none' }

export function planGroup(group: PlanGroup, ring: PlanRing): Plan {
  const { configuration } = group
  assert(configuration.voters.length > 0, 'a group has voters')
  const situation = situationOf(group, ring)
  const step = situation.isSettled ? stepOf(situation) : NO_STEP
  return { step, moves: [...movesOf(situation, step), ...awayOf(situation)] }
}

/** How members are, from what the leader keeps of them. */
export function healthOf(
  ring: Pick<PlanRing, 'order' | 'nowMs' | 'downSinceMs' | 'graceMs'>,
): Health {
  const { order, nowMs, downSinceMs, graceMs } = ring
  return {
    isLive: (id) => !downSinceMs.has(id),
    isLost(id) {
      const state = order.member(id)?.state
      if (state === undefined || state === 'gone' || state === 'removed') return true
      const sinceMs = downSinceMs.get(id)
      return sinceMs !== undefined && nowMs - sinceMs >= graceMs
    },
  }
}

interface Situation {
  readonly group: PlanGroup
  readonly ring: PlanRing
  readonly health: Health
  readonly target: Target
  /** Voters and learners of the target. */
  readonly wanted: readonly MemberId[]
  /** Voters and learners of the configuration. */
  readonly members: readonly MemberId[]
  /** No change is under way. */
  readonly isSettled: boolean
}

function situationOf(group: PlanGroup, ring: PlanRing): Situation {
  const { configuration, status } = group
  const health = healthOf(ring)
  const target = targetOf(ring.order, group, health)
  const members = [...configuration.voters, ...configuration.learners]
  // Where nobody stores any more, a group keeps what it has.
  const wanted = target.voters.length === 0 ? members : [...target.voters, ...target.learners]
  // A leader without a vote is on its way out.
  const isSettled =
    status.isReady &&
    !status.isChanging &&
    configuration.outgoing === undefined &&
    configuration.voters.includes(group.self)
  return { group, ring, health, target, wanted, members, isSettled }
}

function stepOf(situation: Situation): Step {
  if (situation.target.voters.length === 0) return NO_STEP
  return seat(situation) ?? drop(situation) ?? add(situation) ?? NO_STEP
}

/** Voters change. */
function seat(situation: Situation): Step | undefined {
  const { group, target, health } = situation
  const { voters: current } = group.configuration
  const isReady = (id: MemberId): boolean => isCaughtUp(situation, id)
  const voters = nextVoters({ current, target: target.voters, health, isReady })
  if (voters === undefined) return undefined
  if (!voters.includes(group.self)) {
    const heir = voters.find((id) => current.includes(id) && isReady(id))
    if (heir !== undefined) return { kind: 'transfer', to: heir }
  }
  return { kind: 'change', voters, learners: learnersBeside(situation, voters) }
}

/** Learners go that nobody wants. */
function drop(situation: Situation): Step | undefined {
  const { voters, learners: current } = situation.group.configuration
  const learners = learnersBeside(situation, voters)
  return learners.length < current.length ? { kind: 'change', voters, learners } : undefined
}

/** All that stay beside these voters: those that are wanted, and those whose chunks hold them. */
function learnersBeside(
  { group, health, members, wanted }: Situation,
  voters: readonly MemberId[],
): readonly MemberId[] {
  const others = members.filter((id) => !voters.includes(id))
  const staying = others.filter((id) => wanted.includes(id))
  const leaving = others.filter((id) => !wanted.includes(id) && !health.isLost(id))
  if (leaving.length === 0 || group.chunksSafe([...voters, ...staying])) return staying
  return [...staying, ...leaving]
}

/** The first newcomer that waits for nothing. */
function add(situation: Situation): Step | undefined {
  const { configuration } = situation.group
  const comer = rowsOf(situation).find(
    ({ kind, to }) =>
      to !== undefined &&
      !situation.members.includes(to) &&
      waitOfComer(situation, kind, to) === undefined,
  )?.to
  if (comer === undefined) return undefined
  const { voters, learners } = configuration
  return { kind: 'add', member: comer, voters, learners: [...learners, comer] }
}

type Row = Pick<Move, 'kind' | 'to' | 'from'>

/** Who comes for whom: the lost and the drained first, then growth, then the order of the ring. */
function rowsOf(situation: Situation): readonly Row[] {
  const { group, health, ring, target, wanted, members } = situation
  const { voters, learners } = group.configuration
  if (target.voters.length === 0) return []
  const comers = wanted.filter((id) =>
    target.voters.includes(id) ? !voters.includes(id) : !members.includes(id),
  )
  const leavers = [
    ...voters.filter((id) => !target.voters.includes(id)),
    ...learners.filter((id) => !wanted.includes(id)),
  ]
  const kindOf = (id: MemberId): MoveKind => {
    if (health.isLost(id)) return 'repair'
    return ring.order.member(id)?.state === 'draining' ? 'drain' : 'balance'
  }
  const pressing = worstFirst(leavers, health).filter((id) => kindOf(id) !== 'balance')
  const leisurely = leavers.filter((id) => kindOf(id) === 'balance')
  const rows: Row[] = pressing.map((from) => ({ kind: kindOf(from), to: comers.shift(), from }))
  const growth = comers.splice(0, Math.max(0, comers.length - leisurely.length))
  for (const to of growth) rows.push({ kind: 'grow', to, from: undefined })
  for (const from of leisurely) {
    const to = comers.shift()
    rows.push({ kind: to === undefined ? 'shrink' : 'balance', to, from })
  }
  return rows
}

function movesOf(situation: Situation, step: Step): readonly Move[] {
  return rowsOf(situation).map((row) => ({
    ...row,
    waitsFor: isTaken(situation, row, step) ? undefined : waitOf(situation, row),
  }))
}

/** The step is one of this move. */
function isTaken({ group }: Situation, { to, from }: Row, step: Step): boolean {
  switch (step.kind) {
    case 'none':
      return false
    case 'add':
      return step.member === to
    case 'transfer':
      return from === group.self
    case 'change': {
      const { configuration } = group
      const isSeated = to !== undefined && step.voters.includes(to)
      return (
        (isSeated && !configuration.voters.includes(to)) ||
        (from !== undefined && !step.voters.includes(from) && !step.learners.includes(from))
      )
    }
    default:
      return unreachable(step)
  }
}

function waitOf(situation: Situation, { kind, to, from }: Row): Wait {
  const { group, members, health, isSettled } = situation
  if (!isSettled) return { kind: 'change' }
  if (to !== undefined && !members.includes(to)) {
    return waitOfComer(situation, kind, to) ?? { kind: 'move' }
  }
  if (to !== undefined && !isCaughtUp(situation, to)) {
    return health.isLive(to)
      ? { kind: 'copying', member: to, entriesLeft: entriesLeft(group, to) }
      : { kind: 'down', member: to }
  }
  if (to !== undefined) return { kind: from === undefined ? 'pair' : 'margin' }
  assert(from !== undefined, 'a move has somebody who comes or goes')
  return group.configuration.learners.includes(from)
    ? { kind: 'chunks', member: from }
    : { kind: 'margin' }
}

/** What keeps a newcomer from being added as a learner. */
function waitOfComer(situation: Situation, kind: MoveKind, to: MemberId): Wait | undefined {
  const { group, ring, health, wanted } = situation
  if (!health.isLive(to)) return { kind: 'down', member: to }
  const isCopying = group.configuration.learners.some(
    (id) => wanted.includes(id) && health.isLive(id) && !isCaughtUp(situation, id),
  )
  if (isCopying) return { kind: 'move' }
  if (kind === 'balance') {
    const leftMs = ring.stableSinceMs + ring.stableMs - ring.nowMs
    if (leftMs > 0) return { kind: 'stability', leftMs }
    if (ring.hasRepairs) return { kind: 'repairs' }
  }
  return ring.hasPlace(to) ? undefined : { kind: 'incoming', member: to }
}

/** Voters that are away, and are waited for, or cannot be replaced. */
function awayOf({ group, ring, health, target }: Situation): readonly Move[] {
  return group.configuration.voters
    .filter((id) => target.voters.includes(id) && (!health.isLive(id) || health.isLost(id)))
    .map((from) => ({ kind: 'repair', to: undefined, from, waitsFor: waitOfAway(ring, from) }))
}

function waitOfAway(ring: PlanRing, member: MemberId): Wait {
  const sinceMs = ring.downSinceMs.get(member)
  const leftMs = sinceMs === undefined ? 0 : sinceMs + ring.graceMs - ring.nowMs
  return leftMs > 0 ? { kind: 'grace', member, leftMs } : { kind: 'noMember' }
}

function isCaughtUp({ group, health }: Situation, id: MemberId): boolean {
  return health.isLive(id) && isCaughtUpIn(group, id)
}

/** Its log ends close to the leader's. */
export function isCaughtUpIn(
  { self, status }: Pick<PlanGroup, 'self' | 'status'>,
  id: MemberId,
): boolean {
  if (id === self) return true
  const progress = status.progress.find(({ member }) => member === id)
  if (progress === undefined || progress.needsSnapshot || progress.match === 0) return false
  return status.last.index - progress.match <= CAUGHT_UP_ENTRIES
}

function entriesLeft({ status }: PlanGroup, id: MemberId): number {
  const match = status.progress.find(({ member }) => member === id)?.match ?? 0
  return Math.max(0, status.last.index - match)
}
