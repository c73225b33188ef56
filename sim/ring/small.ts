/**
 * Rings not larger than the list, of which Zave's proof says nothing: enumerated. From the start
 * on, every order of joins, leaves, a crash, periodic duties and answers is followed, up to a
 * number of events; every state met is then left in quiet, and must become the ideal ring of those
 * who live. Question and answer are one event, as in exact mode.
 *
 * In some states knowledge is lost: those who live fall into parts none of which knows of another,
 * as when a founder dies before it has heard of two members that know only it. No protocol can join
 * these; there, as the runtime does for a lonely member, each is told of the others first.
 */
import { assert, present } from '../../src/base/assert.ts'
import { parseRingId, type MemberId } from '../../src/base/ids.ts'
import { stepRing } from '../../src/ring/ring.ts'
import {
  emptyRing,
  type ChordEffect,
  type ChordEvent,
  type RingState,
} from '../../src/ring/state.ts'
import type { Contact } from '../../src/wire/contact.ts'
import { checkLocal, whyNotIdeal } from './checks.ts'
import { makeContacts, Order } from './order.ts'
import type { Tally } from './tally.ts'

const RING = parseRingId('1'.repeat(32))

/** Rounds of all duties until a ring of four must be ideal. */
const QUIET_ROUNDS_MAX = 20

/** To all that is asked in one round; beyond it the members keep each other busy for ever. */
const ANSWERS_MAX = 2_000

export interface SmallOptions {
  readonly members: number
  readonly successorsMax: number
  /** Events in a row, from the start: a founder alone, or the ideal ring of all. */
  readonly depth: number
  readonly start: 'founder' | 'ideal'
  /** States after which the rest of the last depth is left out. */
  readonly statesMax: number
}

interface Question {
  readonly from: MemberId
  readonly ask: Extract<ChordEffect, { kind: 'ask' }>
}

/** A whole ring between two events; never changed. */
interface World {
  /** A crashed member is not in it. */
  readonly states: ReadonlyMap<MemberId, RingState>
  readonly questions: readonly Question[]
  readonly hasCrashed: boolean
}

type Action =
  | { readonly kind: 'deliver'; readonly index: number }
  | { readonly kind: 'crash'; readonly id: MemberId }
  | { readonly kind: 'event'; readonly id: MemberId; readonly event: ChordEvent }

export interface SmallResult {
  readonly states: number
  /** All orders were followed to the full depth. */
  readonly isWhole: boolean
}

/** @throws CheckFailed with the events that led there */
export function enumerate(options: SmallOptions, tally: Tally): SmallResult {
  const contacts = makeContacts(options.members)
  const order = new Order(contacts)
  const start = startWorld(options, contacts)
  const seen = new Set([keyOf(start)])
  let front: readonly World[] = [start]
  checkQuiet(start, tally)
  for (let depth = 0; depth < options.depth; depth++) {
    const next: World[] = []
    for (const world of front) {
      for (const action of actionsOf(world)) {
        const after = apply(world, action)
        const key = keyOf(after)
        if (seen.has(key)) continue
        if (seen.size >= options.statesMax) return { states: seen.size, isWhole: false }
        seen.add(key)
        for (const state of after.states.values()) checkLocal(state, order, tally)
        checkQuiet(after, tally)
        next.push(after)
      }
    }
    front = next
  }
  return { states: seen.size, isWhole: true }
}

function startWorld({ successorsMax, start }: SmallOptions, contacts: readonly Contact[]): World {
  const fresh = (self: Contact) => emptyRing({ ringId: RING, self, successorsMax, peersMax: 8 })
  const states = new Map(contacts.map((self) => [self.id, fresh(self)]))
  const founder = present(contacts[0], 'founder')
  let world: World = { states, questions: [], hasCrashed: false }
  world = send(world, founder.id, { kind: 'found' })
  if (start === 'founder') return world
  for (const contact of contacts.slice(1)) {
    world = quiet(send(world, contact.id, { kind: 'join', hint: founder }))
  }
  return world
}

function actionsOf(world: World): readonly Action[] {
  const actions: Action[] = world.questions.map((_, index) => ({ kind: 'deliver', index }))
  const joined = joinedOf(world)
  for (const { self, phase } of world.states.values()) {
    const add = (event: ChordEvent) => actions.push({ kind: 'event', id: self.id, event })
    if (phase === 'absent') for (const hint of joined) add({ kind: 'join', hint: hint.self })
    if (phase !== 'joined') continue
    add({ kind: 'stabilise' })
    add({ kind: 'checkPredecessor' })
    add({ kind: 'probe', draw: 0 })
    if (joined.length < 2) continue
    add({ kind: 'leave' })
    if (!world.hasCrashed) actions.push({ kind: 'crash', id: self.id })
  }
  return actions
}

function apply(world: World, action: Action): World {
  switch (action.kind) {
    case 'deliver':
      return deliver(world, action.index)
    case 'crash': {
      const states = new Map(world.states)
      states.delete(action.id)
      const questions = world.questions.filter(({ from }) => from !== action.id)
      return { states, questions, hasCrashed: true }
    }
    case 'event':
      return send(world, action.id, action.event)
  }
}

