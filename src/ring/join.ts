/**
 * How a member comes and goes. Rule 1 of the corrected Chord (Zave 2017): a newcomer finds the
 * member m whose successor interval holds its position, takes m's whole list and m as predecessor
 * in one step, then tells m, which stabilises at once. A member whose whole list died comes back in
 * the same way, by what else it knows; it never founds a ring.
 */
import { assert } from '../base/assert.ts'
import type { Contact } from '../wire/contact.ts'
import { isBetween } from './arc.ts'
import { startLookup, stepLookup, type LookupEvent, type LookupStep } from './lookup.ts'
import type { NeighboursAnswer } from './message.ts'
import { firstPeerAfter, forgetPeer } from './peer-book.ts'
import { takePredecessor } from './rectify.ts'
import { adopt, passHead, stabilise, tryToAdopt } from './stabilise.ts'
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

/** A member of a founded ring, alone: the founder, or one that found nobody joined (boot.ts). */
export function standAlone(state: RingState, kind: 'founded' | 'resumed'): RingStep {
  assert(state.phase === 'absent', 'only a member without a place takes one')
  return [{ ...state, phase: 'joined' }, [changed({ kind })]]
}

export function join(state: RingState, hint: Contact): RingStep {
  assert(state.phase === 'absent', 'a member joins once')
  if (isSelf(state, hint)) return [state, [changed({ kind: 'joinFailed', other: hint })]]
  return findPlace({ ...state, phase: 'joining' }, hint)
}

/** For a joined member without a successor: the nearest that it knows of shows the way back. */
export function seek(state: RingState): RingStep {
  assert(state.phase === 'joined' && state.successors.length === 0, 'only a lonely member seeks')
  if (isPending(state, 'joinLookup') || isPending(state, 'joinTake')) return nothing(state)
  const { self, book, fingers, predecessor } = state
  const trusted = firstPeerAfter(book, self.position, (peer) => !peer.doubted)
  const hint =
    fingers[0]?.contact ?? predecessor ?? trusted ?? firstPeerAfter(book, self.position, () => true)
  return hint === undefined ? nothing(state) : findPlace(state, hint)
}

function findPlace(state: RingState, hint: Contact): RingStep {
  const { self } = state
  const start = {
    kind: 'located',
    isMine: false,
    predecessor: undefined,
    preceding: [hint],
    following: [],
  } as const
  const request = {
    position: self.position,
    self,
    start,
    confirm: false,
    target: 'predecessor',
  } as const
  return carryOn(state, hint, startLookup(request))
}

export function onJoinLookup(
  state: RingState,
  { hint, lookup }: Extract<Purpose, { kind: 'joinLookup' }>,
  event: LookupEvent,
): RingStep {
  return carryOn(state, hint, stepLookup(lookup, event))
}

function carryOn(state: RingState, hint: Contact, [lookup, effect]: LookupStep): RingStep {
  if (effect.kind === 'ask') {
    const question = { kind: 'locate', position: state.self.position } as const
    return ask(state, question, { kind: 'joinLookup', asked: effect.contact, hint, lookup })
  }
  const doubted = effect.outcome.failed.reduce(doubt, state)
  if (effect.outcome.kind === 'exhausted') return giveUp(doubted, hint)
  const { owner, predecessor } = effect.outcome
  return ask(
    doubted,
    { kind: 'neighbours' },
    { kind: 'joinTake', asked: predecessor ?? owner, hint },
  )
}

/**
 * Rule 1: m's whole list, and m as predecessor, in one step, if the position still lies behind m.
 */
