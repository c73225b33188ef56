/** What the ring machines of two members ask and answer. Plain data; the runtime carries it. */
import type { Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'

/**
 * Every question comes with its asker's contact and ring (`asked` in state.ts). All may be asked
 * twice: a second time changes nothing.
 */
export type RingQuestion =
  /** Your predecessor and successor list? */
  | { readonly kind: 'neighbours' }
  /** You are my successor, as far as I know: look whether I am your predecessor (rule 4). */
  | { readonly kind: 'notify' }
  /**
   * I have joined right behind you, or what I know has changed: stabilise from me at once (rule 1).
   */
  | { readonly kind: 'appeared' }
  /** I leave: here is what I know, close the gap. */
  | {
      readonly kind: 'leaving'
      readonly predecessor: Contact | undefined
      readonly successors: readonly Contact[]
    }
  /** Who is responsible for the position, or who is closer to it than you? */
  | { readonly kind: 'locate'; readonly position: Position }
  /** The first member after the position that you know of, me excepted (rule 5). */
  | { readonly kind: 'nearest'; readonly position: Position }
  | { readonly kind: 'ping' }

export interface NeighboursAnswer {
  readonly kind: 'neighbours'
  readonly predecessor: Contact | undefined
  /** Nearest first, never the answering member itself; empty when it is alone. */
  readonly successors: readonly Contact[]
}

export interface LocatedAnswer {
  readonly kind: 'located'
  /** The position is in (predecessor, answering member], or that member is alone. */
  readonly isMine: boolean
  readonly predecessor: Contact | undefined
  /**
   * Known members strictly between the answering one and the position, the closest to the position
   * first.
   */
  readonly preceding: readonly Contact[]
  /** Those of the answering member's successor list at or behind the position, nearest first. */
  readonly following: readonly Contact[]
}

export type RingAnswer =
  | NeighboursAnswer
  | LocatedAnswer
  | { readonly kind: 'nearest'; readonly contact: Contact | undefined }
  | { readonly kind: 'ok' }
  /**
   * `notMember`: has no place on the ring (any more). `foreignRing`: the asker named another ring.
   */
  | { readonly kind: 'refused'; readonly why: 'notMember' | 'foreignRing' }
