/**
 * The invariants of the ring, over the states of all its live members. Names and definitions follow
 * Zave 2017: an extended successor list (ESL) is a member followed by its list; a member is skipped
 * when two neighbours in an ESL stand on either side of it; a principal is skipped by nobody.
 */
import { present } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { POSITION_BITS, positionAfterBit } from '../../src/ring/arc.ts'
import type { RingState } from '../../src/ring/state.ts'
import type { Contact } from '../../src/wire/contact.ts'
import { ownerOf, type Order } from './order.ts'
import type { Tally } from './tally.ts'

/** The members that live, by id: joined, and not leaving. */
export type Live = ReadonlyMap<MemberId, RingState>

/** What holds of one member alone, in every mode, whatever happens to the others. */
export function checkLocal(state: RingState, order: Order, tally: Tally): void {
  const { self, successors, successorsMax } = state
  const detail = () => `${self.address} holds [${successors.map((c) => c.address).join(' ')}]`
  tally.check('list not longer than its length', successors.length <= successorsMax, detail)
  const ids = new Set(successors.map((contact) => contact.id))
  tally.check('no duplicates', ids.size === successors.length && !ids.has(self.id), detail)
  tally.check('ordered successor lists', isOrdered(state, order), detail)
}

function isOrdered({ self, successors }: RingState, order: Order): boolean {
  let reached = 0
  for (const contact of successors) {
    const distance = order.distance(self, contact)
    if (distance <= reached) return false
    reached = distance
  }
  return true
}

/** Of rings larger than the list, after every event, where failure detection is exact. */
export function checkRing(live: Live, order: Order, tally: Tally): void {
  for (const state of live.values()) checkLocal(state, order, tally)
  const best = new Map<MemberId, RingState>()
  for (const state of live.values()) {
    const first = firstLive(state, live)
    tally.check('one live successor', first !== undefined, () => `${state.self.address} has none`)
    if (first !== undefined) best.set(state.self.id, first)
  }
  checkOneRing(live, best, order, tally)
  const least = leastPrincipals(live)
  const principals = principalsOf(live, order).length
  tally.check('principals', principals >= least, () => `${principals} of at least ${least}`)
}

/** One more than the list is long: what Zave's proof stands on. */
export function leastPrincipals(live: Live): number {
  const some = live.values().next().value
  return some === undefined ? 0 : some.successorsMax + 1
}

function firstLive(state: RingState, live: Live): RingState | undefined {
  for (const contact of state.successors) {
    const held = live.get(contact.id)
    if (held !== undefined) return held
  }
  return undefined
}

export function hasLiveSuccessor(state: RingState, live: Live): boolean {
  return firstLive(state, live) !== undefined
}

/**
 * Following best successors from every member ends in one and the same cycle, which goes round
 * once.
 */
function checkOneRing(
  live: Live,
  best: ReadonlyMap<MemberId, RingState>,
  order: Order,
  tally: Tally,
): void {
  const start = live.values().next().value
  if (start === undefined) return
  const ring = cycleFrom(start, best)
  tally.check('at least one ring', ring.length > 0, () => 'no cycle')
  const ids = new Set(ring.map((state) => state.self.id))
  const turns = ring.reduce((sum, state) => sum + turnOf(state, best, order), 0)
  const round = order.contacts.length
  tally.check('ordered ring', turns === round, () => `goes ${turns / round} times round`)
  const reached = new Set<MemberId>(ids)
  for (const state of live.values()) {
    const path: MemberId[] = []
    let at: RingState | undefined = state
    while (at !== undefined && !reached.has(at.self.id) && path.length <= live.size) {
      path.push(at.self.id)
      at = best.get(at.self.id)
    }
    const isCircle = path.length > live.size
    tally.check('at most one ring', !isCircle, () => `${state.self.address} is in another`)
    tally.check('connected appendages', at !== undefined, () => `${state.self.address} is cut off`)
    for (const id of path) reached.add(id)
  }
}

function turnOf(state: RingState, best: ReadonlyMap<MemberId, RingState>, order: Order): number {
  const next = best.get(state.self.id)
  return next === undefined ? 0 : order.distance(state.self, next.self)
}

function cycleFrom(start: RingState, best: ReadonlyMap<MemberId, RingState>): readonly RingState[] {
  const seen = new Map<MemberId, number>()
  const path: RingState[] = []
  let at: RingState | undefined = start
  while (at !== undefined && !seen.has(at.self.id)) {
    seen.set(at.self.id, path.length)
    path.push(at)
    at = best.get(at.self.id)
  }
  return at === undefined ? [] : path.slice(seen.get(at.self.id))
}

/** Members that no extended successor list skips. */
export function principalsOf(live: Live, order: Order): readonly RingState[] {
  const size = order.contacts.length
  const skipped = new Uint8Array(size)
  for (const state of live.values()) {
    let before = state.self
    for (const contact of state.successors) {
      const steps = order.distance(before, contact)
      const rank = order.rank(before)
      for (let step = 1; step < steps; step++) skipped[(rank + step) % size] = 1
      before = contact
    }
  }
  return [...live.values()].filter((state) => skipped[order.rank(state.self)] === 0)
}

/**
 * Why the ring is not ideal: every list and predecessor exactly what order demands. `undefined`
 * when it is.
 */
export function whyNotIdeal(live: Live): string | undefined {
  const sorted = sortedContacts(live)
  for (const [index, contact] of sorted.entries()) {
    const state = present(live.get(contact.id), 'member')
    const length = Math.min(state.successorsMax, sorted.length - 1)
    if (state.successors.length !== length)
      return `${contact.address} lists ${state.successors.length} of ${length}`
    for (let i = 0; i < length; i++) {
      const expected = sorted[(index + 1 + i) % sorted.length]
      if (state.successors[i]?.id !== expected?.id)
        return `${contact.address}'s successor ${i} is wrong`
    }
    const before = sorted.length === 1 ? undefined : sorted.at(index - 1)
    if (state.predecessor?.id !== before?.id) return `${contact.address}'s predecessor is wrong`
  }
  return undefined
}

/** Why a finger is wrong or missing, in a ring that has been ideal for long enough. */
export function whyFingersWrong(live: Live, order: Order): string | undefined {
  const sorted = sortedContacts(live)
  for (const state of live.values()) {
    const held = state.fingers.map(({ bit, contact }) => `${bit} ${contact.id}`).join()
    if (held !== idealFingers(state, sorted, order))
      return `${state.self.address}'s fingers are wrong: ${held}`
  }
  return undefined
}

/**
 * From the definition: the successor of each bit's start, those beyond the head, each under its
 * highest bit.
 */
function idealFingers(state: RingState, sorted: readonly Contact[], order: Order): string {
  const head = state.successors[0]
  const bits = new Map<MemberId, number>()
  for (let bit = 0; bit < POSITION_BITS && head !== undefined; bit++) {
    const owner = ownerOf(sorted, positionAfterBit(state.self.position, bit))
    if (order.isBetween(owner, head, state.self)) bits.set(owner.id, bit)
  }
  return [...bits].map(([id, bit]) => `${bit} ${id}`).join()
}

export function sortedContacts(live: Live): readonly Contact[] {
  return [...live.values()]
    .map((state) => state.self)
    .toSorted((a, b) => (a.position < b.position ? -1 : 1))
}
