/** What a member knows of the ring, as it tells it to others: reads only. */
import type { Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import { isBetween, isInArc } from './arc.ts'
import type { LocatedAnswer, NeighboursAnswer } from './message.ts'
import { firstPeerAfter } from './peer-book.ts'
import type { RingState } from './state.ts'

/**
 * Closer members named in one answer, about 1 KiB: with half of all dead, all are once in 65,536.
 */
export const PRECEDING_MAX = 16

export function neighboursOf(state: RingState): NeighboursAnswer {
  return { kind: 'neighbours', predecessor: state.predecessor, successors: state.successors }
}

/** The position is in (predecessor, self]; with nobody else known, everything is. */
export function isOwn(state: RingState, position: Position): boolean {
  if (state.predecessor === undefined) return state.successors.length === 0
  return isInArc({ position, after: state.predecessor.position, upTo: state.self.position })
}

/** Where an own look-up starts: with all that the member knows. */
export function locate(state: RingState, position: Position): LocatedAnswer {
  return located(state, position, Infinity)
}

/** What another is told: no more than it needs to get on. */
export function answerLocate(state: RingState, position: Position): LocatedAnswer {
  return located(state, position, PRECEDING_MAX)
}

function located(state: RingState, position: Position, precedingMax: number): LocatedAnswer {
  return {
    kind: 'located',
    isMine: isOwn(state, position),
    predecessor: state.predecessor,
    preceding: precedingOf(state, position, precedingMax),
    following: followingOf(state, position),
  }
}

/** Known members strictly between self and the position, the closest to the position first. */
function precedingOf(
  state: RingState,
  position: Position,
  precedingMax: number,
): readonly Contact[] {
  const { self, successors, fingers } = state
  const preceding: Contact[] = []
  // Both lists go clockwise from self: merged from their far ends, the farthest first.
  let finger = fingers.length - 1
  let successor = successors.length - 1
  while (preceding.length < precedingMax && (finger >= 0 || successor >= 0)) {
    const far = fingers[finger]?.contact
    const near = successors[successor]
    const isFinger = near === undefined || (far !== undefined && isBeyond(state, far, near))
    const next = isFinger ? far : near
    if (isFinger) finger--
    else successor--
    if (next === undefined || preceding.at(-1)?.position === next.position) continue
    if (isBetween({ position: next.position, after: self.position, before: position }))
      preceding.push(next)
  }
  return preceding
}

/** Entries of the successor list at or behind the position, nearest first. */
function followingOf(state: RingState, position: Position): readonly Contact[] {
  const { self, successors } = state
  const first = successors.findIndex((contact) =>
    isInArc({ position, after: self.position, upTo: contact.position }),
  )
  return first === -1 ? [] : successors.slice(first)
}

/** Whether `a` is met later than `b`, going clockwise from self. */
function isBeyond(state: RingState, a: Contact, b: Contact): boolean {
  return isBetween({ position: b.position, after: state.self.position, before: a.position })
}

/**
 * The first member known to follow the position: from the list, the fingers, the predecessor, the
 * book, or self.
 */
export function nearestAfter(state: RingState, position: Position): Contact | undefined {
  const { self, predecessor, successors, fingers, book } = state
  const peer = firstPeerAfter(book, position, (held) => !held.doubted)
  const known = [self, predecessor, ...successors, ...fingers.map((finger) => finger.contact), peer]
  let nearest: Contact | undefined
  for (const contact of known) {
    if (contact === undefined || contact.position === position) continue
    const before = nearest?.position ?? position
    if (isBetween({ position: contact.position, after: position, before })) nearest = contact
  }
  return nearest
}