function send(world: World, id: MemberId, event: ChordEvent): World {
  return step(world, id, event).world
}

function step(world: World, id: MemberId, event: ChordEvent) {
  const [state, effects] = stepRing(present(world.states.get(id), 'member'), event)
  const asked: Question[] = []
  for (const effect of effects) if (effect.kind === 'ask') asked.push({ from: id, ask: effect })
  const states = new Map(world.states).set(id, state)
  return { world: { ...world, states, questions: [...world.questions, ...asked] }, effects }
}

/** One question with its answer. */
function deliver(world: World, index: number): World {
  const { from, ask } = present(world.questions[index], 'question')
  const rest: World = { ...world, questions: world.questions.toSpliced(index, 1) }
  const asker = present(rest.states.get(from), 'asker')
  const { token } = ask
  if (!rest.states.has(ask.contact.id)) return send(rest, from, { kind: 'failed', token })
  const { question } = ask
  const event: ChordEvent = { kind: 'asked', ringId: RING, from: asker.self, question, token: 0 }
  const asked = step(rest, ask.contact.id, event)
  for (const effect of asked.effects) {
    if (effect.kind !== 'reply') continue
    return send(asked.world, from, { kind: 'answered', ringId: RING, token, answer: effect.answer })
  }
  return asked.world
}

function checkQuiet(world: World, tally: Tally): void {
  const isLost = partsOf(settle(world)) > 1
  if (isLost) tally.count('fault: knowledge lost')
  const after = quiet(isLost ? toldOfAll(world) : world)
  const why = whyNotIdeal(new Map(joinedOf(after).map((state) => [state.self.id, state])))
  const detail = () => `${why}\n${keyOf(world)}`
  tally.check('small rings: quiet leads to ideal', why === undefined, detail)
}

/** Parts of the live members that know nothing of each other. */
function partsOf(world: World): number {
  const joined = joinedOf(world)
  const part = new Map(joined.map(({ self }, index) => [self.id, index]))
  for (const { self, predecessor, successors, book } of joined) {
    const peers = book.peers.map((peer) => peer.contact)
    for (const contact of [predecessor, ...successors, ...peers]) {
      const theirs = contact === undefined ? undefined : part.get(contact.id)
      const ours = present(part.get(self.id), 'part')
      if (theirs === undefined || theirs === ours) continue
      for (const [id, held] of part) if (held === theirs) part.set(id, ours)
    }
  }
  return new Set(part.values()).size
}

function toldOfAll(world: World): World {
  const contacts = joinedOf(world).map((state) => state.self)
  const told = contacts.map(({ id }) => id)
  return told.reduce((next, id) => send(next, id, { kind: 'heardOf', contacts }), world)
}

function quiet(world: World): World {
  let after = settle(world)
  for (let round = 0; round < QUIET_ROUNDS_MAX; round++) {
    const live = new Map(joinedOf(after).map((state) => [state.self.id, state]))
    if (whyNotIdeal(live) === undefined) return after
    for (const id of live.keys()) {
      after = send(after, id, { kind: 'stabilise' })
      after = send(after, id, { kind: 'checkPredecessor' })
      after = settle(send(after, id, { kind: 'probe', draw: (round * 0.37) % 1 }))
    }
  }
  return after
}

function settle(world: World): World {
  let after = world
  for (let answers = 0; after.questions.length > 0; answers++) {
    assert(answers < ANSWERS_MAX, 'questions come to no end')
    after = deliver(after, 0)
  }
  return after
}

function joinedOf(world: World): readonly RingState[] {
  return [...world.states.values()].filter((state) => state.phase === 'joined')
}

/** Equal for worlds that behave alike: contacts by address, tokens by their order. */
function keyOf(world: World): string {
  const parts: string[] = [world.hasCrashed ? 'crashed' : '']
  const order = new Map<string, number>()
  for (const { self, phase, predecessor, successors, book, pending } of world.states.values()) {
    for (const token of pending.keys()) order.set(`${self.id} ${token}`, order.size)
    const peers = book.peers.map((peer) => (peer.doubted ? '-' : '+') + peer.contact.address)
    const purposes = [...pending.values()]
    parts.push(JSON.stringify([self, phase, predecessor, successors, peers, purposes], byAddress))
  }
  for (const { from, ask } of world.questions) {
    parts.push(JSON.stringify([order.get(`${from} ${ask.token}`), ask.question], byAddress))
  }
  return parts.join('\n')
}

function byAddress(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return 'address' in value && 'position' in value ? value.address : value
}

/** Every size and list length, from both starts. `isWhole` when none was cut off at `statesMax`. */
export function enumerateAll(
  depths: Readonly<Record<SmallOptions['start'], number>>,
  statesMax: number,
  tally: Tally,
): SmallResult {
  let states = 0
  let isWhole = true
  for (const start of ['founder', 'ideal'] as const) {
    for (const members of [2, 3, 4]) {
      for (const successorsMax of [1, 2, 3]) {
        const depth = depths[start]
        const result = enumerate({ members, successorsMax, depth, start, statesMax }, tally)
        states += result.states
        isWhole &&= result.isWhole
      }
    }
  }
  return { states, isWhole }
}