export function onTakeAnswered(
  state: RingState,
  { asked, hint }: Extract<Purpose, { kind: 'joinTake' }>,
  answer: NeighboursAnswer,
): RingStep {
  // Met on its own long way back: it found a successor meanwhile.
  if (state.successors.length > 0) return nothing(state)
  const list = answer.successors.filter((contact) => !isSelf(state, contact))
  // A member that is alone is the newcomer's successor as well.
  const head = list[0] ?? asked
  const isBehind = isBetween({
    position: state.self.position,
    after: asked.position,
    before: head.position,
  })
  if (!isBehind) return giveUp(state, hint)
  const joined = changed({ kind: 'joined', other: head })
  const known: RingState = { ...heardFrom(state, asked), phase: 'joined' }
  const taken = andThen([known, [joined]], (next) => adopt(next, head, list.slice(1)))
  const placed = andThen(taken, (next) => takePredecessor(next, asked))
  return andThen(
    andThen(placed, (next) => tell(next, asked, { kind: 'appeared' })),
    stabilise,
  )
}

export function onTakeFailed(
  state: RingState,
  { asked, hint }: Extract<Purpose, { kind: 'joinTake' }>,
): RingStep {
  return giveUp(doubt(state, asked), hint)
}

/**
 * A newcomer is absent again, for `boot.ts` to decide; a lonely member tries another one next
 * period.
 */
function giveUp(state: RingState, hint: Contact): RingStep {
  const doubted = doubt(state, hint)
  if (doubted.phase !== 'joining') return nothing(doubted)
  return [{ ...doubted, phase: 'absent' }, [changed({ kind: 'joinFailed', other: hint })]]
}

/** Tells both neighbours what this one knows, so that they close the gap at once. */
export function leave(state: RingState): RingStep {
  if (state.phase !== 'joined') return finish(state)
  const { predecessor, successors } = state
  const question = { kind: 'leaving', predecessor, successors } as const
  const told = successors[0] === undefined ? [] : [successors[0]]
  if (predecessor !== undefined && !isSame(predecessor, told[0])) told.push(predecessor)
  let step: RingStep = nothing({ ...state, phase: 'leaving' })
  for (const asked of told)
    step = andThen(step, (next) => ask(next, question, { kind: 'leave', asked }))
  return andThen(step, finish)
}

/** Gone, once nobody is left to be told. */
export function finish(state: RingState): RingStep {
  if (state.phase === 'gone' || isPending(state, 'leave')) return nothing(state)
  const gone: RingState = {
    ...state,
    phase: 'gone',
    predecessor: undefined,
    successors: [],
    fingers: [],
  }
  return [gone, [changed({ kind: 'left' })]]
}

/**
 * A neighbour leaves. As its successor: its predecessor is taken, as rule 4 would when the next
 * notice came. As its predecessor: the head is dropped as a dead one is (rule 2); the list that it
 * sent may be old when it arrives, so it only names members to ask, should the own list be at its
 * end.
 */
export function onLeaving(
  state: RingState,
  from: Contact,
  notice: { readonly predecessor: Contact | undefined; readonly successors: readonly Contact[] },
): RingStep {
  const doubted = doubt(state, from)
  const known = heardOf({ ...doubted, book: forgetPeer(doubted.book, from.id) }, notice.successors)
  const step: RingStep = [known, [changed({ kind: 'departed', other: from })]]
  return andThen(
    andThen(step, (next) => passPredecessor(next, from, notice.predecessor)),
    (next) => passSuccessor(next, from, notice.successors),
  )
}

function passPredecessor(state: RingState, from: Contact, heir: Contact | undefined): RingStep {
  if (!isSame(state.predecessor, from)) return nothing(state)
  if (heir !== undefined && !isSelf(state, heir))
    return takePredecessor(heardOf(state, [heir]), heir)
  return [
    { ...state, predecessor: undefined },
    [changed({ kind: 'predecessor', other: undefined })],
  ]
}

function passSuccessor(state: RingState, from: Contact, heirs: readonly Contact[]): RingStep {
  if (!isSame(state.successors[0], from)) return nothing(state)
  const heir = heirs[0]
  return andThen(passHead(state), (next) => {
    const isLonely = next.successors.length === 0 && heir !== undefined
    return isLonely ? tryToAdopt(next, heir, false) : nothing(next)
  })
}
