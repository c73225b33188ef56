/**
 * Majorities. In a joint configuration a majority of the incoming voters and one of the outgoing
 * voters are needed (dissertation 4.3).
 */
import { assert, present } from '../base/assert.ts'
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

/** Of the call under way: this runs for each message, and an array for each would be garbage. */
const falling: number[] = []

/** The greatest number that more than half have reached; `reached` asks for no majority itself. */
export function reachedByMost(
  voters: readonly MemberId[],
  reached: (voter: MemberId) => number,
): number {
  assert(voters.length > 0, 'a majority of somebody')
  let count = 0
  for (const voter of voters) {
    const value = reached(voter)
    let at = count++
    for (; at > 0; at--) {
      const greater = falling[at - 1] ?? value
      if (greater >= value) break
      falling[at] = greater
    }
    falling[at] = value
  }
  return present(falling[voters.length >> 1], 'value of a majority')
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
