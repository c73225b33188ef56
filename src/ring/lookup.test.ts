import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { parseMemberId, parsePosition, parseRingId, type Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import { POSITION_BITS, positionAfterBit } from './arc.ts'
import { LOOKUP_HOPS_MAX, startLookup, stepLookup, type LookupOutcome } from './lookup.ts'
import type { LocatedAnswer } from './message.ts'
import { emptyRing, type RingState } from './state.ts'
import { answerLocate, locate } from './view.ts'

const RING = parseRingId('0'.repeat(32))

function at(place: number): Position {
  return parsePosition(place.toString(16).padStart(4, '0').padEnd(64, '0'))
}

function contactAt(place: number): Contact {
  const id = parseMemberId(place.toString(16).padStart(32, '0'))
  return { id, address: `member-${place}:1`, position: at(place) }
}

/** An ideal ring with lists of three; every member points to the one across and to a quarter on. */
function idealRing(places: readonly number[]): ReadonlyMap<string, RingState> {
  const sorted = places.toSorted((a, b) => a - b).map(contactAt)
  const states = sorted.map((self, index): [string, RingState] => {
    const others = [...sorted.slice(index + 1), ...sorted.slice(0, index)]
    const steps = [others.length >> 2, others.length >> 1].filter((step) => step >= 1)
    const fingers = steps.flatMap((step, bit) => {
      const contact = others[step]
      return contact === undefined ? [] : [{ bit, contact }]
    })
    const known = { successors: others.slice(0, 3), predecessor: others.at(-1), fingers }
    return [self.id, { ...emptyRing({ ringId: RING, self }), phase: 'joined', ...known }]
  })
  return new Map(states)
}

interface Query {
  readonly states: ReadonlyMap<string, RingState>
  readonly from: RingState
  readonly position: Position
  readonly confirm?: boolean
  readonly remembered?: Contact
}

function lookUp({ states, from, position, confirm = true, remembered }: Query): LookupOutcome {
  const start = locate(from, position)
  const request = { position, self: from.self, start, confirm, target: 'owner' } as const
  let [state, effect] = startLookup(remembered === undefined ? request : { ...request, remembered })
  while (effect.kind === 'ask') {
    const asked = states.get(effect.contact.id)
    const answer = asked === undefined ? undefined : answerLocate(asked, position)
    const isFailed = answer === undefined
    ;[state, effect] = stepLookup(
      state,
      isFailed ? { kind: 'failed' } : { kind: 'answered', answer },
    )
  }
  return effect.outcome
}

function ownerAmong(
  states: ReadonlyMap<string, RingState>,
  position: Position,
): string | undefined {
  const sorted = [...states.values()].map((state) => state.self)
  sorted.sort((a, b) => (a.position < b.position ? -1 : 1))
  return (sorted.find((contact) => contact.position >= position) ?? sorted[0])?.address
}

function addressOf(outcome: LookupOutcome): string {
  return outcome.kind === 'owner' ? outcome.owner.address : outcome.kind
}

function memberOf(states: ReadonlyMap<string, RingState>, place: number): RingState {
  const state = states.get(contactAt(place).id)
  assert.ok(state !== undefined)
  return state
}

const place = fc.integer({ min: 0, max: 0xffff })
const places = fc.uniqueArray(place, { minLength: 1, maxLength: 40 })

test('a look-up in an ideal ring ends at the owner, from every member and for every key', () => {
  fc.assert(
    fc.property(places, place, fc.boolean(), (members, key, confirm) => {
      const states = idealRing(members)
      const keys = [at(key), ...members.map(at)]
      for (const from of states.values()) {
        for (const position of keys) {
          const outcome = lookUp({ states, from, position, confirm })
          assert.equal(addressOf(outcome), ownerAmong(states, position))
        }
      }
    }),
    { numRuns: 50 },
  )
})

/** Fingers at each power of two, as members have them once they are fixed. */
function withAllFingers(states: ReadonlyMap<string, RingState>): ReadonlyMap<string, RingState> {
  const members = [...states.values()]
  const bits = Array.from({ length: 16 }, (_, i) => POSITION_BITS - 16 + i)
  const pointed = members.map((state): [string, RingState] => {
    const { self } = state
    const fingers = bits.flatMap((bit) => {
      const address = ownerAmong(states, positionAfterBit(self.position, bit))
      const owner = members.find((member) => member.self.address === address)
      return owner === undefined || owner === state ? [] : [{ bit, contact: owner.self }]
    })
    return [self.id, { ...state, fingers }]
  })
  return new Map(pointed)
}

test('a look-up by fingers asks log2 N members at most, and half as many on average', () => {
  const members = 128
  const scattered = Array.from({ length: members }, (_, i) => (i * 40_503) % 0x1_0000)
  const states = withAllFingers(idealRing(scattered))
  const hops = [...states.values()].flatMap((from, index) => {
    const position = at((index * 27_644_437) % 0x1_0000)
    const outcome = lookUp({ states, from, position })
    assert.equal(addressOf(outcome), ownerAmong(states, position))
    return outcome.hops.length
  })
  const most = Math.log2(members)
  assert.ok(Math.max(...hops) <= most, `${Math.max(...hops)} hops`)
  const mean = hops.reduce((sum, one) => sum + one, 0) / hops.length
  assert.ok(mean <= most / 2 + 1, `${mean} hops on average`)
})

test('a look-up among dead members ends at the live owner, or says that it is exhausted', () => {
  let owners = 0
  fc.assert(
    fc.property(places, fc.infiniteStream(fc.boolean()), place, (members, deaths, key) => {
      const living = members.filter((_, index) => index === 0 || deaths.next().value !== true)
      const ids = new Set<string>(living.map((one) => contactAt(one).id))
      const states = new Map([...idealRing(members)].filter(([id]) => ids.has(id)))
      for (const from of states.values()) {
        const outcome = lookUp({ states, from, position: at(key) })
        if (outcome.kind !== 'owner') continue
        owners++
        assert.equal(addressOf(outcome), ownerAmong(states, at(key)))
      }
    }),
    { numRuns: 200 },
  )
  assert.ok(owners > 100)
})

test('startLookup() knows its own position and its head without asking anybody', () => {
  const states = idealRing([10, 20, 30, 40, 50, 60])
  const from = memberOf(states, 20)
  const own = lookUp({ states, from, position: at(15), confirm: false })
  assert.deepEqual([addressOf(own), own.hops.length], ['member-20:1', 0])
  const next = lookUp({ states, from, position: at(25), confirm: false })
  assert.deepEqual([addressOf(next), next.hops.length], ['member-30:1', 0])
})

test('stepLookup() believes a remembered owner that confirms, after one hop', () => {
  const states = idealRing([10, 20, 30, 40, 50, 60, 70, 80])
  const from = memberOf(states, 10)
  const outcome = lookUp({ states, from, position: at(75), remembered: contactAt(80) })
  assert.deepEqual([addressOf(outcome), outcome.hops.length], ['member-80:1', 1])
})

test('stepLookup() does not believe a remembered owner that does not confirm, or is dead', () => {
  const states = idealRing([10, 20, 30, 40, 50, 60, 70, 80])
  const from = memberOf(states, 10)
  for (const wrong of [80, 30, 65]) {
    const outcome = lookUp({ states, from, position: at(55), remembered: contactAt(wrong) })
    assert.equal(addressOf(outcome), 'member-60:1')
  }
})

test('stepLookup() asks a newer member that the presumed owner names before itself', () => {
  const states = new Map(idealRing([10, 20, 40, 50]))
  const joined = contactAt(30)
  // Only its successor has heard of the newcomer so far.
  const successor = { ...memberOf(states, 40), predecessor: joined }
  states.set(successor.self.id, successor)
  const placed = { predecessor: contactAt(20), successors: [contactAt(40)] }
  states.set(joined.id, {
    ...emptyRing({ ringId: RING, self: joined }),
    phase: 'joined',
    ...placed,
  })
  const outcome = lookUp({ states, from: memberOf(states, 10), position: at(25) })
  assert.equal(addressOf(outcome), 'member-30:1')
})

test('stepLookup() ends after LOOKUP_HOPS_MAX members that lead on for ever', () => {
  const self = contactAt(0)
  const position = at(0xffff)
  const answer = (step: number): LocatedAnswer => ({
    kind: 'located',
    isMine: false,
    predecessor: undefined,
    preceding: [contactAt(step + 1)],
    following: [],
  })
  const start = answer(0)
  let [state, effect] = startLookup({ position, self, start, confirm: true, target: 'owner' })
  for (let step = 1; effect.kind === 'ask'; step++) {
    assert.ok(step <= LOOKUP_HOPS_MAX)
    ;[state, effect] = stepLookup(state, { kind: 'answered', answer: answer(step) })
  }
  assert.equal(effect.outcome.kind, 'exhausted')
  assert.equal(effect.outcome.hops.length, LOOKUP_HOPS_MAX)
})
