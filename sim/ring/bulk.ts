/**
 * Rings of up to hundreds of thousands of members for the numbers: every question is answered at
 * once, by the real machines. It checks nothing but the end: what it grew is the ideal ring.
 */
import { assert, present } from '../../src/base/assert.ts'
import { parseRingId, positionOf, type MemberId, type Position } from '../../src/base/ids.ts'
import { pick, SeededChance, shuffled } from '../../src/base/random.ts'
import type { LocationCache } from '../../src/ring/location-cache.ts'
import type { LookupOutcome } from '../../src/ring/lookup.ts'
import type { RingAnswer, RingQuestion } from '../../src/ring/message.ts'
import { stepRing } from '../../src/ring/ring.ts'
import { emptyRing, type ChordEvent, type RingState } from '../../src/ring/state.ts'
import { answerLocate } from '../../src/ring/view.ts'
import type { Contact } from '../../src/wire/contact.ts'
import { whyNotIdeal } from './checks.ts'
import { makeContacts, ownerOf } from './order.ts'
import { walk } from './walk.ts'

const RING = parseRingId('1'.repeat(32))

/**
 * Few: peers are for repair, which nothing here needs, and a hundred thousand books fill the
 * memory.
 */
const PEERS_MAX = 2

/** Many times the fingers of any ring: a round of fixing that takes longer never ends. */
const FINGER_STEPS_MAX = 1_000

export interface BulkOptions {
  readonly seed: number
  readonly members: number
  readonly successorsMax: number
  /**
   * Called with each size that the ring has on its way, when it is ideal and all fingers are right.
   */
  readonly onGrown?: (ring: BulkRing) => void
}

export class BulkRing {
  readonly chance: SeededChance
  readonly #states = new Map<MemberId, RingState>()
  readonly #options: BulkOptions
  #sorted: readonly Contact[] = []
  #steps = 0

  /**
   * Grown by joins alone, the ring doubling each time, then left to stabilise and to fix its
   * fingers.
   */
  constructor(options: BulkOptions) {
    this.#options = options
    this.chance = new SeededChance(options.seed)
    const waiting = shuffled(this.chance, makeContacts(options.members)).toReversed()
    this.#found(present(waiting.pop(), 'founder'))
    while (waiting.length > 0) {
      const hints = this.members
      const batch = waiting.splice(-Math.min(hints.length, waiting.length))
      for (const contact of batch) this.#join(contact, pick(this.chance, hints))
      this.#settle()
      options.onGrown?.(this)
    }
  }

  /** Steps of machines so far. */
  get steps(): number {
    return this.#steps
  }

  /** In order round the circle. */
  get members(): readonly Contact[] {
    return this.#sorted
  }

  stateOf(contact: Contact): RingState {
    return present(this.#states.get(contact.id), contact.address)
  }

  kill(contact: Contact): void {
    this.#states.delete(contact.id)
    this.#sorted = this.#sorted.filter((member) => member.id !== contact.id)
  }

  ownerOf(position: Position): Contact {
    return ownerOf(this.#sorted, position)
  }

  /** From the member's present knowledge; the asked ones learn nothing by it. */
  lookUp(options: {
    readonly from: Contact
    readonly position: Position
    readonly confirm: boolean
    readonly cache?: LocationCache
  }): LookupOutcome {
    const { position } = options
    const locateAt = (contact: Contact) => {
      const state = this.#states.get(contact.id)
      return state === undefined ? undefined : answerLocate(state, position)
    }
    return walk({ ...options, from: this.stateOf(options.from), locateAt })
  }

  randomKey(): Position {
    return positionOf(`key ${this.chance.u32()} ${this.chance.u32()}`)
  }

  assertIdeal(): void {
    const why = whyNotIdeal(this.#states)
    assert(why === undefined, `the grown ring is not ideal: ${why}`)
  }

  #found(contact: Contact): void {
    this.#add(contact)
    this.#send(contact, { kind: 'found' })
    this.#sorted = [contact]
  }

  #join(contact: Contact, hint: Contact): void {
    this.#add(contact)
    this.#send(contact, { kind: 'join', hint })
  }

  #add(self: Contact): void {
    const { successorsMax } = this.#options
    this.#states.set(self.id, emptyRing({ ringId: RING, self, successorsMax, peersMax: PEERS_MAX }))
  }

  /**
   * Lists from the last member to the first, so that each adopts one that is whole; then the
   * fingers.
   */
  #settle(): void {
    this.#sorted = [...this.#states.values()]
      .map((state) => state.self)
      .toSorted((a, b) => (a.position < b.position ? -1 : 1))
    const backwards = this.#sorted.toReversed()
    for (let pass = 0; pass < 3; pass++) {
      for (const contact of backwards) this.#send(contact, { kind: 'stabilise' })
    }
    this.assertIdeal()
    for (const contact of this.#sorted) this.#fixFingers(contact)
  }

  #fixFingers(contact: Contact): void {
    for (let step = 0; step < FINGER_STEPS_MAX; step++) {
      this.#send(contact, { kind: 'fixFinger' })
      if (this.stateOf(contact).nextFingerBit === 0) return
    }
    assert(false, 'a round of fingers came to no end')
  }

  #send(to: Contact, event: ChordEvent): void {
    for (const effect of this.#step(to, event)) {
      if (effect.kind !== 'ask') continue
      const { contact, question, token } = effect
      const answer = this.#answer(contact, to, question)
      this.#send(to, { kind: 'answered', ringId: RING, token, answer })
    }
  }

  #answer(asked: Contact, from: Contact, question: RingQuestion): RingAnswer {
    const effects = this.#step(asked, { kind: 'asked', ringId: RING, from, question, token: 0 })
    let reply: RingAnswer | undefined
    for (const effect of effects) {
      if (effect.kind === 'reply') reply = effect.answer
      if (effect.kind !== 'ask') continue
      const { contact, token } = effect
      const answer = this.#answer(contact, asked, effect.question)
      this.#send(asked, { kind: 'answered', ringId: RING, token, answer })
    }
    return present(reply, 'reply')
  }

  #step(member: Contact, event: ChordEvent) {
    this.#steps++
    const [next, effects] = stepRing(this.stateOf(member), event)
    this.#states.set(member.id, next)
    return effects
  }
}
