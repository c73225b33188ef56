/**
 * How many of a group's holders vote, by the size of the ring: the storage hosts that are enrolled,
 * those that are down included, so that a failure never makes a group smaller (architecture 5).
 */
import { assert } from '../../base/assert.ts'

export interface Seats {
  readonly voters: number
  readonly learners: number
}

/**
 * Odd numbers alone: an even one bears no more failures and needs one more answer to each write.
 */
const SEATS: readonly Seats[] = [
  { voters: 0, learners: 0 },
  { voters: 1, learners: 0 },
  // Fragile: the learner is a copy, but one failure stops the group or leaves one copy.
  { voters: 1, learners: 1 },
  { voters: 3, learners: 0 },
  { voters: 3, learners: 1 },
]
const SEATS_FROM_FIVE: Seats = { voters: 5, learners: 0 }

export function seatsOf(hosts: number): Seats {
  assert(Number.isInteger(hosts) && hosts >= 0, 'a ring has a whole number of hosts')
  return SEATS[hosts] ?? SEATS_FROM_FIVE
}

/** Voters that must answer. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}
