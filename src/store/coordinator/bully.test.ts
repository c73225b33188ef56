import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { present } from '../../base/assert.ts'
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { SeededChance } from '../../base/random.ts'
import {
  beginElection,
  believed,
  stepBully,
  type BullyEvent,
  type BullyState,
  type Saying,
} from './bully.ts'
import {
  ANNOUNCE_EVERY_MS,
  COORDINATOR_WITHIN_MS,
  FEEDBACK_WITHIN_MS,
  GONE_AFTER_MS,
} from './limits.ts'

function idOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

const SELF = idOf(5)
const LOWER = idOf(2)
const HIGHER = idOf(7)
/** Whom `following` follows. */
const FOLLOWED = idOf(8)
const HIGHEST = idOf(9)
const NOW_MS = 10_000
const MOMENT = { self: SELF, nowMs: NOW_MS }

const STATES: { readonly [K in BullyState['kind']]: BullyState } = {
  electing: { kind: 'electing', untilMs: NOW_MS },
  deferring: { kind: 'deferring', untilMs: NOW_MS },
  following: { kind: 'following', untilMs: NOW_MS, coordinator: FOLLOWED },
  leading: { kind: 'leading', untilMs: NOW_MS },
}

const heard = (word: Saying['word'], from: MemberId): BullyEvent => ({ kind: 'heard', word, from })

const EVENTS = {
  due: { kind: 'due' },
  'ELECTION of a lower one': heard('ELECTION', LOWER),
  'ELECTION of a higher one': heard('ELECTION', HIGHER),
  'FEEDBACK of a lower one': heard('FEEDBACK', LOWER),
  'FEEDBACK of a higher one': heard('FEEDBACK', HIGHER),
  'COORDINATOR of a lower one': heard('COORDINATOR', LOWER),
  'COORDINATOR of a higher one': heard('COORDINATOR', HIGHER),
  'COORDINATOR of the followed': heard('COORDINATOR', FOLLOWED),
  'COORDINATOR of the highest': heard('COORDINATOR', HIGHEST),
} as const satisfies Record<string, BullyEvent>

/** The next state, and what is said. */
type Cell = 'same' | readonly [string, ...string[]]

const ELECT: Cell = ['electing', 'ELECTION to higher']
const LEAD: Cell = ['leading', 'COORDINATOR to all']
const FOLLOW_HIGHER: Cell = [`following ${HIGHER}`]
const FOLLOW_FOLLOWED: Cell = [`following ${FOLLOWED}`]
const FOLLOW_HIGHEST: Cell = [`following ${HIGHEST}`]

const TABLE: Record<BullyState['kind'], Record<keyof typeof EVENTS, Cell>> = {
  electing: {
    due: LEAD,
    'ELECTION of a lower one': ['same', `FEEDBACK to ${LOWER}`],
    'ELECTION of a higher one': ['deferring'],
    'FEEDBACK of a lower one': 'same',
    'FEEDBACK of a higher one': ['deferring'],
    'COORDINATOR of a lower one': 'same',
    'COORDINATOR of a higher one': FOLLOW_HIGHER,
    'COORDINATOR of the followed': FOLLOW_FOLLOWED,
    'COORDINATOR of the highest': FOLLOW_HIGHEST,
  },
  deferring: {
    due: ELECT,
    'ELECTION of a lower one': ['same', `FEEDBACK to ${LOWER}`],
    'ELECTION of a higher one': 'same',
    'FEEDBACK of a lower one': 'same',
    'FEEDBACK of a higher one': 'same',
    'COORDINATOR of a lower one': 'same',
    'COORDINATOR of a higher one': FOLLOW_HIGHER,
    'COORDINATOR of the followed': FOLLOW_FOLLOWED,
    'COORDINATOR of the highest': FOLLOW_HIGHEST,
  },
  following: {
    due: ELECT,
    'ELECTION of a lower one': ['same', `FEEDBACK to ${LOWER}`],
    'ELECTION of a higher one': 'same',
    'FEEDBACK of a lower one': 'same',
    'FEEDBACK of a higher one': 'same',
    'COORDINATOR of a lower one': 'same',
    'COORDINATOR of a higher one': 'same',
    'COORDINATOR of the followed': FOLLOW_FOLLOWED,
    'COORDINATOR of the highest': FOLLOW_HIGHEST,
  },
  leading: {
    due: LEAD,
    'ELECTION of a lower one': ['same', `COORDINATOR to ${LOWER}`],
    'ELECTION of a higher one': 'same',
    'FEEDBACK of a lower one': 'same',
    'FEEDBACK of a higher one': 'same',
    'COORDINATOR of a lower one': ['same', `COORDINATOR to ${LOWER}`],
    'COORDINATOR of a higher one': FOLLOW_HIGHER,
    'COORDINATOR of the followed': FOLLOW_FOLLOWED,
    'COORDINATOR of the highest': FOLLOW_HIGHEST,
  },
}

