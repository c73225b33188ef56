/**
 * Finds who is responsible for a position, by asking one member after another (iteratively), as in
 * Stoica et al., but ends only where responsibility is verified.
 *
 * From below: each asked member names members closer to the position. As soon as one knows a list
 * that reaches behind the position, the first live entry there is asked itself. One that knows
 * nobody between itself and the position is the predecessor: what it names next is the owner.
 * From above: a presumed owner, from a list or from an earlier look-up, is believed when it agrees;
 * a member that it names before itself, at or behind the position, is asked instead. A finger alone
 * is never an owner.
 *
 * Members that fail are gone around: the next closest known one is asked. One question is under way
 * at a time; the caller carries it and reports `answered` or `failed`.
 */
import { assert, present } from '../base/assert.ts'
import type { Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import { isBetween, isInArc } from './arc.ts'
import type { LocatedAnswer, RingAnswer } from './message.ts'

/**
 * Members asked in one look-up, failed ones included. 1/2 log2 N suffice in a whole ring (10 of
 * 2^20); without fingers, N / 8: a ring of a thousand is crossed while it heals.
 */
export const LOOKUP_HOPS_MAX = 128

/** Members kept to be asked next, the closest to the position first; the rest are worse. */
const CANDIDATES_MAX = 64

export interface LookupRequest {
  readonly position: Position
  /** Who looks up: never asked. */
  readonly self: Contact
  /**
   * What the own ring machine says to `locate` (`view.ts`), or one known member under `preceding`.
   */
  readonly start: LocatedAnswer
  /**
   * Asks the owner itself also where its predecessor vouches for it: one question more, and it is
   * known to live.
   */
  readonly confirm: boolean
  /** An owner remembered from before: asked first, trusted only when it confirms. */
  readonly remembered?: Contact
  /**
   * `owner`: who holds the position in (its predecessor, itself]. `predecessor`: the member before
   * it, for a join; there a position's own entry of an earlier life is passed over.
   */
  readonly target: 'owner' | 'predecessor'
}

export interface LookupState {
  readonly request: LookupRequest
  readonly stage: 'remembered' | 'below' | 'above' | 'done'
  /** Whose answer is awaited. */
  readonly asking: Contact | undefined
  /** The closest predecessor that answered, and what it knows to follow the position. */
  readonly closest: Located
  readonly candidates: readonly Contact[]
  /** Members that answered, in order. */
  readonly hops: readonly Contact[]
  readonly failed: readonly Contact[]
}

interface Located {
  readonly member: Contact
  /** It knows nobody between itself and the position: what follows comes next. */
  readonly isDirect: boolean
  readonly following: readonly Contact[]
}

export type LookupOutcome =
  | {
      readonly kind: 'owner'
      readonly owner: Contact
      /** The member before it, where one is known for sure. */
      readonly predecessor: Contact | undefined
      readonly hops: readonly Contact[]
      readonly failed: readonly Contact[]
    }
  /**
   * Every known way was tried, or `LOOKUP_HOPS_MAX` reached: the ring repairs itself; try again
   * later.
   */
  | {
      readonly kind: 'exhausted'
      readonly hops: readonly Contact[]
      readonly failed: readonly Contact[]
    }

export type LookupEvent =
  | { readonly kind: 'answered'; readonly answer: RingAnswer }
  | { readonly kind: 'failed' }

export type LookupEffect =
  /** Ask this member to `locate` the request's position. */
  | { readonly kind: 'ask'; readonly contact: Contact }
  | { readonly kind: 'done'; readonly outcome: LookupOutcome }

export type LookupStep = readonly [LookupState, LookupEffect]

export function startLookup(request: LookupRequest): LookupStep {
  const { start, self, remembered } = request
  const state: LookupState = {
    request,
    stage: 'below',
    asking: undefined,
    closest: locatedBy(self, start),
    candidates: [],
    hops: [],
    failed: [],
  }
  if (start.isMine && request.target === 'owner') return owned(state, self, start.predecessor)
  const known = withCandidates(state, start.preceding, self.position)
  if (remembered === undefined || isSelf(state, remembered)) return onward(known)
  return ask({ ...known, stage: 'remembered' }, remembered)
}

export function stepLookup(state: LookupState, event: LookupEvent): LookupStep {
  const asked = present(state.asking, 'the asked member')
  assert(state.stage !== 'done', 'a finished look-up takes no events')
  const idle = { ...state, asking: undefined }
  if (event.kind === 'failed' || event.answer.kind !== 'located') {
    return onFailed({ ...idle, failed: [...state.failed, asked] })
  }
  const answered = { ...idle, hops: [...state.hops, asked] }
  if (state.stage === 'below') return onBelow(answered, asked, event.answer)
  return onAbove(answered, asked, event.answer)
}

function locatedBy(member: Contact, { preceding, following }: LocatedAnswer): Located {
  return { member, isDirect: preceding.length === 0, following }
}

/** A member before the position has answered. */
function onBelow(state: LookupState, asked: Contact, answer: LocatedAnswer): LookupStep {
  const { position, target } = state.request
  if (answer.isMine && target === 'owner') return owned(state, asked, answer.predecessor)
  const isCloser = isBetween({
    position: asked.position,
    after: state.closest.member.position,
    before: position,
  })
  const closest = isCloser ? locatedBy(asked, answer) : state.closest
  const named =
    answer.predecessor === undefined ? answer.preceding : [answer.predecessor, ...answer.preceding]
  return onward(withCandidates({ ...state, closest }, named, asked.position))
}

/**
 * A presumed owner has answered: believed when it agrees, or when the one it names before it is
 * dead.
 */
function onAbove(state: LookupState, asked: Contact, answer: LocatedAnswer): LookupStep {
  if (answer.isMine) return owned(state, asked, answer.predecessor)
  const before = answer.predecessor
  if (before !== undefined && isAtOrBehind(state, before, asked) && isUntried(state, before)) {
    return ask(state, before)
  }
  if (state.stage === 'above' && before !== undefined && isFailed(state, before)) {
    return owned(state, asked, directPredecessor(state))
  }
  const known = withCandidates(state, answer.preceding, asked.position)
  return towards({ ...known, stage: 'below' })
}

/** Whether a member stands at the position or behind it, but before the other one. */
function isAtOrBehind({ request }: LookupState, contact: Contact, other: Contact): boolean {
  if (contact.position === request.position) return true
  const { position } = contact
  return isBetween({ position, after: request.position, before: other.position })
}

function onFailed(state: LookupState): LookupStep {
  // What was remembered is wrong: walk from the own view. An owner that died: the next of the list.
  return onward({ ...state, stage: 'below' })
}

/**
 * To the owner, where a list is known that reaches behind the position: it is asked itself, which
 * saves the way to its predecessor. Else towards the position.
 */
function onward(state: LookupState): LookupStep {
  const owner = firstFollowing(state)
  if (state.request.target === 'owner' && owner !== undefined) return endAt(state, owner)
  return towards(state)
}

/** Asks the closest candidate; without one, the closest member that answered is the predecessor. */
function towards(state: LookupState): LookupStep {
  const { position, target } = state.request
  const next = state.candidates[0]
  const after = state.closest.member.position
  const isCloser =
    next !== undefined && isBetween({ position: next.position, after, before: position })
  if (next !== undefined && isCloser) return askCandidate(state, next)
  const owner = firstFollowing(state)
  if (owner !== undefined) return endAt(state, owner)
  const isFound = state.closest.member !== state.request.self
  if (target === 'predecessor' && isFound) {
    return owned(state, state.closest.member, state.closest.member)
  }
  if (next !== undefined) return askCandidate(state, next)
  return exhausted(state)
}

function firstFollowing(state: LookupState): Contact | undefined {
  return state.closest.following.find((contact) => !isFailed(state, contact))
}

function askCandidate(state: LookupState, next: Contact): LookupStep {
  return ask({ ...state, candidates: state.candidates.slice(1) }, next)
}

/**
 * A list names the owner: it is asked, unless its predecessor vouches for it and that is enough.
 */
function endAt(state: LookupState, owner: Contact): LookupStep {
  const { request, closest } = state
  if (request.target === 'predecessor') return owned(state, owner, closest.member)
  const isKnown = isSelf(state, owner) || state.hops.some((hop) => hop.id === owner.id)
  const isVouched = closest.isDirect && !request.confirm
  if (isKnown || isVouched) return owned(state, owner, directPredecessor(state))
  return ask({ ...state, stage: 'above' }, owner)
}

/**
 * Known only where the closest member that answered knows nobody between itself and the position.
 */
function directPredecessor({ closest }: LookupState): Contact | undefined {
  return closest.isDirect ? closest.member : undefined
}

function ask(state: LookupState, contact: Contact): LookupStep {
  assert(!isSelf(state, contact), 'a look-up asks others only')
  if (state.hops.length + state.failed.length >= LOOKUP_HOPS_MAX) return exhausted(state)
  return [
    { ...state, asking: contact },
    { kind: 'ask', contact },
  ]
}

function owned(state: LookupState, owner: Contact, predecessor: Contact | undefined): LookupStep {
  const { hops, failed } = state
  const outcome: LookupOutcome = { kind: 'owner', owner, predecessor, hops, failed }
  return [
    { ...state, stage: 'done', asking: undefined },
    { kind: 'done', outcome },
  ]
}

function exhausted(state: LookupState): LookupStep {
  const { hops, failed } = state
  return [
    { ...state, stage: 'done', asking: undefined },
    { kind: 'done', outcome: { kind: 'exhausted', hops, failed } },
  ]
}

/**
 * Adds members that the one at `from` names on its way to the position; others would lead
 * backwards.
 */
function withCandidates(
  state: LookupState,
  named: readonly Contact[],
  from: Position,
): LookupState {
  const { position } = state.request
  let candidates = state.candidates
  for (const contact of named) {
    if (!isBetween({ position: contact.position, after: from, before: position })) continue
    if (!isUntried(state, contact) || candidates.some((held) => held.id === contact.id)) continue
    // In order of closeness: before the first held one that stands farther from the position.
    const index = candidates.findIndex((held) =>
      isInArc({ position: contact.position, after: held.position, upTo: position }),
    )
    candidates = candidates.toSpliced(index === -1 ? candidates.length : index, 0, contact)
  }
  return { ...state, candidates: candidates.slice(0, CANDIDATES_MAX) }
}

function isUntried(state: LookupState, contact: Contact): boolean {
  return (
    !isSelf(state, contact) &&
    !isFailed(state, contact) &&
    !state.hops.some((hop) => hop.id === contact.id)
  )
}

function isFailed(state: LookupState, contact: Contact): boolean {
  if (state.request.target === 'predecessor' && isSelf(state, contact)) return true
  return state.failed.some((failed) => failed.id === contact.id)
}

/** By position too: an entry of an earlier life at the own address leads nowhere. */
function isSelf(state: LookupState, contact: Contact): boolean {
  return contact.id === state.request.self.id || contact.position === state.request.self.position
}
