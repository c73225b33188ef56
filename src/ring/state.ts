/**
 * What a ring machine knows, hears and does. The machine is `stepRing` (ring.ts); the rules stand
 * in stabilise.ts, rectify.ts, join.ts, probe.ts and fingers.ts. `docs/spec/ring.md` describes the
 * whole.
 */
import { assert } from '../base/assert.ts'
import type { RingId } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import type { LookupState } from './lookup.ts'
import type { RingAnswer, RingQuestion } from './message.ts'
import {
  doubtPeer,
  emptyPeerBook,
  hearOfPeer,
  notePeer,
  PEERS_MAX,
  type PeerBook,
} from './peer-book.ts'

/**
 * Successors known to each member: a ring of thousands keeps together while 7 neighbours die at
 * once.
 */
export const SUCCESSORS_MAX = 8

/**
 * Questions under way: one of each purpose, some adoptions at the wish of others, and what is told.
 */
export const PENDING_MAX = 64

/**
 * `joined` covers a member that stands alone, its whole list dead: it goes on looking for the
 * others.
 */
export type RingPhase = 'absent' | 'joining' | 'joined' | 'leaving' | 'gone'

/** `contact` is the successor of `self + 2^bit`, and of no higher bit's start. */
export interface Finger {
  readonly bit: number
  readonly contact: Contact
}

/** What an own question was asked for. */
export type Purpose =
  | { readonly kind: 'stabilise'; readonly asked: Contact }
  | { readonly kind: 'adopt'; readonly asked: Contact; readonly isMerge: boolean }
  | { readonly kind: 'rectify'; readonly asked: Contact; readonly candidate: Contact }
  | { readonly kind: 'checkPredecessor'; readonly asked: Contact }
  | { readonly kind: 'probe'; readonly asked: Contact }
  | {
      readonly kind: 'joinLookup'
      readonly asked: Contact
      readonly hint: Contact
      readonly lookup: LookupState
    }
  | { readonly kind: 'joinTake'; readonly asked: Contact; readonly hint: Contact }
  | {
      readonly kind: 'finger'
      readonly asked: Contact
      readonly bit: number
      readonly lookup: LookupState
    }
  | { readonly kind: 'tell'; readonly asked: Contact }
  | { readonly kind: 'leave'; readonly asked: Contact }

export interface RingState {
  readonly ringId: RingId
  readonly self: Contact
  readonly successorsMax: number
  readonly phase: RingPhase
  readonly predecessor: Contact | undefined
  /** Nearest first, in order round the circle, without `self`; empty when alone. */
  readonly successors: readonly Contact[]
  /** By ascending bit, only those beyond the first successor, each member once. */
  readonly fingers: readonly Finger[]
  readonly nextFingerBit: number
  readonly book: PeerBook
  readonly pending: ReadonlyMap<number, Purpose>
  readonly nextToken: number
}

/**
 * All that a machine is told. Each `ask` is followed by exactly one `answered` or `failed` with its
 * token.
 */
export type ChordEvent =
  /** First member of a newly founded ring. */
  | { readonly kind: 'found' }
  /**
   * Takes a place again, alone, in the ring that it was a member of, when nobody known is joined
   * (boot.ts).
   */
  | { readonly kind: 'resume' }
  | { readonly kind: 'join'; readonly hint: Contact }
  | { readonly kind: 'leave' }
  /** Every stabilise period. */
  | { readonly kind: 'stabilise' }
  | { readonly kind: 'fixFinger' }
  | { readonly kind: 'checkPredecessor' }
  /** `draw` in [0, 1) picks whom. */
  | { readonly kind: 'probe'; readonly draw: number }
  /** A question of another; `ringId` is the one that its frame (its connection) names. */
  | {
      readonly kind: 'asked'
      readonly ringId: RingId
      readonly from: Contact
      readonly question: RingQuestion
      readonly token: number
    }
  | {
      readonly kind: 'answered'
      readonly ringId: RingId
      readonly token: number
      readonly answer: RingAnswer
    }
  /** No answer in time, refused, or the asked one is held to be down: to the ring it is dead. */
  | { readonly kind: 'failed'; readonly token: number }
  /** Found dead outside the machine: by suspicion, or by a question of a service. */
  | { readonly kind: 'down'; readonly contact: Contact }
  /** Members to remember: the peer file, a token's hints, discovery. */
  | { readonly kind: 'heardOf'; readonly contacts: readonly Contact[] }
  /** Removed from the ring, or left it for good. */
  | { readonly kind: 'forget'; readonly contact: Contact }

