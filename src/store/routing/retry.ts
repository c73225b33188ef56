/**
 * What follows when a member was asked for a change or a read and it did not work, as data: which
 * step is next, whether the change may have been carried out, and what is thrown at the end.
 */
import { assert } from '../../base/assert.ts'
import type { ErrorCode } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Chance } from '../../base/random.ts'
import type { SubmitOutcome } from '../group/types.ts'

/** How one sending ended. */
export type Ended =
  | Exclude<SubmitOutcome['kind'], 'applied' | 'refused'>
  | Extract<SubmitOutcome, { kind: 'refused' }>['why']

export interface Step {
  /**
   * `elsewhere`: the likeliest member that was not asked in this round, without a pause as long as
   * there is one. `again`: the same, after a pause. `fail`: another try cannot help.
   */
  readonly next: 'elsewhere' | 'again' | 'fail'
  /** The sending may still be carried out: without an answer nobody may say that it was not. */
  readonly mayBeApplied: boolean
  /** What is known of the group's place is wrong: others are asked. */
  readonly isLost: boolean
  /** What is thrown if this was the last try, and no sending may have been applied. */
  readonly code: FailureCode
}

/** How an operation that went round in vain ends. */
export type FailureCode = Extract<
  ErrorCode,
  'BAD_REQUEST' | 'BUSY' | 'DISK_FULL' | 'OUTCOME_UNKNOWN' | 'STORE_UNAVAILABLE'
>

const NOT_APPLIED = { mayBeApplied: false, isLost: false, code: 'STORE_UNAVAILABLE' } as const

export const STEPS: Readonly<Record<Ended, Step>> = {
  notLeader: { ...NOT_APPLIED, next: 'elsewhere' },
  notMember: { ...NOT_APPLIED, next: 'elsewhere', isLost: true },
  unreachable: { ...NOT_APPLIED, next: 'elsewhere' },
  busy: { ...NOT_APPLIED, next: 'again', code: 'BUSY' },
  full: { ...NOT_APPLIED, next: 'fail', code: 'DISK_FULL' },
  malformed: { ...NOT_APPLIED, next: 'fail', code: 'BAD_REQUEST' },
  lost: { ...NOT_APPLIED, next: 'elsewhere', mayBeApplied: true },
  timeout: { ...NOT_APPLIED, next: 'elsewhere', mayBeApplied: true },
}

/** An operation whose caller names no time ends after so long, repeating included. */
export const OPERATION_TIMEOUT_MS = 5 * SECOND_MS

/** Callers may name a longer time, but not an endless one. */
export const OPERATION_TIMEOUT_MS_MAX = 60 * SECOND_MS

/**
 * One sending gets so long: a leader that died with its machine says nothing. A busy one may take
 * longer; a second sending of the same request does no harm, only work.
 */
export const TRY_TIMEOUT_MS = 2 * SECOND_MS

/** A hint is followed at once so often in a row; then it is a circle, and a round ends. */
export const HINTS_IN_ROW_MAX = 3

/** Between two rounds over all members of a group: an election takes some hundred. */
export const ROUND_PAUSE_MIN_MS = 10
export const ROUND_PAUSE_MAX_MS = 160

/** How long to wait after `rounds` (>= 1) in vain: doubled each time, a random half taken off. */
export function pauseMs(rounds: number, chance: Chance): number {
  assert(rounds >= 1, 'a pause follows a round')
  const doublings = Math.min(rounds - 1, DOUBLINGS_MAX)
  const longestMs = Math.min(ROUND_PAUSE_MAX_MS, ROUND_PAUSE_MIN_MS * 2 ** doublings)
  return longestMs * (0.5 + chance.fraction() / 2)
}

const DOUBLINGS_MAX = 10

/**
 * Which error ends an operation: a change that may have been applied is never said to be not
 * carried out.
 */
export function finalCode(last: Ended | undefined, mayBeApplied: boolean): FailureCode {
  if (mayBeApplied) return 'OUTCOME_UNKNOWN'
  return last === undefined ? 'STORE_UNAVAILABLE' : STEPS[last].code
}
