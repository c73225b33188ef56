/**
 * One operation on its way round the members of a group: who is asked next, when a pause is due,
 * and whether a change may have been carried out. Pure; made only when the first try has failed.
 */
import { assert } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import { finalCode, HINTS_IN_ROW_MAX, STEPS, type Ended, type FailureCode } from './retry.ts'

export type NextStep =
  | { readonly kind: 'ask'; readonly member: MemberId }
  /** Nobody is left in this round: wait, look anew, ask `first`. */
  | { readonly kind: 'pause'; readonly rounds: number; readonly isLost: boolean }
  | { readonly kind: 'fail'; readonly code: FailureCode }

export class Attempt {
  #asked = new Set<MemberId>()
  #rounds = 0
  #hintsInRow = 0
  #isLost = false
  #last: Ended | undefined
  #hint: MemberId | undefined
  #mayBeApplied = false

  get mayBeApplied(): boolean {
    return this.#mayBeApplied
  }

  /** Whom the member asked last named: who may lead, or whose disk is full. */
  get named(): MemberId | undefined {
    return this.#hint
  }

  /** The error with which it ends when its time is up. */
  get code(): FailureCode {
    return finalCode(this.#last, this.#mayBeApplied)
  }

  /**
   * @param candidates who may know, likeliest first
   * @param ended what came of asking `at`, and whom it named instead
   */
  next(
    candidates: readonly MemberId[],
    ended: { readonly at: MemberId; readonly how: Ended; readonly hint: MemberId | undefined },
  ): NextStep {
    const step = STEPS[ended.how]
    this.#last = ended.how
    this.#hint = ended.hint
    this.#mayBeApplied ||= step.mayBeApplied
    this.#isLost ||= step.isLost
    this.#asked.add(ended.at)
    if (step.next === 'fail') return { kind: 'fail', code: this.code }
    if (step.next === 'again') return this.#pause()
    const { hint } = ended
    // One that was asked before may lead by now: it is followed, but not in circles.
    if (hint !== undefined && hint !== ended.at && this.#hintsInRow < HINTS_IN_ROW_MAX) {
      this.#hintsInRow++
      return { kind: 'ask', member: hint }
    }
    this.#hintsInRow = 0
    return this.first(candidates)
  }

  /** Begins a round, or goes on in it. */
  first(candidates: readonly MemberId[]): NextStep {
    const member = candidates.find((candidate) => !this.#asked.has(candidate))
    return member === undefined ? this.#pause() : { kind: 'ask', member }
  }

  #pause(): NextStep {
    this.#rounds++
    assert(this.#rounds < ROUNDS_MAX, 'the time of an operation ends its rounds')
    const isLost = this.#isLost || this.#rounds % ROUNDS_PER_LOOK === 0
    this.#asked = new Set()
    this.#isLost = false
    this.#hintsInRow = 0
    return { kind: 'pause', rounds: this.#rounds, isLost }
  }
}

/** Rounds in vain after which others are asked where the group is. */
const ROUNDS_PER_LOOK = 3

/** Sixty seconds of pauses of five milliseconds, the shortest. */
const ROUNDS_MAX = 12_000
