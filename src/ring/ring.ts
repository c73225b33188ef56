/**
 * The ring machine: Chord by the corrected rules of Zave 2017. One step for each event, no clock,
 * no chance and no network of its own; `docs/spec/ring.md` holds states, rules and invariants.
 */
import { assert, unreachable } from '../base/assert.ts'
import type { Contact } from '../wire/contact.ts'
import { fixFinger, onFingerLookup } from './fingers.ts'
import {
  finish,
  join,
  leave,
  onJoinLookup,
  onLeaving,
  onTakeAnswered,
  onTakeFailed,
  seek,
  standAlone,
} from './join.ts'
import type { RingAnswer, RingQuestion } from './message.ts'
import { forgetPeer } from './peer-book.ts'
import { onProbed, probe } from './probe.ts'
import { checkPredecessor, dropPredecessor, onNotified, onOldPredecessorFailed } from './rectify.ts'
import {
  dropHead,
  onAdoptAnswered,
  onAdoptFailed,
  onHeadAnswered,
  stabilise,
  tryToAdopt,
} from './stabilise.ts'
import {
  changed,
  doubt,
  heardFrom,
  heardOf,
  isSame,
  nothing,
  andThen,
  type ChordEffect,
  type ChordEvent,
  type Purpose,
  type RingState,
  type RingStep,
} from './state.ts'
import { answerLocate, nearestAfter, neighboursOf } from './view.ts'

/** One event in; the next state and what is to be done, in order, out. */
export function stepRing(state: RingState, event: ChordEvent): RingStep {
  const step = dispatch(state, event)
  assertWhole(step[0])
  return step
}

function dispatch(state: RingState, event: ChordEvent): RingStep {
  switch (event.kind) {
    case 'found':
      return standAlone(state, 'founded')
    case 'resume':
      return standAlone(state, 'resumed')
    case 'join':
      return join(state, event.hint)
    case 'leave':
      return leave(state)
    case 'stabilise':
    case 'fixFinger':
    case 'checkPredecessor':
    case 'probe':
      return state.phase === 'joined' ? onTick(state, event) : nothing(state)
    case 'asked':
      return onAsked(state, event)
    case 'answered':
      return onAnswered(state, event)
    case 'failed':
      return onFailed(state, event.token)
    case 'down':
      return onDown(state, event.contact)
    case 'heardOf':
      return nothing(heardOf(state, event.contacts))
    case 'forget':
      return onForgotten(state, event.contact)
    default:
      return unreachable(event)
  }
}

type Tick = Extract<ChordEvent, { kind: 'stabilise' | 'fixFinger' | 'checkPredecessor' | 'probe' }>

function onTick(state: RingState, event: Tick): RingStep {
  switch (event.kind) {
    case 'stabilise':
      return state.successors.length === 0 ? seek(state) : stabilise(state)
    case 'fixFinger':
      return fixFinger(state)
    case 'checkPredecessor':
      return checkPredecessor(state)
    case 'probe':
      return probe(state, event.draw)
    default:
      return unreachable(event)
  }
}

type Asked = Extract<ChordEvent, { kind: 'asked' }>

/** A question of another ring changes nothing; nor does one to a member without a place. */
function onAsked(state: RingState, { ringId, from, question, token }: Asked): RingStep {
  if (ringId !== state.ringId) {
    const refusal: RingAnswer = { kind: 'refused', why: 'foreignRing' }
    return [
      state,
      [{ kind: 'reply', token, answer: refusal }, changed({ kind: 'refused', other: from })],
    ]
  }
  if (state.phase !== 'joined') {
    return [state, [{ kind: 'reply', token, answer: { kind: 'refused', why: 'notMember' } }]]
  }
  const reply: ChordEffect = { kind: 'reply', token, answer: answerTo(state, question) }
  const [next, effects] = onQuestion(state, from, question)
  return [next, [reply, ...effects]]
}

function answerTo(state: RingState, question: RingQuestion): RingAnswer {
  switch (question.kind) {
    case 'neighbours':
      return neighboursOf(state)
    case 'locate':
      return answerLocate(state, question.position)
    case 'nearest':
      return { kind: 'nearest', contact: nearestAfter(state, question.position) }
    case 'notify':
    case 'appeared':
    case 'leaving':
    case 'ping':
      return { kind: 'ok' }
    default:
      return unreachable(question)
  }
}

/** What a question makes of the member that is asked. */
function onQuestion(state: RingState, from: Contact, question: RingQuestion): RingStep {
  switch (question.kind) {
    case 'notify':
      return onNotified(state, from)
    case 'appeared':
      return onAppeared(state, from)
    case 'leaving':
      return onLeaving(state, from, question)
    case 'nearest':
      return nothing(heardFrom(state, from))
    case 'neighbours':
    case 'locate':
    case 'ping':
      return nothing(state)
    default:
      return unreachable(question)
  }
}

