/**
 * Rule 5: each period one known member outside the list is asked for the nearest member that
 * follows self. If that one lies between self and the head, rule 3 asks it itself and adopts it
 * when it lives.
 *
 * This merges a ring that was split. The answer may be old or wrong: it is only a hint, since rule
 * 3 adopts nobody who has not answered, and a live member between self and the head may always be
 * adopted. Asking for the nearest, and not only looking whether the probed one lies between, lets
 * every member find its place among the others by one question to any of them; merging two halves
 * then takes a few periods, and not one for each pair that meets by luck.
 */
import { assert, present } from '../base/assert.ts'
import type { Contact } from '../wire/contact.ts'
import { isBetween } from './arc.ts'
import { firstPeerAfter } from './peer-book.ts'
import { tryToAdopt } from './stabilise.ts'
import {
  ask,
  heardFrom,
  heardOf,
  isPending,
  nothing,
  andThen,
  type RingState,
  type RingStep,
} from './state.ts'

export function probe(state: RingState, draw: number): RingStep {
  assert(draw >= 0 && draw < 1, 'a draw is in [0, 1)')
  const asked = pickPeer(state, draw)
  if (asked === undefined || isPending(state, 'probe')) return nothing(state)
  return ask(state, { kind: 'nearest', position: state.self.position }, { kind: 'probe', asked })
}

/**
 * One that is held to live between self and the head first; else any outside the list, doubted ones
 * too.
 */
function pickPeer(state: RingState, draw: number): Contact | undefined {
  const { self, successors, book } = state
  const before = successors[0]?.position ?? self.position
  const next = firstPeerAfter(book, self.position, (peer) => !peer.doubted)
  if (next !== undefined && isBetween({ position: next.position, after: self.position, before }))
    return next
  const listed = new Set(successors.map((contact) => contact.id))
  const others = book.peers.filter((peer) => !listed.has(peer.contact.id))
  if (others.length === 0) return undefined
  return present(others[Math.floor(draw * others.length)], 'peer').contact
}

export function onProbed(state: RingState, asked: Contact, nearest: Contact | undefined): RingStep {
  const known = heardFrom(state, asked)
  const tried = tryToAdopt(known, asked, true)
  if (nearest === undefined) return tried
  return andThen(tried, (next) => tryToAdopt(heardOf(next, [nearest]), nearest, true))
}
