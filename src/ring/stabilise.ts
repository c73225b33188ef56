/**
 * Rules 2 and 3 of the corrected Chord (Zave 2017): stabilise from the successor, and from the
 * predecessor that the successor names. They alone change a successor list, the join apart.
 */
import { assert } from '../base/assert.ts'
import type { Contact } from '../wire/contact.ts'
import { isBetween } from './arc.ts'
import type { NeighboursAnswer, RingQuestion } from './message.ts'
import {
  ask,
  changed,
  doubt,
  heardFrom,
  heardOf,
  isPending,
  isSame,
  isSelf,
  nothing,
  tell,
  andThen,
  type Purpose,
  type RingState,
  type RingStep,
} from './state.ts'

const NEIGHBOURS: RingQuestion = { kind: 'neighbours' }

/**
 * Rule 2: asks the head of the list for its neighbours; nothing while such a question is under way.
 */
export function stabilise(state: RingState): RingStep {
  const head = state.successors[0]
  if (head === undefined || isPending(state, 'stabilise')) return nothing(state)
  return ask(state, NEIGHBOURS, { kind: 'stabilise', asked: head })
}

/**
 * Rule 2, the head lives: adopt its list; go on with its predecessor where that lies between, else
 * notify.
 */
export function onHeadAnswered(
  state: RingState,
  asked: Contact,
  answer: NeighboursAnswer,
): RingStep {
  const head = state.successors[0]
  // Another was taken, or this one dropped, meanwhile: what a former head says is not adopted.
  if (head === undefined || !isSame(head, asked)) return nothing(state)
  return andThen(adopt(state, asked, answer.successors), (adopted) =>
    settle(adopted, asked, answer.predecessor),
  )
}

/** Rule 2, the head is dead: drop it, notify the next one, and stabilise from that at once. */
export function dropHead(state: RingState, dead: Contact): RingStep {
  const doubted = doubt(state, dead)
  if (!isSame(doubted.successors[0], dead)) return nothing(doubted)
  return andThen([doubted, [changed({ kind: 'died', other: dead })]], passHead)
}

/**
 * The head is no member any more, however that is known. What it said last is not adopted: it may
 * be old.
 */
export function passHead(state: RingState): RingStep {
  assert(state.successors.length > 0, 'there is no head to drop')
  const successors = state.successors.slice(1)
  const next = successors[0]
  const step: RingStep = [{ ...state, successors }, [changed({ kind: 'successor', other: next })]]
  if (next === undefined) return step
  return andThen(andThen(step, notifyHead), stabilise)
}

/**
 * Rule 3: asks a member that may lie between self and the head whether it lives, and for its list.
 * Whoever named it, the head, a probed member, or the member itself on joining, has only given a
 * hint: a live member between self and the head skips nobody that the head did not skip already.
 */
export function tryToAdopt(state: RingState, contact: Contact, isMerge: boolean): RingStep {
  if (isSelf(state, contact) || !liesBeforeHead(state, contact)) return nothing(state)
  const isTrying = state.pending
    .values()
    .some((purpose) => purpose.kind === 'adopt' && isSame(purpose.asked, contact))
  if (isTrying) return nothing(state)
  return ask(state, NEIGHBOURS, { kind: 'adopt', asked: contact, isMerge })
}

/** Rule 3, it lives: adopt it and its list, if it still lies between. */
export function onAdoptAnswered(
  state: RingState,
  { asked, isMerge }: Extract<Purpose, { kind: 'adopt' }>,
  answer: NeighboursAnswer,
): RingStep {
  if (!liesBeforeHead(state, asked)) return nothing(state)
  const [adopted, effects] = adopt(state, asked, answer.successors)
  const merged = isMerge ? [changed({ kind: 'merged', other: asked })] : []
  return andThen([adopted, [...effects, ...merged]], (next) =>
    settle(next, asked, answer.predecessor),
  )
}

/** Rule 3, it is dead: the head stays, and is told of self. */
export function onAdoptFailed(state: RingState, asked: Contact): RingStep {
  return notifyHead(doubt(state, asked))
}

/** Between self and the head, or anywhere at all for a member without a list. */
function liesBeforeHead(state: RingState, contact: Contact): boolean {
  const before = state.successors[0]?.position ?? state.self.position
  return isBetween({ position: contact.position, after: state.self.position, before })
}

/**
 * After its list was adopted: the head's predecessor lies between (rule 3), or the head must hear
 * of self.
 */
function settle(state: RingState, head: Contact, predecessor: Contact | undefined): RingStep {
  const known = heardFrom(state, head)
  if (predecessor === undefined) return notifyHead(known)
  // It has self as its predecessor already: a notice would change nothing.
  if (isSame(predecessor, known.self)) return nothing(known)
  if (!liesBeforeHead(known, predecessor)) return notifyHead(known)
  return tryToAdopt(known, predecessor, false)
}

function notifyHead(state: RingState): RingStep {
  const head = state.successors[0]
  if (head === undefined) return nothing(state)
  return tell(state, head, { kind: 'notify' })
}

/** Takes a live member and its list as the own list. */
export function adopt(state: RingState, head: Contact, list: readonly Contact[]): RingStep {
  assert(!isSelf(state, head), 'no member is its own successor')
  const successors = listOf(state, head, list)
  const isNewHead = !isSame(state.successors[0], head)
  const isNewTail =
    successors.length !== state.successors.length ||
    !successors.every((c, i) => isSame(c, state.successors[i]))
  if (!isNewHead && !isNewTail) return nothing(state)
  const known = heardOf(heardFrom(state, head), successors)
  const doing = isNewHead
    ? changed({ kind: 'successor', other: head })
    : changed({ kind: 'stabilised' })
  return andThen([{ ...known, successors }, [doing]], passOn)
}

/**
 * The predecessor's list is this one's, one place on: it is told to stabilise at once, and tells
 * its own in turn, until the change has run through as many lists as it stands in. Else each of
 * them would wait for a period. Stabilising is sound at any time (rule 2).
 */
function passOn(state: RingState): RingStep {
  if (state.predecessor === undefined) return nothing(state)
  return tell(state, state.predecessor, { kind: 'appeared' })
}

/**
 * `[head, ...list]` as far as it goes on clockwise short of self, where a small ring closes; cut to
 * its length.
 */
function listOf(state: RingState, head: Contact, list: readonly Contact[]): readonly Contact[] {
  const successors = [head]
  let after = head.position
  for (const contact of list) {
    if (!isBetween({ position: contact.position, after, before: state.self.position })) break
    successors.push(contact)
    after = contact.position
  }
  return successors.slice(0, state.successorsMax)
}
