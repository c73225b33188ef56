/**
 * Exact mode: the model of Zave's proof. A question and its answer are one event; a member knows
 * without error whether another lives; members come, leave and die at random, within what the proof
 * assumes: each member keeps a live successor, and there are principals enough. After every event
 * every invariant is asserted; when all is quiet, the ring becomes ideal and stays so.
 */
import { assert, present } from '../../src/base/assert.ts'
import { parseRingId, positionOf, type MemberId } from '../../src/base/ids.ts'
import { pick, SeededChance, shuffled } from '../../src/base/random.ts'
import { emptyLocationCache, learn } from '../../src/ring/location-cache.ts'
import type { RingAnswer } from '../../src/ring/message.ts'
import { stepRing } from '../../src/ring/ring.ts'
import {
  emptyRing,
  type ChordEffect,
  type ChordEvent,
  type RingState,
} from '../../src/ring/state.ts'
import type { Contact } from '../../src/wire/contact.ts'
import {
  checkRing,
  hasLiveSuccessor,
  leastPrincipals,
  principalsOf,
  sortedContacts,
  whyFingersWrong,
  whyNotIdeal,
} from './checks.ts'
import { makeContacts, Order, ownerOf } from './order.ts'
import type { Tally } from './tally.ts'
import { checkTransition, type Before } from './transitions.ts'
import { walk } from './walk.ts'

const RING = parseRingId('1'.repeat(32))

/** Rounds in which every member does each of its periodic duties once. */
const FINGER_ROUNDS = 24

/**
 * To all that is asked in one round, by many times: beyond it the members keep each other busy for
 * ever.
 */
const ANSWERS_MAX = 20_000

export interface ExactOptions {
  readonly seed: number
  readonly members: number
  readonly successorsMax: number
  readonly events: number
}

interface Question {
  readonly from: MemberId
  readonly ask: Extract<ChordEffect, { kind: 'ask' }>
}

const TICKS = ['stabilise', 'stabilise', 'checkPredecessor', 'fixFinger', 'probe'] as const

export class ExactRing {
  readonly #chance: SeededChance
  readonly #order: Order
  readonly #options: ExactOptions
  readonly #tally: Tally
  /** Live processes, members or not. */
  readonly #states = new Map<MemberId, RingState>()
  #questions: Question[] = []

  constructor(options: ExactOptions, tally: Tally) {
    this.#options = options
    this.#tally = tally
    this.#chance = new SeededChance(options.seed)
    this.#order = new Order(makeContacts(options.members))
  }

  /** The whole run: grow, change at random, fall quiet, look things up. */
  run(): void {
    this.#grow()
    for (let event = 0; event < this.#options.events; event++) {
      this.#change()
      this.#checkAll()
    }
    this.#fallQuiet(true)
    this.#lookUp()
  }

  /** A ring of a third of all, quietly: the proof begins with a whole one, larger than the list. */
  #grow(): void {
    const { members, successorsMax } = this.#options
    const count = Math.max(successorsMax + 3, Math.floor(members / 3))
    assert(count <= members, 'more members are needed for a list so long')
    for (const [index, contact] of shuffled(this.#chance, this.#order.contacts)
      .slice(0, count)
      .entries()) {
      this.#start(contact)
      if (index === 0) this.#step(contact.id, { kind: 'found' })
      else this.#step(contact.id, { kind: 'join', hint: pick(this.#chance, this.#joined()).self })
      this.#settle()
    }
    this.#fallQuiet(false)
  }

