import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, parsePosition, parseRingId } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import type { RingAnswer, RingQuestion } from './message.ts'
import { stepRing } from './ring.ts'
import { emptyRing, type ChordEffect, type ChordEvent, type RingState } from './state.ts'

const RING = parseRingId('1'.repeat(32))
const OTHER_RING = parseRingId('2'.repeat(32))

/** A member at a place of 0 .. 255 of the circle. */
function at(place: number): Contact {
  const id = parseMemberId(place.toString(16).padStart(32, '0'))
  const position = parsePosition(place.toString(16).padStart(2, '0').padEnd(64, '0'))
  return { id, address: `m${place}:1`, position }
}

/** Member 100, with 80 before it and 120, 140, 160 behind; lists of three. */
function member(known: Partial<RingState> = {}): RingState {
  const successors = [at(120), at(140), at(160)]
  const empty = emptyRing({ ringId: RING, self: at(100), successorsMax: 3 })
  return { ...empty, phase: 'joined', predecessor: at(80), successors, ...known }
}

interface Played {
  readonly state: RingState
  readonly effects: readonly ChordEffect[]
}

function play(state: RingState, ...events: readonly ChordEvent[]): Played {
  let played: Played = { state, effects: [] }
  for (const event of events) {
    const [next, effects] = stepRing(played.state, event)
    played = { state: next, effects }
  }
  return played
}

function asked(from: number, question: RingQuestion, ringId = RING): ChordEvent {
  return { kind: 'asked', ringId, from: at(from), question, token: 7 }
}

function answered(token: number, answer: RingAnswer, ringId = RING): ChordEvent {
  return { kind: 'answered', ringId, token, answer }
}

function neighbours(predecessor: number | undefined, successors: readonly number[]): RingAnswer {
  const before = predecessor === undefined ? undefined : at(predecessor)
  return { kind: 'neighbours', predecessor: before, successors: successors.map(at) }
}

/** What is asked, in order: `notify m120:1`. */
function asks({ effects }: Played): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'ask' ? [`${effect.question.kind} ${effect.contact.address}`] : [],
  )
}

function list(state: RingState): string {
  return state.successors.map((contact) => contact.address).join(' ')
}

test('rule 2: a live head that knows this member has its list adopted, and is not notified', () => {
  const played = play(
    member(),
    { kind: 'stabilise' },
    answered(1, neighbours(100, [130, 140, 160])),
  )
  assert.equal(list(played.state), 'm120:1 m130:1 m140:1')
  // The predecessor's list is this one, a place on.
  assert.deepEqual(asks(played), ['appeared m80:1'])
})

test('rule 2: a live head that knows nobody, or one before, is notified', () => {
  for (const before of [undefined, 90]) {
    const played = play(
      member(),
      { kind: 'stabilise' },
      answered(1, neighbours(before, [140, 160])),
    )
    assert.deepEqual(asks(played), ['notify m120:1'])
  }
})

test('rule 2: a dead head is dropped, the next notified and stabilised from', () => {
  const played = play(member(), { kind: 'stabilise' }, { kind: 'failed', token: 1 })
  assert.equal(list(played.state), 'm140:1 m160:1')
  assert.deepEqual(asks(played), ['notify m140:1', 'neighbours m140:1'])
})

test('rule 2: what a former head answers late is not adopted', () => {
  const dropped = play(member(), { kind: 'stabilise' }, { kind: 'down', contact: at(120) })
  assert.equal(list(dropped.state), 'm140:1 m160:1')
  const late = play(dropped.state, answered(1, neighbours(100, [130, 140])))
  assert.equal(list(late.state), 'm140:1 m160:1')
})

test('rule 3: a live predecessor of the head is asked, adopted and notified', () => {
  const found = play(member(), { kind: 'stabilise' }, answered(1, neighbours(110, [140, 160])))
  assert.deepEqual(asks(found), ['neighbours m110:1'])
  const taken = play(found.state, answered(2, neighbours(80, [120, 140, 160])))
  assert.equal(list(taken.state), 'm110:1 m120:1 m140:1')
  assert.deepEqual(asks(taken), ['appeared m80:1', 'notify m110:1'])
})

test('rule 3: one that answers when it no longer lies between is not adopted', () => {
  const found = play(member(), { kind: 'stabilise' }, answered(1, neighbours(110, [140, 160])))
  const nearer = play(
    found.state,
    asked(105, { kind: 'appeared' }),
    answered(3, neighbours(100, [120])),
  )
  assert.equal(list(nearer.state), 'm105:1 m120:1')
  const late = play(nearer.state, answered(2, neighbours(100, [120, 140, 160])))
  assert.equal(list(late.state), 'm105:1 m120:1')
})

