/**
 * Majorities. In a joint configuration a majority of the incoming voters and one of the outgoing
 * voters are needed (dissertation 4.3).
 */
import { present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { Configuration } from '../wire/raft.ts'

/** The greatest number that a majority has reached: an index, a round, a time. */
export function reachedByMajority(
  { voters, outgoing }: Configuration,
  reached: (voter: MemberId) => number,
): number {
  const incoming = reachedByMost(voters, reached)
  return outgoing === undefined ? incoming : Math.min(incoming, reachedByMost(outgoing, reached))
}

function reachedByMost(voters: readonly MemberId[], reached: (voter: MemberId) => number): number {
  if (voters.length === 1) return reached(present(voters[0], 'voter'))
  const falling = voters.map(reached).sort((a, b) => b - a)
  return present(falling[Math.floor(voters.length / 2)], 'value of a majority')
}

export function isMajority(
  configuration: Configuration,
  hasIt: (voter: MemberId) => boolean,
): boolean {
  return reachedByMajority(configuration, (voter) => (hasIt(voter) ? 1 : 0)) === 1
}

/** Nobody else is needed for anything. */
export function isAlone({ voters, outgoing }: Configuration, self: MemberId): boolean {
  return outgoing === undefined && voters.length === 1 && voters[0] === self
}
