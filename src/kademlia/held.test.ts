import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DAY_MS, HOUR_MS, SECOND_MS } from '../base/limits.ts'
import { SeededChance } from '../base/random.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { storedList, storedText, textsOf } from '../wire/kademlia/stored-value.ts'
import { VALUE_LIFE_MS } from '../wire/kademlia/times.ts'
import { Held, type CheckedRecord } from './held.ts'
import { randomOf } from './network.test-helper.ts'
import { HELD_BYTES_MAX, RECORDS_A_KEY, RECORDS_A_NETWORK } from './settings.ts'

const random = randomOf(new SeededChance(1))
const key = KeyId.of(random.bytes(20))
const WALL_MS = 1_900_000_000_000
const NOW = { nowMs: 0, wallMs: WALL_MS, network: undefined }

function record(change: Partial<CheckedRecord> = {}): CheckedRecord {
  return {
    bytes: random.bytes(300),
    publicKey: random.bytes(32),
    sequence: 1,
    expiresAtS: WALL_MS / SECOND_MS + 86_400,
    url: 'http://a/',
    ...change,
  }
}

test('a plain value replaces the one before, and expires after a week', () => {
  const held = new Held('one')
  held.putValue(key, storedText('a'), 0)
  held.putValue(key, storedText('b'), 5)
  assert.deepEqual(textsOf(held.value(key, 5) ?? storedText('')), ['b'])
  assert.equal(held.value(key, 5 + VALUE_LIFE_MS), undefined)
  assert.deepEqual(held.size, { keys: 0, records: 0, bytes: 0 })
})

test('of each publisher the latest record is kept, and an earlier one never comes back', () => {
  const held = new Held('one')
  const first = record()
  const second = record({ publicKey: first.publicKey, sequence: 2 })
  const removal = record({ publicKey: first.publicKey, sequence: 3, url: undefined })
  assert.equal(held.putRecord(key, second, NOW), 'kept')
  assert.equal(held.putRecord(key, second, NOW), 'known')
  assert.equal(held.putRecord(key, first, NOW), 'outdated')
  assert.equal(held.putRecord(key, record(), NOW), 'kept')
  assert.equal(held.records(key, 0).length, 2)
  assert.equal(held.putRecord(key, removal, NOW), 'kept')
  assert.equal(held.putRecord(key, second, NOW), 'outdated')
  assert.equal(held.size.records, 2)
})

test('records past their end, or good for days, are refused; clocks do not make them live longer', () => {
  const held = new Held('one')
  const at = (ms: number) => record({ expiresAtS: (WALL_MS + ms) / SECOND_MS })
  for (const off of [0, -SECOND_MS, -3 * DAY_MS, 3 * DAY_MS, 400 * DAY_MS]) {
    assert.equal(held.putRecord(key, at(off), NOW), 'expired', String(off))
  }
  const fast = at(47 * HOUR_MS)
  assert.equal(held.putRecord(key, fast, NOW), 'kept')
  assert.equal(held.records(key, 25 * HOUR_MS - 1).length, 1)
  assert.equal(held.records(key, 25 * HOUR_MS).length, 0)
})

test('of two records of one number all keep the same', () => {
  const publicKey = random.bytes(32)
  const [low, high] = [record({ publicKey }), record({ publicKey })].sort((a, b) =>
    Buffer.compare(a.bytes, b.bytes),
  )
  assert.ok(low !== undefined && high !== undefined)
  for (const order of [
    [low, high],
    [high, low],
  ]) {
    const held = new Held('one')
    for (const one of order) held.putRecord(key, one, NOW)
    assert.deepEqual(held.records(key, 0)[0]?.bytes, low.bytes)
  }
})

test('a key has so many records in all, and so many of one network', () => {
  const held = new Held('one')
  for (let at = 0; at < RECORDS_A_NETWORK; at++) {
    assert.equal(held.putRecord(key, record(), { ...NOW, network: 'n' }), 'kept')
  }
  assert.equal(held.putRecord(key, record(), { ...NOW, network: 'n' }), 'crowded')
  for (let at = RECORDS_A_NETWORK; at < RECORDS_A_KEY; at++) {
    assert.equal(held.putRecord(key, record(), NOW), 'kept')
  }
  assert.equal(held.putRecord(key, record(), NOW), 'crowded')
  const [known] = held.records(key, 0)
  assert.ok(known !== undefined)
  assert.equal(held.putRecord(key, { ...known, sequence: 2 }, NOW), 'kept')
})

