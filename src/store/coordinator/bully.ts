/**
 * The bully election (Garcia-Molina 1982, *Elections in a distributed computing system*, III): of
 * the members that hear one another the highest coordinates. Higher is the greater member id, in
 * byte order: it never changes, every member computes the same, and no address or load sways it.
 *
 * Who misses the coordinator asks all higher ones (`ELECTION`). Any that lives answers (`FEEDBACK`)
 * and the asker defers to it; if none does, the asker is the coordinator and says so
 * (`COORDINATOR`), again and again: that is at once the periodic check, the repair of lost words,
 * and what makes a lower coordinator step back when a network grows together. The paper assumes
 * that messages and time keep bounds. Here they do not, so two may believe at once; what a
 * coordinator does is therefore fenced by a lease (coordinator.ts).
 *
 * Pure: each step takes an event and gives the next state and what is to be sent.
 * docs/spec/coordinator.md.
 */
import { assert } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Addressee, ElectionKind } from '../../wire/election.ts'
import {
  ANNOUNCE_EVERY_MS,
  COORDINATOR_WITHIN_MS,
  FEEDBACK_WITHIN_MS,
  GONE_AFTER_MS,
} from './limits.ts'

/** `untilMs`: when the member does something by itself. */
export type BullyState =
  /** Asked all higher ones and waits for feedback. */
  | { readonly kind: 'electing'; readonly untilMs: number }
  /** A higher one lives: its word, or another's, is waited for. */
  | { readonly kind: 'deferring'; readonly untilMs: number }
  /** Heard from the coordinator, which is higher, lately. */
  | { readonly kind: 'following'; readonly untilMs: number; readonly coordinator: MemberId }
  /** Believes that it is the coordinator. */
  | { readonly kind: 'leading'; readonly untilMs: number }

export type BullyEvent =
  /** `untilMs` has come. */
  | { readonly kind: 'due' }
  | { readonly kind: 'heard'; readonly word: ElectionKind; readonly from: MemberId }

export interface Saying {
  readonly word: ElectionKind
  readonly to: Addressee
}

export type BullyStep = readonly [BullyState, readonly Saying[]]

export interface BullyMoment {
  readonly self: MemberId
  /** Of a clock that never goes back. */
  readonly nowMs: number
}

/** A member that comes begins with an election, as one that recovers does in the paper. */
export function beginElection({ nowMs }: BullyMoment): BullyStep {
  const electing = { kind: 'electing', untilMs: nowMs + FEEDBACK_WITHIN_MS } as const
  return [electing, [{ word: 'ELECTION', to: 'higher' }]]
}

export function stepBully(state: BullyState, event: BullyEvent, moment: BullyMoment): BullyStep {
  if (event.kind === 'due') return stepDue(state, moment)
  assert(event.from !== moment.self, 'nobody hears itself')
  switch (event.word) {
    case 'ELECTION':
      return stepElection(state, event.from, moment)
    case 'FEEDBACK':
      return stepFeedback(state, event.from, moment)
    case 'COORDINATOR':
      return stepCoordinator(state, event.from, moment)
  }
}

function stepDue(state: BullyState, moment: BullyMoment): BullyStep {
  assert(moment.nowMs >= state.untilMs, 'it is due')
  return state.kind === 'electing' || state.kind === 'leading'
    ? lead(moment)
    : beginElection(moment)
}

/** A lower one asks: it must not win. A higher one that asks lives, and is deferred to. */
function stepElection(state: BullyState, from: MemberId, moment: BullyMoment): BullyStep {
  if (from > moment.self) return state.kind === 'electing' ? defer(moment) : [state, []]
  // It both hears that a higher one lives, and who coordinates.
  const word = state.kind === 'leading' ? 'COORDINATOR' : 'FEEDBACK'
  return [state, [{ word, to: from }]]
}

/** Late feedback, and that of a lower one, says nothing. */
function stepFeedback(state: BullyState, from: MemberId, moment: BullyMoment): BullyStep {
  return state.kind === 'electing' && from > moment.self ? defer(moment) : [state, []]
}

/**
 * A lower one is never followed. While this member leads it tells it so; while it follows a higher
 * one that one does; and while it elects, the winner will.
 */
function stepCoordinator(state: BullyState, from: MemberId, moment: BullyMoment): BullyStep {
  if (from < moment.self) {
    return [state, state.kind === 'leading' ? [{ word: 'COORDINATOR', to: from }] : []]
  }
  // Who is heard is kept before a lower one that perhaps does not hear it.
  if (state.kind === 'following' && from < state.coordinator) return [state, []]
  const untilMs = moment.nowMs + GONE_AFTER_MS
  return [{ kind: 'following', coordinator: from, untilMs }, []]
}

function lead({ nowMs }: BullyMoment): BullyStep {
  const leading = { kind: 'leading', untilMs: nowMs + ANNOUNCE_EVERY_MS } as const
  return [leading, [{ word: 'COORDINATOR', to: 'all' }]]
}

function defer({ nowMs }: BullyMoment): BullyStep {
  return [{ kind: 'deferring', untilMs: nowMs + COORDINATOR_WITHIN_MS }, []]
}

/** Whom this member holds for the coordinator; itself where it leads. */
export function believed(state: BullyState, self: MemberId): MemberId | undefined {
  if (state.kind === 'leading') return self
  return state.kind === 'following' ? state.coordinator : undefined
}
