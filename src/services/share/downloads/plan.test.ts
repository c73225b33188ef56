import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { MIB, MINUTE_MS } from '../../../base/limits.ts'
import { Bitfield } from './bitfield.ts'
import { PlanWorld, type WorldSource } from './plan-world.test-helper.ts'
import { DownloadPlan } from './plan.ts'

const SPEED = 5 * MIB

function source(id: string, more: Partial<WorldSource> = {}): WorldSource {
  return { id, bytesPerSecond: SPEED, delayMs: 40, has: true, ...more }
}

test('four sources, one lying, one dying half way: nine tenths of what the links carry', () => {
  const pieces = 300
  const diesAtMs = 10_000
  const end = new PlanWorld(pieces, [
    source('a'),
    source('b'),
    source('liar', { lies: true }),
    source('dies', { diesAtMs }),
  ]).run(10 * MINUTE_MS)
  assert(end.isDone)
  // Three links until one dies, two from then on; what lies carries nothing.
  const untilDeath = (3 * SPEED * diesAtMs) / 1_000
  const idealMs = diesAtMs + ((pieces * MIB - untilDeath) * 1_000) / (2 * SPEED)
  assert(end.tookMs <= idealMs / 0.9, `${end.tookMs} ms, at best ${idealMs} ms`)
  assert.equal(end.askedAfterLie, 0)
  assert.equal(end.plan.source('liar')?.why, 'corrupt')
})

test('a source that hangs or is slow holds up no end', () => {
  const end = new PlanWorld(60, [
    source('fast', { bytesPerSecond: 10 * MIB }),
    source('slow', { bytesPerSecond: MIB / 16 }),
    source('hangs', { hangsAtMs: 900 }),
  ]).run(10 * MINUTE_MS)
  assert(end.isDone)
  assert(end.tookMs < 9_000, `${end.tookMs} ms where one source alone needs 6 s`)
})

test('what only one has is asked for first, and partial holders are asked for what they have', () => {
  const half = Array.from({ length: 20 }, (_, index) => index)
  const end = new PlanWorld(40, [source('half', { has: half }), source('whole')]).run(MINUTE_MS)
  assert(end.isDone)
  const ofHalf = end.asked.filter((order) => order.source === 'half')
  assert(ofHalf.every(({ index }) => index < 20))
  const firstOfWhole = end.asked.find((order) => order.source === 'whole')
  assert((firstOfWhole?.index ?? 0) >= 20)
})

/** Sources of all kinds, beside one that is right and stays. */
const others = fc.array(
  fc.record({
    bytesPerSecond: fc.integer({ min: MIB / 32, max: 30 * MIB }),
    delayMs: fc.integer({ min: 0, max: 900 }),
    has: fc.oneof(fc.constant(true as const), fc.array(fc.nat(39), { maxLength: 40 })),
    lies: fc.boolean(),
    hangsAtMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    diesAtMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
  }),
  { maxLength: 6 },
)

test('whoever lies, hangs or dies, one right source is enough, within the memory', () => {
  fc.assert(
    fc.property(others, fc.integer({ min: 1, max: 40 }), fc.nat(39), (given, pieces, start) => {
      const some = given.map(({ diesAtMs, hangsAtMs, ...one }, at) => ({
        ...one,
        id: `s${at}`,
        has: one.has === true ? (true as const) : one.has.filter((index) => index < pieces),
        ...(diesAtMs === undefined ? {} : { diesAtMs }),
        ...(hangsAtMs === undefined ? {} : { hangsAtMs }),
      }))
      const world = new PlanWorld(pieces, [...some, source('right', { delayMs: 100 })], start)
      const end = world.run(10 * MINUTE_MS)
      assert(end.isDone, 'it ends')
      assert.equal(end.askedAfterLie, 0)
      assert(end.inMemory <= 32)
    }),
    { numRuns: 150 },
  )
})

test('what was there before is not asked for again', () => {
  const have = new Bitfield(10)
  for (const index of [0, 3, 4, 9]) have.add(index)
  const options = { bytesOf: () => MIB, have, start: 3, silentMs: 4_000, inMemoryMax: 32 }
  const plan = new DownloadPlan(options)
  plan.add('a', 0)
  plan.learned('a', Bitfield.full(10))
  const asked: number[] = []
  for (let now = 0; !plan.isDone; now += 100) {
    for (const { index, kind } of plan.orders(now)) {
      assert.equal(kind, 'ask')
      asked.push(index)
      assert(plan.arrived('a', { index, isRight: true }, now).isNew)
      plan.kept(index)
    }
  }
  assert.deepEqual(new Set(asked), new Set([1, 2, 5, 6, 7, 8]))
  assert.equal(asked.length, 6)
})

test('one that was given up for its silence is tried again when it is told of again, a liar never', () => {
  const have = new Bitfield(4)
  const options = { bytesOf: () => MIB, have, start: 0, silentMs: 4_000, inMemoryMax: 32 }
  const plan = new DownloadPlan(options)
  for (const id of ['dead', 'liar']) {
    plan.add(id, 0)
    plan.learned(id, Bitfield.full(4))
  }
  for (let now = 0; now < 5; now++) plan.failedWhole('dead', 'refused', now)
  plan.failedWhole('liar', 'corrupt', 5)
  assert(plan.isStarved)
  assert(!plan.add('dead', 10), 'too soon')
  assert(plan.add('dead', 2 * MINUTE_MS))
  assert(!plan.add('liar', 2 * MINUTE_MS))
  assert(!plan.isStarved)
})

test('bits are written as BitTorrent has them, and read again', () => {
  const field = new Bitfield(11)
  for (const index of [0, 9]) field.add(index)
  assert.deepEqual([...field.bytes], [0x80, 0x40])
  assert.deepEqual(Bitfield.read(field.bytes, 11)?.bytes, field.bytes)
  assert.equal(Bitfield.read(field.bytes, 30), undefined)
  assert(Bitfield.full(11).isFull)
})