/** Rule 1, at m: a newcomer is between (rule 3); or the head is back, or knows more (rule 2). */
function onAppeared(state: RingState, newcomer: Contact): RingStep {
  const known = heardFrom(state, newcomer)
  return isSame(known.successors[0], newcomer)
    ? stabilise(known)
    : tryToAdopt(known, newcomer, false)
}

/** An answer to a question that was given up meanwhile, or came twice, is nobody's. */
function onAnswered(state: RingState, event: Extract<ChordEvent, { kind: 'answered' }>): RingStep {
  const purpose = state.pending.get(event.token)
  if (purpose === undefined) return nothing(state)
  if (isLeaving(state) && purpose.kind !== 'leave') return nothing(settled(state, event.token))
  if (event.ringId !== state.ringId) {
    const failed = onFailed(state, event.token)
    return [failed[0], [changed({ kind: 'refused', other: purpose.asked }), ...failed[1]]]
  }
  if (event.answer.kind === 'refused') return onFailed(state, event.token)
  return (
    answered(settled(state, event.token), purpose, event.answer) ?? onFailed(state, event.token)
  )
}

/** `undefined` when the answer does not fit the question: as good as none. */
function answered(state: RingState, purpose: Purpose, answer: RingAnswer): RingStep | undefined {
  switch (purpose.kind) {
    case 'stabilise':
      return answer.kind === 'neighbours' ? onHeadAnswered(state, purpose.asked, answer) : undefined
    case 'adopt':
      return answer.kind === 'neighbours' ? onAdoptAnswered(state, purpose, answer) : undefined
    case 'joinTake':
      return answer.kind === 'neighbours' ? onTakeAnswered(state, purpose, answer) : undefined
    case 'joinLookup':
      return onJoinLookup(state, purpose, { kind: 'answered', answer })
    case 'finger':
      return onFingerLookup(state, purpose, { kind: 'answered', answer })
    case 'probe':
      return answer.kind === 'nearest' ? onProbed(state, purpose.asked, answer.contact) : undefined
    case 'rectify':
    case 'checkPredecessor':
    case 'tell':
      return nothing(heardFrom(state, purpose.asked))
    case 'leave':
      return finish(state)
    default:
      return unreachable(purpose)
  }
}

function onFailed(before: RingState, token: number): RingStep {
  const purpose = before.pending.get(token)
  if (purpose === undefined) return nothing(before)
  const state = settled(before, token)
  if (isLeaving(state) && purpose.kind !== 'leave') return nothing(state)
  switch (purpose.kind) {
    case 'stabilise':
      return dropHead(state, purpose.asked)
    case 'adopt':
      return onAdoptFailed(state, purpose.asked)
    case 'rectify':
      return onOldPredecessorFailed(state, purpose)
    case 'checkPredecessor':
      return dropPredecessor(state, purpose.asked)
    case 'joinLookup':
      return onJoinLookup(state, purpose, { kind: 'failed' })
    case 'finger':
      return onFingerLookup(state, purpose, { kind: 'failed' })
    case 'joinTake':
      return onTakeFailed(state, purpose)
    case 'probe':
    case 'tell':
      return nothing(doubt(state, purpose.asked))
    case 'leave':
      return finish(state)
    default:
      return unreachable(purpose)
  }
}

/** What was asked before the leave is of no use to anybody any more. */
function isLeaving(state: RingState): boolean {
  return state.phase === 'leaving' || state.phase === 'gone'
}

function settled(state: RingState, token: number): RingState {
  const pending = new Map(state.pending)
  pending.delete(token)
  return { ...state, pending }
}

/** As if it had been asked, as head and as predecessor, and had not answered. */
function onDown(state: RingState, contact: Contact): RingStep {
  if (state.phase !== 'joined') return nothing(doubt(state, contact))
  return andThen(dropPredecessor(state, contact), (next) => dropHead(next, contact))
}

function onForgotten(state: RingState, contact: Contact): RingStep {
  return andThen(onDown(state, contact), (next) =>
    nothing({ ...next, book: forgetPeer(next.book, contact.id) }),
  )
}

/** What every step leaves behind, whatever it was told (docs/spec/ring.md, local invariants). */
function assertWhole(state: RingState): void {
  const { phase, self, successors, successorsMax, predecessor } = state
  assert(successors.length <= successorsMax, 'the successor list is cut to its length')
  assert(predecessor?.id !== self.id, 'no member is its own predecessor')
  const hasPlace = phase === 'joined' || phase === 'leaving'
  assert(
    hasPlace || (successors.length === 0 && predecessor === undefined),
    'neighbours without a place',
  )
}