const WAIT_MS: Record<BullyState['kind'], number> = {
  electing: FEEDBACK_WITHIN_MS,
  deferring: COORDINATOR_WITHIN_MS,
  following: GONE_AFTER_MS,
  leading: ANNOUNCE_EVERY_MS,
}

function nameOf(state: BullyState): string {
  return state.kind === 'following' ? `following ${state.coordinator}` : state.kind
}

test('stepBully() goes as the table says, in every state at every event', () => {
  for (const [kind, row] of Object.entries(TABLE) as [
    BullyState['kind'],
    (typeof TABLE)['leading'],
  ][]) {
    for (const [name, cell] of Object.entries(row) as [keyof typeof EVENTS, Cell][]) {
      const before = STATES[kind]
      const [after, sayings] = stepBully(before, EVENTS[name], MOMENT)
      const [expected, ...said] = cell === 'same' ? (['same'] as const) : cell
      const place = `${kind}: ${name}`
      assert.deepEqual(
        sayings.map(({ word, to }) => `${word} to ${to}`),
        said,
        place,
      )
      if (expected === 'same') assert.equal(after, before, place)
      else {
        assert.equal(nameOf(after), expected, place)
        assert.equal(after.untilMs, NOW_MS + WAIT_MS[after.kind], place)
      }
    }
  }
})

test('stepBully() refuses a step that is not due, and the word of itself', () => {
  const early = { self: SELF, nowMs: NOW_MS - 1 }
  assert.throws(() => stepBully(STATES.leading, { kind: 'due' }, early), /it is due/)
  assert.throws(() => stepBully(STATES.leading, heard('ELECTION', SELF), MOMENT), /hears itself/)
})

interface Letter {
  readonly from: number
  readonly to: number
  readonly word: Saying['word']
  readonly arrivesMs: number
}

/** Members, and links that lose and delay; in steps of virtual time. */
class Lossy {
  nowMs = 0
  readonly states = new Map<number, BullyState>()
  readonly chance: SeededChance
  readonly size: number
  lossChance = 0
  /** No word goes between members of different sides. */
  sideOf: (member: number) => number = () => 0
  /** Said since the start. */
  said = 0
  #letters: Letter[] = []

  constructor(size: number, seed: number) {
    this.size = size
    this.chance = new SeededChance(seed)
    for (let member = 1; member <= size; member++) this.start(member)
  }

  start(member: number): void {
    this.#take(member, beginElection(this.#moment(member)))
  }

  kill(member: number): void {
    this.states.delete(member)
  }

  pass(forMs: number): void {
    const endMs = this.nowMs + forMs
    for (; this.nowMs < endMs; this.nowMs += STEP_MS) {
      this.#deliver()
      for (const [member, state] of this.states) {
        if (state.untilMs > this.nowMs) continue
        this.#take(member, stepBully(state, { kind: 'due' }, this.#moment(member)))
      }
    }
  }

  beliefs(): readonly (number | undefined)[] {
    return [...this.states].map(([member, state]) => {
      const id = believed(state, idOf(member))
      return id === undefined ? undefined : Number.parseInt(id, 16)
    })
  }