test('rule 3: a dead one leaves the head, which is notified', () => {
  const found = play(member(), { kind: 'stabilise' }, answered(1, neighbours(110, [140, 160])))
  const failed = play(found.state, { kind: 'failed', token: 2 })
  assert.equal(list(failed.state), 'm120:1 m140:1 m160:1')
  assert.deepEqual(asks(failed), ['notify m120:1'])
})

test('rule 4: one between is taken, one that is not only when the old one is dead', () => {
  const between = play(member(), asked(90, { kind: 'notify' }))
  assert.equal(between.state.predecessor?.address, 'm90:1')
  const beyond = play(member(), asked(70, { kind: 'notify' }))
  assert.deepEqual(asks(beyond), ['ping m80:1'])
  const alive = play(beyond.state, answered(1, { kind: 'ok' }))
  assert.equal(alive.state.predecessor?.address, 'm80:1')
  const dead = play(beyond.state, { kind: 'failed', token: 1 })
  assert.equal(dead.state.predecessor?.address, 'm70:1')
})

test('rule 5: the nearest that a probed member knows is asked before it is adopted', () => {
  const contacts = [at(200)]
  const probed = play(member(), { kind: 'heardOf', contacts }, { kind: 'probe', draw: 0.5 })
  assert.deepEqual(asks(probed), ['nearest m200:1'])
  const hinted = play(probed.state, answered(1, { kind: 'nearest', contact: at(110) }))
  assert.equal(list(hinted.state), list(member()))
  assert.deepEqual(asks(hinted), ['neighbours m110:1'])
  const merged = play(hinted.state, answered(2, neighbours(200, [150, 200])))
  assert.equal(list(merged.state), 'm110:1 m150:1 m200:1')
  assert.ok(merged.effects.some((one) => one.kind === 'changed' && one.doing.kind === 'merged'))
})

test('leave: the list of one that leaves is not adopted; its predecessor is', () => {
  const notice = { kind: 'leaving', predecessor: at(60), successors: [at(130), at(150)] } as const
  const head = play(member(), asked(120, notice))
  assert.equal(list(head.state), 'm140:1 m160:1')
  const before = play(member(), asked(80, notice))
  assert.equal(before.state.predecessor?.address, 'm60:1')
})

test('leave: it is over when both neighbours were told, or are gone', () => {
  const leaving = play(member(), { kind: 'leave' })
  assert.deepEqual(asks(leaving), ['leaving m120:1', 'leaving m80:1'])
  assert.equal(leaving.state.phase, 'leaving')
  const told = play(leaving.state, answered(1, { kind: 'ok' }), { kind: 'failed', token: 2 })
  assert.equal(told.state.phase, 'gone')
})

test('a lonely member asks its way back by what it knows, and founds nothing', () => {
  const lonely = member({ successors: [], predecessor: undefined })
  assert.deepEqual(asks(play(lonely, { kind: 'stabilise' })), [])
  const contacts = [at(120)]
  const seeking = play(lonely, { kind: 'heardOf', contacts }, { kind: 'stabilise' })
  assert.deepEqual(asks(seeking), ['locate m120:1'])
  assert.equal(seeking.state.phase, 'joined')
})

test('a question of another ring is refused and changes nothing', () => {
  const before = member()
  const played = play(before, asked(90, { kind: 'notify' }, OTHER_RING))
  assert.equal(played.state, before)
  const [reply] = played.effects
  assert.deepEqual(reply, {
    kind: 'reply',
    token: 7,
    answer: { kind: 'refused', why: 'foreignRing' },
  })
})

test('an answer of another ring counts as none', () => {
  const answer = neighbours(110, [140, 160])
  const played = play(member(), { kind: 'stabilise' }, answered(1, answer, OTHER_RING))
  assert.equal(list(played.state), 'm140:1 m160:1')
})

for (const phase of ['absent', 'joining', 'leaving', 'gone'] as const) {
  test(`a member that is ${phase} answers nothing of the ring`, () => {
    const state = { ...emptyRing({ ringId: RING, self: at(100) }), phase }
    const [reply] = play(state, asked(90, { kind: 'locate', position: at(95).position })).effects
    assert.deepEqual(reply, {
      kind: 'reply',
      token: 7,
      answer: { kind: 'refused', why: 'notMember' },
    })
  })
}
