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
  const lowest =
    1 +
    present(highestBitOfArc({ from: state.self.position, to: head.position }), 'bit of the head')
  const bit = state.nextFingerBit >= POSITION_BITS ? lowest : Math.max(lowest, state.nextFingerBit)
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
  if (outcome.kind === 'exhausted') return nothing({ ...state, nextFingerBit: bit + 1 })
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
    !fingers.every((f, i) => isSame(f.contact, state.fingers[i]?.contact))
  const effects = isNew ? [changed({ kind: 'fingers', other: owner, bit })] : []
  return [{ ...state, fingers: isNew ? fingers : state.fingers, nextFingerBit: top + 1 }, effects]
}

/** Those below the looked up bit, this one, and those above the last bit that it stands for. */
function withFinger(state: RingState, below: readonly Finger[], finger: Finger): readonly Finger[] {
  const above = state.fingers.filter(
    (held) => held.bit > finger.bit && held.contact.id !== finger.contact.id,
  )
  const kept = below.filter(
    (held) => held.contact.id !== finger.contact.id && isBeyondHead(state, held.contact),
  )
  return isBeyondHead(state, finger.contact) ? [...kept, finger, ...above] : [...kept, ...above]
}

function isBeyondHead(state: RingState, contact: Contact): boolean {
  const head = state.successors[0]
  if (head === undefined) return true
  return !isInArc({ position: contact.position, after: state.self.position, upTo: head.position })
}