/** For the log and the page. */
export type Doing =
  | { readonly kind: 'founded' }
  | { readonly kind: 'resumed' }
  /** `other`: the successor taken, if there is one. */
  | { readonly kind: 'joined'; readonly other: Contact | undefined }
  /** Nobody behind `other` could place this member; the phase is `absent` again. */
  | { readonly kind: 'joinFailed'; readonly other: Contact }
  | { readonly kind: 'successor'; readonly other: Contact | undefined }
  | { readonly kind: 'predecessor'; readonly other: Contact | undefined }
  /** The successor list behind its head changed. */
  | { readonly kind: 'stabilised' }
  | { readonly kind: 'fingers'; readonly other: Contact; readonly bit: number }
  /** A member of a part of the ring that had been split off was taken as successor. */
  | { readonly kind: 'merged'; readonly other: Contact }
  | { readonly kind: 'died'; readonly other: Contact }
  /** Another said that it leaves. */
  | { readonly kind: 'departed'; readonly other: Contact }
  | { readonly kind: 'left' }
  /** A question or an answer of another ring. */
  | { readonly kind: 'refused'; readonly other: Contact }

export type ChordEffect =
  | {
      readonly kind: 'ask'
      readonly contact: Contact
      readonly question: RingQuestion
      readonly token: number
    }
  | { readonly kind: 'reply'; readonly token: number; readonly answer: RingAnswer }
  | { readonly kind: 'changed'; readonly doing: Doing }

export type RingStep = readonly [RingState, readonly ChordEffect[]]

export interface RingOptions {
  readonly ringId: RingId
  readonly self: Contact
  readonly successorsMax?: number
  readonly peersMax?: number
}

export function emptyRing(options: RingOptions): RingState {
  const successorsMax = options.successorsMax ?? SUCCESSORS_MAX
  assert(successorsMax >= 1, 'a successor list holds at least one member')
  return {
    ringId: options.ringId,
    self: options.self,
    successorsMax,
    phase: 'absent',
    predecessor: undefined,
    successors: [],
    fingers: [],
    nextFingerBit: 0,
    book: emptyPeerBook(options.peersMax ?? PEERS_MAX),
    pending: new Map(),
    nextToken: 1,
  }
}

/** By position too: an entry of an earlier life at the own address is no other member. */
export function isSelf(state: RingState, contact: Contact): boolean {
  return contact.id === state.self.id || contact.position === state.self.position
}

export function isSame(a: Contact | undefined, b: Contact | undefined): boolean {
  return a?.id === b?.id && a?.position === b?.position
}

/** Runs the next part on what the former left, and joins their effects in order. */
export function andThen(step: RingStep, next: (state: RingState) => RingStep): RingStep {
  const [state, effects] = next(step[0])
  return [state, [...step[1], ...effects]]
}

export function nothing(state: RingState): RingStep {
  return [state, []]
}

export function changed(doing: Doing): ChordEffect {
  return { kind: 'changed', doing }
}

/** Asks, or does not when too much is under way already: every rule is repeated each period. */
export function ask(state: RingState, question: RingQuestion, purpose: Purpose): RingStep {
  assert(!isSelf(state, purpose.asked), 'a member asks others only')
  if (state.pending.size >= PENDING_MAX) return nothing(state)
  const token = state.nextToken
  const pending = new Map(state.pending).set(token, purpose)
  const effect: ChordEffect = { kind: 'ask', contact: purpose.asked, question, token }
  return [{ ...state, pending, nextToken: token + 1 }, [effect]]
}

/** Tells another something whose answer changes nothing. */
export function tell(state: RingState, contact: Contact, question: RingQuestion): RingStep {
  return ask(state, question, { kind: 'tell', asked: contact })
}

export function isPending(state: RingState, kind: Purpose['kind']): boolean {
  return state.pending.values().some((purpose) => purpose.kind === kind)
}

/** The member answered or asked: it lives. */
export function heardFrom(state: RingState, contact: Contact): RingState {
  if (isSelf(state, contact)) return state
  const book = notePeer(state.book, contact)
  return book === state.book ? state : { ...state, book }
}

/** Another names these members. */
export function heardOf(state: RingState, contacts: readonly Contact[]): RingState {
  let book = state.book
  for (const contact of contacts) if (!isSelf(state, contact)) book = hearOfPeer(book, contact)
  return book === state.book ? state : { ...state, book }
}

/**
 * The member did not answer: no finger, and doubted in the book. The list and the predecessor have
 * rules of their own.
 */
export function doubt(state: RingState, contact: Contact): RingState {
  const book = doubtPeer(state.book, contact)
  const hasFinger = state.fingers.some((finger) => finger.contact.id === contact.id)
  if (book === state.book && !hasFinger) return state
  const fingers = hasFinger
    ? state.fingers.filter((finger) => finger.contact.id !== contact.id)
    : state.fingers
  return { ...state, book, fingers }
}