  #start(contact: Contact): void {
    const { successorsMax } = this.#options
    this.#states.set(
      contact.id,
      emptyRing({ ringId: RING, self: contact, successorsMax, peersMax: 16 }),
    )
  }

  #change(): void {
    const die = this.#chance.below(100)
    if (die < 60 && this.#questions.length > 0) return this.#deliver()
    if (die < 84) return this.#tick()
    if (die < 92) return this.#join()
    if (die < 97) return this.#end('crash')
    return this.#end('leave')
  }

  #tick(): void {
    const { self } = pick(this.#chance, this.#joined())
    const kind = pick(this.#chance, TICKS)
    this.#step(self.id, kind === 'probe' ? { kind, draw: this.#chance.fraction() } : { kind })
  }

  #join(): void {
    const absent = this.#order.contacts.filter((contact) => !this.#states.has(contact.id))
    if (absent.length === 0) return
    const contact = pick(this.#chance, absent)
    this.#tally.count('fault: join')
    this.#start(contact)
    this.#step(contact.id, { kind: 'join', hint: pick(this.#chance, this.#joined()).self })
  }

  /** Within the proof's assumptions only. */
  #end(how: 'crash' | 'leave'): void {
    const { self } = pick(this.#chance, this.#joined())
    if (!this.#canEnd(self.id)) return
    this.#tally.count(`fault: ${how}`)
    if (how === 'leave') this.#step(self.id, { kind: 'leave' })
    else this.#remove(self.id)
  }

  #remove(id: MemberId): void {
    this.#tally.trace(`gone ${id}`)
    this.#states.delete(id)
    this.#questions = this.#questions.filter((question) => question.from !== id)
  }

  #canEnd(id: MemberId): boolean {
    const rest = new Map([...this.live()].filter(([held]) => held !== id))
    if (![...rest.values()].every((state) => hasLiveSuccessor(state, rest))) return false
    return principalsOf(rest, this.#order).length >= leastPrincipals(rest)
  }

  /** One question with its answer, as one event. */
  #deliver(): void {
    const index = this.#chance.below(this.#questions.length)
    const { from, ask } = present(this.#questions[index], 'question')
    this.#questions.splice(index, 1)
    const asker = present(this.#states.get(from), 'asker')
    const answer = this.#answerOf(ask, asker.self)
    if (answer === undefined) this.#step(from, { kind: 'failed', token: ask.token })
    else this.#step(from, { kind: 'answered', ringId: RING, token: ask.token, answer })
  }

  #answerOf({ contact, question }: Question['ask'], from: Contact): RingAnswer | undefined {
    if (!this.#states.has(contact.id)) return undefined
    const effects = this.#step(contact.id, {
      kind: 'asked',
      ringId: RING,
      from,
      question,
      token: 0,
    })
    for (const effect of effects) if (effect.kind === 'reply') return effect.answer
    return undefined
  }

  #step(id: MemberId, event: ChordEvent): readonly ChordEffect[] {
    const before: Before = { state: present(this.#states.get(id), 'member'), live: this.live() }
    const [after, effects] = stepRing(before.state, event)
    this.#tally.trace(
      `${id} ${event.kind} ${after.successors.map((c) => c.id).join()} ${after.predecessor?.id}`,
    )
    this.#states.set(id, after)
    checkTransition({ before, after, event, order: this.#order, tally: this.#tally })
    for (const effect of effects)
      if (effect.kind === 'ask') this.#questions.push({ from: id, ask: effect })
    if (after.phase === 'gone' || (event.kind !== 'join' && after.phase === 'absent'))
      this.#remove(id)
    return effects
  }

  live(): ReadonlyMap<MemberId, RingState> {
    return new Map([...this.#states].filter(([, state]) => state.phase === 'joined'))
  }

  #joined(): readonly RingState[] {
    return [...this.live().values()]
  }

  #checkAll(): void {
    const live = this.live()
    checkRing(live, this.#order, this.#tally)
  }

  /** Answers what is asked until nothing is. */
  #settle(): void {
    for (let answers = 0; this.#questions.length > 0; answers++) {
      const isEndless = answers >= ANSWERS_MAX
      this.#tally.check('questions come to an end', !isEndless, () => `${answers} were answered`)
      this.#deliver()
    }
  }

  #round(): void {
    for (const { self } of shuffled(this.#chance, this.#joined())) {
      for (const kind of ['stabilise', 'checkPredecessor', 'fixFinger'] as const)
        this.#step(self.id, { kind })
      this.#step(self.id, { kind: 'probe', draw: this.#chance.fraction() })
      if (this.#chance.below(2) === 0) this.#settle()
    }
    this.#settle()
  }

  /**
   * No more comes or goes: ideal after so many rounds as the ring has members at most, and for
   * good.
   */
  #fallQuiet(isChecked: boolean): void {
    this.#settle()
    const roundsMax = this.#joined().length + this.#options.successorsMax
    for (let round = 0; round < roundsMax && whyNotIdeal(this.live()) !== undefined; round++) {
      this.#round()
      if (isChecked) this.#checkAll()
    }
    const why = whyNotIdeal(this.live())
    this.#tally.check('quiet leads to ideal', why === undefined, () => why ?? '')
    for (let round = 0; round < FINGER_ROUNDS; round++) {
      this.#round()
      const whyLeft = whyNotIdeal(this.live())
      this.#tally.check('ideal stays ideal', whyLeft === undefined, () => whyLeft ?? '')
    }
    const wrong = whyFingersWrong(this.live(), this.#order)
    this.#tally.check('fingers are right', wrong === undefined, () => wrong ?? '')
  }

  #lookUp(): void {
    const live = this.live()
    const sorted = sortedContacts(live)
    let cache = emptyLocationCache(8)
    // Each member's own position too: the closed end of the interval that it owns.
    const keys = sorted.map((_, number) => positionOf(`key ${number} of ${this.#options.seed}`))
    for (const [number, position] of [
      ...keys,
      ...sorted.map((contact) => contact.position),
    ].entries()) {
      const from = pick(this.#chance, this.#joined())
      const confirm = number % 2 === 0
      const locateAt = (contact: Contact, asker: Contact) =>
        this.#answerOf(
          { kind: 'ask', contact, question: { kind: 'locate', position }, token: 0 },
          asker,
        )
      const outcome = walk({ from, position, confirm, cache, locateAt })
      const expected = ownerOf(sorted, position)
      const isRight = outcome.kind === 'owner' && outcome.owner.id === expected.id
      this.#tally.check(
        'look-ups end at the owner',
        isRight,
        () => `${outcome.kind} for key ${number}`,
      )
      cache = learn(cache, outcome, undefined)
    }
  }
}
