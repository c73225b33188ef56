import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha1 } from '../base/digests.ts'
import { SECOND_MS } from '../base/limits.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { Calls } from './calls.ts'
import { Lookup } from './lookup.ts'
import { networkOf } from './networks.ts'
import { RememberedUntil } from './remembered-until.ts'
import { RoundTrips } from './round-trips.ts'
import {
  ALPHA,
  K,
  LOST_AFTER_MS,
  QUESTIONS_A_HOST,
  ROUND_TRIP_MAX_MS,
  ROUND_TRIP_MIN_MS,
  SOURCES_MAX,
  TOKEN_MS,
} from './settings.ts'
import { Sources } from './sources.ts'
import { Tokens } from './tokens.ts'

const HERE = { host: '192.0.2.1', port: 8468 }

test('patience follows measured round trips, within its bounds', () => {
  const trips = new RoundTrips()
  assert.equal(trips.patienceMs, ROUND_TRIP_MAX_MS)
  for (let at = 0; at < 50; at++) trips.took(1)
  assert.equal(trips.patienceMs, ROUND_TRIP_MIN_MS)
  assert.ok(trips.patienceWithMs(80) >= 160)
  for (let at = 0; at < 50; at++) trips.took(at % 2 === 0 ? 60 : 120)
  assert.ok(trips.patienceMs > 120 && trips.patienceMs < 400)
  for (let at = 0; at < 50; at++) trips.took(9_000)
  assert.equal(trips.patienceMs, ROUND_TRIP_MAX_MS)
})

test('patience is for what is usual: a few that are far do not make all others waited for', () => {
  const trips = new RoundTrips()
  for (let at = 0; at < 64; at++) trips.took(at % 25 === 24 ? 700 : 60 + at)
  assert.ok(trips.patienceMs > 120 && trips.patienceMs < 160, `${trips.patienceMs} ms`)
  assert.ok(trips.patienceWithMs(300) >= 600)
})

test('who is slow is asked again beside the next closest, and takes no place meanwhile', () => {
  const target = KeyId.of(new Uint8Array(20))
  const known = Array.from({ length: K + 3 }, (_, at) => {
    const id = KeyId.of(new Uint8Array(20).fill(at + 1))
    return { contact: { id, host: `10.0.0.${at + 1}`, port: 1 }, isCapable: true }
  })
  const lookup = new Lookup(target, { self: KeyId.of(sha1('self')), known, ways: 1 })
  const numbers = (): readonly number[] => asked.map(({ contact }) => contact.id.bytes[0] ?? 0)
  let asked = lookup.next()
  assert.equal(asked.length, ALPHA)
  const [first, second, third] = asked
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  lookup.answered(first, [])
  asked = lookup.next()
  assert.deepEqual(numbers().at(-1), K)
  lookup.slow(second)
  asked = lookup.next()
  assert.deepEqual(numbers(), [K + 1, 2])
  lookup.slow(third)
  asked = lookup.next()
  assert.deepEqual(numbers(), [K + 2, 3])
  lookup.slow(second)
  asked = lookup.next()
  assert.deepEqual(numbers(), [])
  assert.equal(lookup.isDone, false)
})

test('a question is slow, then lost; an answer from elsewhere is none', () => {
  const calls = new Calls()
  const told: string[] = []
  const caller = {
    answered: () => true,
    slow: () => void told.push('slow'),
    lost: () => void told.push('lost'),
  }
  const id = new Uint8Array(20).fill(1)
  calls.begin(id, { to: HERE, nowMs: 0, patienceMs: 100, caller })
  assert.equal(calls.dueMs, 100)
  assert.equal(calls.answered(id, { ...HERE, port: 1 }), undefined)
  assert.equal(calls.answered(new Uint8Array(20), HERE), undefined)
  calls.passed(99)
  assert.deepEqual(told, [])
  calls.passed(100)
  calls.passed(200)
  assert.deepEqual(told, ['slow'])
  assert.equal(calls.dueMs, LOST_AFTER_MS)
  calls.passed(LOST_AFTER_MS)
  assert.deepEqual(told, ['slow', 'lost'])
  assert.equal(calls.answered(id, HERE), undefined)
  assert.equal(calls.dueMs, Infinity)
})

test('a source is heard up to its rate; others are not touched by it', () => {
  const sources = new Sources()
  let heard = 0
  for (let at = 0; at < 20_000; at++) if (sources.mayAsk({ ...HERE, port: at }, 0)) heard++
  assert.equal(heard, QUESTIONS_A_HOST.burst)
  assert.ok(sources.mayAsk({ host: '192.0.2.2', port: 1 }, 0))
  assert.ok(sources.mayAsk(HERE, SECOND_MS))
  const local = { host: '127.0.0.1', port: 1 }
  for (let at = 0; at < 5_000; at++) assert.ok(sources.mayAsk(local, 0))
})

test('of IPv6 the addresses of one owner are one source', () => {
  const sources = new Sources()
  let heard = 0
  for (let at = 0; at < 2_000; at++) {
    if (sources.mayAsk({ host: `2001:db8:0:1::${at.toString(16)}`, port: 1 }, 0)) heard++
  }
  assert.equal(heard, QUESTIONS_A_HOST.burst)
})

test('sources are remembered within a bound', () => {
  const sources = new Sources()
  for (let at = 0; at < SOURCES_MAX + 100; at++) {
    sources.mayAsk({ host: `192.0.${at >> 8}.${at & 0xff}`, port: 1 }, 0)
  }
  const held = new RememberedUntil<number>(3)
  for (let at = 0; at < 10; at++) held.set(String(at), at, 100)
  assert.equal(held.size, 3)
  assert.equal(held.get('9', 99), 9)
  assert.equal(held.get('9', 100), undefined)
  assert.equal(held.get('1', 0), undefined)
})

test('a token is good at its host for five minutes and some, and nowhere else', () => {
  const tokens = new Tokens(new Uint8Array(16).fill(1))
  const token = tokens.tokenFor('a', 0)
  assert.equal(token.length, 8)
  assert.ok(tokens.isGood(token, { host: 'a', nowMs: 2 * TOKEN_MS - 1 }))
  assert.ok(!tokens.isGood(token, { host: 'a', nowMs: 2 * TOKEN_MS }))
  assert.ok(!tokens.isGood(token, { host: 'b', nowMs: 0 }))
  assert.ok(!tokens.isGood(new Uint8Array(), { host: 'a', nowMs: 0 }))
  const other = new Tokens(new Uint8Array(16).fill(2))
  assert.ok(!other.isGood(token, { host: 'a', nowMs: 0 }))
})

test('networks are told apart; those that many share are none', () => {
  assert.equal(networkOf('192.0.2.1'), networkOf('192.0.2.255'))
  assert.notEqual(networkOf('192.0.2.1'), networkOf('192.0.3.1'))
  assert.equal(networkOf('2001:db8:1::1'), networkOf('2001:db8:1:ffff::2'))
  assert.notEqual(networkOf('2001:db8:1::1'), networkOf('2001:db8:2::1'))
  assert.equal(networkOf('::ffff:192.0.2.9'), networkOf('192.0.2.1'))
  for (const host of ['127.1.2.3', '10.1.1.1', '172.31.0.1', '192.168.9.9', '169.254.1.1', '::1']) {
    assert.equal(networkOf(host), undefined, host)
  }
  for (const host of ['fe80::1', 'fd12::1', '::', '0.0.0.0', '100.64.1.1', 'localhost']) {
    assert.equal(networkOf(host), undefined, host)
  }
  assert.notEqual(networkOf('172.32.0.1'), undefined)
})
