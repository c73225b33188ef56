/** Which voters a group can have next on the way to those that it is to have. */
import type { MemberId } from '../../base/ids.ts'
import { marginOf } from './may-fail.ts'
import type { Health } from './target.ts'

export interface VotersQuestion {
  readonly current: readonly MemberId[]
  /** In the order of the ring. */
  readonly target: readonly MemberId[]
  readonly health: Health
  /** A learner that is nearly caught up and answers. */
  readonly isReady: (member: MemberId) => boolean
}

/**
 * One joint step: dead ones are replaced first, then the group grows to the next odd size, then
 * live ones are replaced. `undefined` where nothing can be done that leaves it as well off as it
 * is; fewer live voters beyond a majority are taken only where the target has fewer voters.
 */
export function nextVoters(question: VotersQuestion): readonly MemberId[] | undefined {
  const { current, target, health } = question
  const next = candidate(question)
  if (next.length === current.length && next.every((id) => current.includes(id))) return undefined
  const after = marginOf({ voters: next }, health.isLive)
  const before = marginOf({ voters: current }, health.isLive)
  const isShrinking = next.length < current.length && next.length === target.length
  return after >= (isShrinking ? Math.min(before, 0) : before) ? next : undefined
}

function candidate({ current, target, health, isReady }: VotersQuestion): readonly MemberId[] {
  const next = target.filter((id) => current.includes(id))
  const comers = target.filter((id) => !current.includes(id) && isReady(id))
  if (next.length + comers.length === target.length) return target
  const leavers = worstFirst(
    current.filter((id) => !target.includes(id)),
    health,
  )
  const replaceFirst = (): void => {
    leavers.shift()
    next.push(...comers.splice(0, 1))
  }
  while (comers.length > 0 && leavers[0] !== undefined && health.isLost(leavers[0])) replaceFirst()
  const size = next.length + leavers.length
  const room = target.length - size
  next.push(...comers.splice(0, oddGrowth(size, Math.min(room, comers.length))))
  if (room <= 0) while (comers.length > 0 && leavers.length > 0) replaceFirst()
  return [...next, ...leavers]
}

/** An even number of voters bears no more failures than the odd one below it. */
function oddGrowth(size: number, growth: number): number {
  if (growth <= 0) return 0
  return (size + growth) % 2 === 1 ? growth : growth - 1
}

/** Lost ones, then those that do not answer, then the others. */
export function worstFirst(members: readonly MemberId[], health: Health): MemberId[] {
  const badness = (id: MemberId): number =>
    2 * Number(health.isLost(id)) + Number(!health.isLive(id))
  return members.toSorted((a, b) => badness(b) - badness(a))
}
