/**
 * A ring in virtual time for the numbers: messages take 10 to 90 ms each way, a dead member is
 * noticed by time-out, members join and die at random, look-ups are carried message by message
 * meanwhile.
 */
import { assert, present } from '../../src/base/assert.ts'
import { parseRingId, positionOf, type MemberId, type Position } from '../../src/base/ids.ts'
import { pick, SeededChance } from '../../src/base/random.ts'
import { startLookup, stepLookup, type LookupStep } from '../../src/ring/lookup.ts'
import type { RingAnswer, RingQuestion } from '../../src/ring/message.ts'
import { stepRing } from '../../src/ring/ring.ts'
import { emptyRing, type ChordEvent, type RingState } from '../../src/ring/state.ts'
import { locate } from '../../src/ring/view.ts'
import type { Contact } from '../../src/wire/contact.ts'
import { Agenda } from '../agenda.ts'
import type { BulkRing } from './bulk.ts'
import { sortedContacts, whyNotIdeal, type Live } from './checks.ts'
import { makeContact, ownerOf } from './order.ts'

const RING = parseRingId('1'.repeat(32))
const DELAY_MS_MIN = 10
const DELAY_MS_SPREAD = 80
const TIMEOUT_MS = 500

export interface ChurnOptions {
  readonly seed: number
  readonly successorsMax: number
  /** Of every member, with a quarter of it as jitter: all periodic duties once in it. */
  readonly periodMs: number
}

export interface LookupCount {
  done: number
  failed: number
  hops: number
  timeouts: number
}

export class ChurnRing {
  readonly agenda = new Agenda()
  readonly lookups: LookupCount = { done: 0, failed: 0, hops: 0, timeouts: 0 }
  readonly #options: ChurnOptions
  readonly #chance: SeededChance
  readonly #states = new Map<MemberId, RingState>()
  #ids: MemberId[] = []
  #newcomers = 0

  /** Goes on from a grown ring, its members starting their periods at random. */
  constructor(grown: BulkRing, options: ChurnOptions) {
    this.#options = options
    this.#chance = new SeededChance(options.seed)
    for (const contact of grown.members) {
      this.#states.set(contact.id, grown.stateOf(contact))
      this.#ids.push(contact.id)
      this.agenda.after(this.#chance.fraction() * options.periodMs, () => this.#tick(contact))
    }
  }

  get live(): Live {
    return new Map([...this.#states].filter(([, state]) => state.phase === 'joined'))
  }

  whyNotIdeal(): string | undefined {
    const absent = [...this.#states.values()].find((state) => state.phase !== 'joined')
    return absent === undefined
      ? whyNotIdeal(this.#states)
      : `${absent.self.address} has not joined`
  }

  /** A member never seen before, by a random one. */
  join(): void {
    const self = makeContact(this.#newcomers++, 'new')
    const { successorsMax, periodMs } = this.#options
    const hint = this.#random()
    this.#states.set(self.id, emptyRing({ ringId: RING, self, successorsMax }))
    this.#ids.push(self.id)
    this.#send(self.id, { kind: 'join', hint })
    this.agenda.after(this.#chance.fraction() * periodMs, () => this.#tick(self))
  }

  die(): void {
    const index = this.#chance.below(this.#ids.length)
    const id = present(this.#ids[index], 'member')
    this.#states.delete(id)
    this.#ids = this.#ids.toSpliced(index, 1)
  }

  /** From a random member for a random key; right is who owns it when the answer is there. */
  lookUp(): void {
    const position = positionOf(`key ${this.#chance.u32()} ${this.#chance.u32()}`)
    const self = this.#random()
    const start = locate(present(this.#states.get(self.id), 'asker'), position)
    const request = { position, self, start, confirm: true, target: 'owner' } as const
    this.#carryOn(self, position, startLookup(request))
  }

  #carryOn(self: Contact, position: Position, [lookup, effect]: LookupStep): void {
    if (effect.kind === 'done') {
      const { outcome } = effect
      const owner = ownerOf(sortedContacts(this.live), position)
      const isRight = outcome.kind === 'owner' && outcome.owner.id === owner.id
      this.lookups.done++
      if (!isRight) this.lookups.failed++
      this.lookups.hops += outcome.hops.length
      this.lookups.timeouts += outcome.failed.length
      return
    }
    this.#ask(self, effect.contact, { kind: 'locate', position }, (answer) => {
      // An asker that died has no look-ups any more.
      if (!this.#states.has(self.id)) return
      const event =
        answer === undefined
          ? ({ kind: 'failed' } as const)
          : ({ kind: 'answered', answer } as const)
      if (answer === undefined) this.#send(self.id, { kind: 'down', contact: effect.contact })
      this.#carryOn(self, position, stepLookup(lookup, event))
    })
  }

  /** A joined member, to ask or to look things up from. */
  #random(): Contact {
    for (;;) {
      const state = present(this.#states.get(pick(this.#chance, this.#ids)), 'member')
      if (state.phase === 'joined') return state.self
    }
  }

  #tick(self: Contact): void {
    const state = this.#states.get(self.id)
    if (state === undefined) return
    // Its hint was dead: it asks another.
    if (state.phase === 'absent') this.#send(self.id, { kind: 'join', hint: this.#random() })
    for (const kind of ['stabilise', 'checkPredecessor', 'fixFinger'] as const) {
      this.#send(self.id, { kind })
    }
    this.#send(self.id, { kind: 'probe', draw: this.#chance.fraction() })
    const delayMs = this.#options.periodMs * (0.75 + this.#chance.fraction() / 2)
    this.agenda.after(delayMs, () => this.#tick(self))
  }

  #send(id: MemberId, event: ChordEvent): RingAnswer | undefined {
    const state = this.#states.get(id)
    if (state === undefined) return undefined
    const [next, effects] = stepRing(state, event)
    this.#states.set(id, next)
    let reply: RingAnswer | undefined
    for (const effect of effects) {
      if (effect.kind === 'reply') reply = effect.answer
      if (effect.kind !== 'ask') continue
      const { token } = effect
      this.#ask(state.self, effect.contact, effect.question, (answer) => {
        const isFailed = answer === undefined
        this.#send(
          id,
          isFailed ? { kind: 'failed', token } : { kind: 'answered', ringId: RING, token, answer },
        )
      })
    }
    return reply
  }

  #ask(
    from: Contact,
    to: Contact,
    question: RingQuestion,
    answered: (answer: RingAnswer | undefined) => void,
  ): void {
    assert(from.id !== to.id, 'a member asks others only')
    if (!this.#states.has(to.id)) return this.agenda.after(TIMEOUT_MS, () => answered(undefined))
    this.agenda.after(this.#delayMs(), () => {
      const answer = this.#send(to.id, { kind: 'asked', ringId: RING, from, question, token: 0 })
      if (answer === undefined)
        this.agenda.after(TIMEOUT_MS - DELAY_MS_MIN, () => answered(undefined))
      else this.agenda.after(this.#delayMs(), () => answered(answer))
    })
  }

  #delayMs(): number {
    return DELAY_MS_MIN + this.#chance.below(DELAY_MS_SPREAD)
  }
}
