/**
 * Fingers: for each bit the successor of `self + 2^bit`, kept as distinct members beyond the head
 * of the list, so that a ring of N costs about log2 N entries (Stoica et al. 2001). They only
 * shorten look-ups: a wrong one costs a hop, never a wrong owner.
 */
import { present } from '../base/assert.ts'
import type { Contact } from '../wire/contact.ts'
import { highestBitOfArc, isInArc, POSITION_BITS, positionAfterBit } from './arc.ts'
import {
  startLookup,
  stepLookup,
  type LookupEvent,
  type LookupOutcome,
  type LookupStep,
} from './lookup.ts'
import {
  ask,
  changed,
  doubt,
  isPending,
  isSame,
  isSelf,
  nothing,
  type Finger,
  type Purpose,
  type RingState,
  type RingStep,
} from './state.ts'
import { locate } from './view.ts'

/** Looks one finger up and moves on to the next; after the last, begins again behind the head. */
export function fixFinger(state: RingState): RingStep {
  const head = state.successors[0]
  if (head === undefined || isPending(state, 'finger')) return nothing(state)
  const lowest = lowestBit(state, head)
  const bit = Math.max(lowest, state.nextFingerBit)
  // The head lies more than half the circle away: there is nobody beyond it to point to.
  if (bit >= POSITION_BITS) return nothing({ ...state, fingers: [], nextFingerBit: 0 })
  const position = positionAfterBit(state.self.position, bit)
  const start = locate(state, position)
  return carryOn(
    state,
    bit,
    startLookup({ position, self: state.self, start, confirm: false, target: 'owner' }),
  )
}

export function onFingerLookup(
  state: RingState,
  { bit, lookup }: Extract<Purpose, { kind: 'finger' }>,
  event: LookupEvent,
): RingStep {
  return carryOn(state, bit, stepLookup(lookup, event))
}

function carryOn(state: RingState, bit: number, [lookup, effect]: LookupStep): RingStep {
  if (effect.kind === 'ask') {
    const question = { kind: 'locate', position: lookup.request.position } as const
    return ask(state, question, { kind: 'finger', asked: effect.contact, bit, lookup })
  }
  return onFound(effect.outcome.failed.reduce(doubt, state), bit, effect.outcome)
}

function onFound(state: RingState, bit: number, outcome: LookupOutcome): RingStep {
  // Alone meanwhile, or nobody answered: the next round begins behind the head again.
  if (state.successors.length === 0) return nothing({ ...state, fingers: [], nextFingerBit: 0 })
  if (outcome.kind === 'exhausted') return nothing({ ...state, nextFingerBit: after(bit) })
  const { owner } = outcome
  const below = state.fingers.filter((finger) => finger.bit < bit)
  const top = highestBitOfArc({ from: state.self.position, to: owner.position })
  // The answer comes round to self, or past it: there is nobody at this bit's start or beyond.
  if (isSelf(state, owner) || top === undefined || top < bit) {
    return nothing({ ...state, fingers: below, nextFingerBit: 0 })
  }
  const fingers = withFinger(state, below, { bit: top, contact: owner })
  const isNew =
    fingers.length !== state.fingers.length ||
    !fingers.every((held, i) => isSameFinger(held, state.fingers[i]))
  const effects = isNew ? [changed({ kind: 'fingers', other: owner, bit })] : []
  return [
    { ...state, fingers: isNew ? fingers : state.fingers, nextFingerBit: after(top) },
    effects,
  ]
}

/** The next bit to look up; 0 begins anew, behind the head. */
function after(bit: number): number {
  return (bit + 1) % POSITION_BITS
}

/** Those below the looked up bit, this one, and those above the last bit that it stands for. */
function withFinger(state: RingState, below: readonly Finger[], finger: Finger): readonly Finger[] {
  const head = present(state.successors[0], 'head')
  const lowest = lowestBit(state, head)
  const above = state.fingers.filter((held) => held.bit > finger.bit)
  const fingers = isBeyond(state, finger.contact, head)
    ? [...below, finger, ...above]
    : [...below, ...above]
  // The head may have moved on, and a member may now be found under another bit than before.
  return fingers.filter(
    (held) => held === finger || (held.bit >= lowest && held.contact.id !== finger.contact.id),
  )
}

function isSameFinger(a: Finger, b: Finger | undefined): boolean {
  return a.bit === b?.bit && isSame(a.contact, b.contact)
}

/** Of the fingers that begin behind the head: all before lead to the head itself. */
function lowestBit(state: RingState, head: Contact): number {
  const bit = highestBitOfArc({ from: state.self.position, to: head.position })
  return 1 + present(bit, 'bit of the head')
}

/** Met later than the head, going clockwise from self. */
function isBeyond(state: RingState, contact: Contact, head: Contact): boolean {
  return !isInArc({ position: contact.position, after: state.self.position, upTo: head.position })
}
