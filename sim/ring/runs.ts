/** What one seed of the ring simulation does: both modes, each of a size that the seed draws. */
import { assert } from '../../src/base/assert.ts'
import { SeededChance } from '../../src/base/random.ts'
import { ExactRing } from './exact.ts'
import { NetworkRing } from './network.ts'
import { Tally } from './tally.ts'

export interface RunOptions {
  readonly seed: number
  /** Members of each mode; drawn from the seed where absent. */
  readonly members?: number | undefined
}

export interface RingRun {
  readonly tally: Tally
  readonly members: number
  readonly successorsMax: number
  /** From the end of the faults to the ideal ring, in network mode. */
  readonly healPeriods: number
}

const MEMBERS_MIN = 12
const MEMBERS_SPREAD = 12
const LIST_LENGTHS_MAX = 4
const EVENTS = 400
const FAULT_PERIODS = 30

/** A list this much shorter than the ring, so that the proof's assumption can hold (exact mode). */
const MEMBERS_BEYOND_LIST = 4

/** Runs both modes. @throws CheckFailed, or AssertionError from a machine */
export function runRing(options: RunOptions): RingRun {
  const tally = new Tally()
  const draw = new SeededChance(options.seed)
  const members = options.members ?? MEMBERS_MIN + draw.below(MEMBERS_SPREAD)
  assert(
    members >= MEMBERS_BEYOND_LIST + 1,
    `the simulation needs ${MEMBERS_BEYOND_LIST + 1} members or more`,
  )
  const longest = Math.min(LIST_LENGTHS_MAX, members - MEMBERS_BEYOND_LIST)
  const successorsMax = 1 + draw.below(longest)
  const { seed } = options
  new ExactRing({ seed, members, successorsMax, events: EVENTS }, tally).run()
  const network = new NetworkRing(
    { seed, members, successorsMax, faultPeriods: FAULT_PERIODS },
    tally,
  )
  const healPeriods = network.run()
  return { tally, members, successorsMax, healPeriods }
}
