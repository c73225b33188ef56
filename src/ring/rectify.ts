/**
 * Rule 4 of the corrected Chord (Zave 2017): who is my predecessor. Nothing but this changes it.
 */
import type { Contact } from '../wire/contact.ts'
import { isBetween } from './arc.ts'
import {
  ask,
  changed,
  doubt,
  heardFrom,
  isPending,
  isSame,
  isSelf,
  nothing,
  type Purpose,
  type RingState,
  type RingStep,
} from './state.ts'

/**
 * Another holds self for its successor: it becomes the predecessor if it lies between, or the old
 * one is dead.
 */
export function onNotified(state: RingState, notifier: Contact): RingStep {
  if (isSelf(state, notifier)) return nothing(state)
  const known = heardFrom(state, notifier)
  const old = known.predecessor
  if (old === undefined) return takePredecessor(known, notifier)
  if (isSame(old, notifier)) return nothing(known)
  if (
    isBetween({ position: notifier.position, after: old.position, before: known.self.position })
  ) {
    return takePredecessor(known, notifier)
  }
  if (isPending(known, 'rectify')) return nothing(known)
  return ask(known, { kind: 'ping' }, { kind: 'rectify', asked: old, candidate: notifier })
}

/**
 * The old predecessor is dead: the one that notified takes its place, unless another did meanwhile.
 */
export function onOldPredecessorFailed(
  state: RingState,
  { asked, candidate }: Extract<Purpose, { kind: 'rectify' }>,
): RingStep {
  const doubted = doubt(state, asked)
  if (!isSame(doubted.predecessor, asked)) return nothing(doubted)
  return takePredecessor(doubted, candidate)
}

/**
 * Each period: a dead predecessor is no predecessor, so that the next one to notify is taken at
 * once.
 */
export function checkPredecessor(state: RingState): RingStep {
  const { predecessor } = state
  if (predecessor === undefined || isPending(state, 'checkPredecessor')) return nothing(state)
  return ask(state, { kind: 'ping' }, { kind: 'checkPredecessor', asked: predecessor })
}

export function dropPredecessor(state: RingState, dead: Contact): RingStep {
  const doubted = doubt(state, dead)
  if (!isSame(doubted.predecessor, dead)) return nothing(doubted)
  const effects = [
    changed({ kind: 'died', other: dead }),
    changed({ kind: 'predecessor', other: undefined }),
  ]
  return [{ ...doubted, predecessor: undefined }, effects]
}

export function takePredecessor(state: RingState, contact: Contact): RingStep {
  if (isSame(state.predecessor, contact)) return nothing(state)
  return [{ ...state, predecessor: contact }, [changed({ kind: 'predecessor', other: contact })]]
}