  #deliver(): void {
    const arrived = this.#letters.filter(({ arrivesMs }) => arrivesMs <= this.nowMs)
    this.#letters = this.#letters.filter(({ arrivesMs }) => arrivesMs > this.nowMs)
    for (const { from, to, word } of arrived) {
      const state = this.states.get(to)
      if (state === undefined || this.sideOf(from) !== this.sideOf(to)) continue
      this.#take(to, stepBully(state, heard(word, idOf(from)), this.#moment(to)))
    }
  }

  #take(member: number, [state, sayings]: readonly [BullyState, readonly Saying[]]): void {
    this.states.set(member, state)
    for (const { word, to } of sayings) {
      for (let other = 1; other <= this.size; other++) {
        const isMeant = to === 'all' || (to === 'higher' ? other > member : idOf(other) === to)
        if (other === member || !isMeant) continue
        this.said++
        if (this.chance.fraction() < this.lossChance) continue
        const arrivesMs = this.nowMs + this.chance.below(DELAY_MS_MAX)
        this.#letters.push({ from: member, to: other, word, arrivesMs })
      }
    }
  }

  #moment(member: number): { readonly self: MemberId; readonly nowMs: number } {
    return { self: idOf(member), nowMs: this.nowMs }
  }
}

const STEP_MS = 20
const DELAY_MS_MAX = 200
/** What is under way, the check, two elections one above the other. */
const SETTLED_WITHIN_MS = DELAY_MS_MAX + GONE_AFTER_MS + 2 * COORDINATOR_WITHIN_MS

const seeds = fc.integer({ min: 1, max: 2 ** 31 })

test('after any faults all live members agree on the highest, in bounded time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), seeds, (size, seed) => {
      const network = new Lossy(size, seed)
      const { chance } = network
      network.lossChance = 0.4
      for (let round = 0; round < 10; round++) {
        const cut = chance.below(size + 1)
        network.sideOf = (member) => (member <= cut ? 0 : 1)
        const member = 1 + chance.below(size)
        if (!network.states.has(member)) network.start(member)
        else if (network.states.size > 1) network.kill(member)
        network.pass(chance.below(6_000))
      }
      network.lossChance = 0
      network.sideOf = () => 0
      network.pass(SETTLED_WITHIN_MS)
      const highest = Math.max(...network.states.keys())
      for (const belief of network.beliefs()) assert.equal(belief, highest)
      network.pass(SETTLED_WITHIN_MS)
      for (const belief of network.beliefs()) assert.equal(belief, highest)
    }),
    { numRuns: 60 },
  )
})

test('nobody follows a lower one, and whoever leads a side is its highest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 7 }), seeds, (size, seed) => {
      const network = new Lossy(size, seed)
      network.lossChance = 0.2
      for (let step = 0; step < 100; step++) {
        network.pass(200)
        for (const [member, state] of network.states) {
          const id = believed(state, idOf(member))
          assert.ok(id === undefined || id >= idOf(member))
        }
      }
      network.lossChance = 0
      const cut = 1 + network.chance.below(size - 1)
      network.sideOf = (member) => (member <= cut ? 0 : 1)
      network.pass(SETTLED_WITHIN_MS)
      const beliefs = network.beliefs()
      assert.deepEqual(
        beliefs.slice(0, cut),
        Array.from({ length: cut }, () => cut),
      )
      assert.deepEqual(
        beliefs.slice(cut),
        Array.from({ length: size - cut }, () => size),
      )
    }),
    { numRuns: 40 },
  )
})

test('in a quiet network only the coordinator speaks', () => {
  const network = new Lossy(5, 1)
  network.pass(SETTLED_WITHIN_MS)
  const before = network.said
  network.pass(10 * ANNOUNCE_EVERY_MS)
  assert.ok(network.said - before <= 11 * 4, `${network.said - before} words`)
  assert.equal(present(network.states.get(5), 'state').kind, 'leading')
})