test('a stock node is told the same by all who keep the same, in whatever order it came', () => {
  const records = [
    record({ sequence: 1, url: 'http://one/' }),
    record({ sequence: 9, url: 'http://nine/' }),
    record({ sequence: 9, url: 'http://also-nine/' }),
    record({ sequence: 11, url: undefined }),
  ]
  const said = [records, records.toReversed()].map((order) => {
    const held = new Held('one')
    for (const one of order) held.putRecord(key, one, NOW)
    return textsOf(held.plain(key, 0) ?? storedText(''))
  })
  assert.deepEqual(said[0], said[1])
  assert.match(said[0]?.[0] ?? '', /nine/)
  const held = new Held('one')
  for (const one of records) held.putRecord(key, one, NOW)
  held.putValue(key, storedText('what a stock node said'), 0)
  assert.deepEqual(textsOf(held.plain(key, 0) ?? storedText('')), ['what a stock node said'])
})

test('over the bound plain values go first, the longest unasked before others', () => {
  const held = new Held('one')
  const keys = Array.from({ length: 9_000 }, () => KeyId.of(random.bytes(20)))
  const [first, second] = keys
  assert.ok(first !== undefined && second !== undefined)
  held.putRecord(key, record(), NOW)
  const value = storedText('x'.repeat(8_000))
  for (const one of keys.slice(0, 8_000)) held.putValue(one, value, 0)
  held.value(first, 0)
  for (const one of keys.slice(8_000)) held.putValue(one, value, 0)
  assert.ok(held.size.bytes <= HELD_BYTES_MAX)
  assert.equal(held.records(key, 0).length, 1)
  assert.notEqual(held.value(first, 0), undefined)
  assert.equal(held.value(second, 0), undefined)
})

test('in a network of iic2523 a key has the union of what was said, bounded', () => {
  const held = new Held('lists')
  held.putValue(key, storedText('a'), 0)
  held.putValue(key, storedList(['b', 'a']), 0)
  assert.deepEqual(textsOf(held.value(key, 0) ?? storedText('')), ['b', 'a'])
  for (let at = 0; at < 300; at++) held.putValue(key, storedText(`value ${at}`), 0)
  const many = textsOf(held.value(key, 0) ?? storedText(''))
  assert.deepEqual([many.length, many[0], many.at(-1)], [150, 'value 150', 'value 299'])
  for (let at = 0; at < 20; at++) held.putValue(second(), storedText(String(at).repeat(500)), 0)
  assert.ok((held.value(second(), 0)?.length ?? 0) <= 6 * 1024)
})

function second(): KeyId {
  return KeyId.of(new Uint8Array(20).fill(3))
}

test('in a network of iic2523 a text that fits nowhere takes nobody else’s room', () => {
  const held = new Held('lists')
  held.putValue(key, storedText('a'), 0)
  held.putValue(key, storedText('b'.repeat(7_000)), 0)
  held.putValue(key, storedList(['c', 'd'.repeat(7_000)]), 0)
  assert.deepEqual(textsOf(held.value(key, 0) ?? storedText('')), ['a', 'c'])
})

test('what is told of records follows them', () => {
  const held = new Held('one')
  const told = (nowMs: number) => textsOf(held.plain(key, nowMs) ?? storedText('none'))[0]
  const first = record({ url: 'http://first/' })
  held.putRecord(key, first, NOW)
  assert.equal(told(0), 'http://first/')
  held.putRecord(key, record({ sequence: 2, url: 'http://second/' }), NOW)
  assert.equal(told(0), 'http://second/')
  assert.equal(held.records(key, 0).length, 2)
  held.putRecord(key, { ...first, sequence: 3, url: undefined }, NOW)
  assert.equal(told(0), 'http://second/')
  assert.equal(told(2 * DAY_MS), 'none')
})

test('a store that is full of records takes a value as quickly as an empty one', () => {
  const held = new Held('one')
  const one = record()
  while (held.size.bytes < HELD_BYTES_MAX - 1_000) {
    held.putRecord(KeyId.of(random.bytes(20)), one, NOW)
  }
  const tookMs = Array.from({ length: 201 }, () => {
    const other = KeyId.of(random.bytes(20))
    const startMs = performance.now()
    held.putValue(other, storedText('v'.repeat(2_000)), 0)
    return performance.now() - startMs
  })
  const median = tookMs.toSorted((a, b) => a - b)[100] ?? Infinity
  assert(median < 1, `${median} ms each, of ${held.size.keys} keys`)
})
