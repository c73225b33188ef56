import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { InjectOptions } from 'fastify'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const AT = '/v1/locks/nightly'

async function doorOf() {
  const store = new MemoryStore()
  const clock = new ManualClock()
  store.nowMs = clock.wallMs()
  let count = 0
  const random = {
    u32: () => 1,
    fraction: () => 0,
    below: () => 0,
    bytes: (length: number) => new Uint8Array(length).fill(++count),
  }
  const records = { store, random, isReserved: () => false }
  const server = await createGateway({ ...fakeDoor(), clock, records })
  const ask = (options: InjectOptions) =>
    server.inject({ ...options, headers: { host: 'localhost:9100', ...options.headers } })
  const acquire = (payload: object, headers = {}, url = AT) =>
    ask({ method: 'POST', url, payload, headers })
  const renew = (payload: object) => ask({ method: 'PUT', url: AT, payload })
  const release = (token: string) => ask({ method: 'DELETE', url: `${AT}?token=${token}` })
  return { acquire, ask, clock, release, renew, store }
}

/** Something waits once its timer stands. */
async function waits(clock: ManualClock): Promise<void> {
  while (clock.waiting === 0) await new Promise(setImmediate)
}

test('a lock has one holder: token, fence and end are told to it alone', async () => {
  const { acquire, ask, release } = await doorOf()
  const mine = await acquire({ ttl: 30 })
  assert.equal(mine.statusCode, 201)
  const { token, fence, expiresAt } = mine.json()
  assert.match(token, /^[0-9a-f]{32}$/)
  assert.ok(Number.isSafeInteger(fence) && fence > 0)
  const yours = await acquire({ ttl: 30 })
  assert.equal(yours.statusCode, 409)
  assert.equal(yours.json().code, 'LOCK_HELD')
  assert.equal(yours.headers['retry-after'], '30')
  assert.equal(yours.headers['anillo-applied'], 'no')
  const seen = await ask({ url: AT })
  assert.deepEqual(seen.json(), { fence, expiresAt })
  assert.equal((await release(token)).statusCode, 204)
  assert.equal((await ask({ url: AT })).statusCode, 404)
  const next = (await acquire({ ttl: 30 })).json()
  assert.ok(next.fence > fence)
})

test('renewing holds a lock for longer; a lease that ran out is lost', async () => {
  const { acquire, release, renew, store } = await doorOf()
  const { token, expiresAt } = (await acquire({ ttl: 30 })).json()
  store.nowMs += 20_000
  const renewed = await renew({ ttl: 30, token })
  assert.equal(renewed.statusCode, 200)
  assert.equal(Date.parse(renewed.json().expiresAt), Date.parse(expiresAt) + 20_000)
  store.nowMs += 31_000
  for (const answer of [await renew({ ttl: 30, token }), await release(token)]) {
    assert.equal(answer.statusCode, 409)
    assert.equal(answer.json().code, 'LOCK_LOST')
  }
  assert.equal((await acquire({ ttl: 30 })).statusCode, 201)
  assert.equal((await release(token)).json().code, 'LOCK_LOST')
})

test('with an Idempotency-Key the same request is the same acquisition', async () => {
  const { acquire } = await doorOf()
  const key = { 'idempotency-key': 'try-1' }
  const first = (await acquire({ ttl: 30 }, key)).json()
  const again = (await acquire({ ttl: 30 }, key)).json()
  assert.deepEqual([again.token, again.fence], [first.token, first.fence])
  assert.equal((await acquire({ ttl: 30 }, { 'idempotency-key': 'try-2' })).statusCode, 409)
})

test('a waiting request gets the lock when it is given back', async () => {
  const { acquire, clock, release } = await doorOf()
  const { token } = (await acquire({ ttl: 30 })).json()
  const waiting = acquire({ ttl: 30, wait: 10 })
  await waits(clock)
  await release(token)
  const answer = await waiting
  assert.equal(answer.statusCode, 201)
  assert.notEqual(answer.json().token, token)
  assert.equal(clock.waiting, 0)
})

test('a waiting request gets the lock when the lease runs out, or is told that it did not', async () => {
  const { acquire, clock, store } = await doorOf()
  await acquire({ ttl: 5 })
  const patient = acquire({ ttl: 30, wait: 10 })
  await waits(clock)
  store.nowMs += 5_000
  clock.advance(5_000)
  assert.equal((await patient).statusCode, 201)
  const hasty = acquire({ ttl: 30, wait: 1 })
  await waits(clock)
  clock.advance(1_000)
  const answer = await hasty
  assert.equal(answer.statusCode, 409)
  assert.equal(answer.json().code, 'LOCK_HELD')
})

test('requests for locks that are none are refused with a reason', async () => {
  const { acquire, ask, release, renew } = await doorOf()
  const wrong = [
    acquire({}),
    acquire({ ttl: 0 }),
    acquire({ ttl: 0.5 }),
    acquire({ ttl: 1e9 }),
    acquire({ ttl: '30' }),
    acquire({ ttl: 30, wait: 31 }),
    acquire({ ttl: 30, surprise: 1 }),
    acquire({ ttl: 30 }, {}, '/v1/locks/%00'),
    renew({ ttl: 30 }),
    renew({ ttl: 30, token: 'mine' }),
    release(''),
    release('F'.repeat(32)),
    ask({ method: 'POST', url: AT, payload: Buffer.from([0xff]) }),
    ask({ method: 'POST', url: AT }),
    ask({ method: 'POST', url: AT, payload: 'null' }),
  ]
  for (const [i, answer] of (await Promise.all(wrong)).entries()) {
    assert.equal(answer.statusCode, 400, `${i}: ${answer.payload}`)
  }
  assert.equal((await release('0'.repeat(32))).json().code, 'LOCK_LOST')
  const long = `/v1/locks/${'x'.repeat(513)}`
  const token = '0'.repeat(32)
  for (const answer of await Promise.all([
    acquire({ ttl: 30 }, {}, long),
    ask({ method: 'PUT', url: long, payload: { ttl: 30, token } }),
    ask({ method: 'DELETE', url: `${long}?token=${token}` }),
    ask({ url: long }),
  ])) {
    assert.equal(answer.statusCode, 413, answer.payload)
    assert.match(answer.json().detail, /name of a lock.*512 bytes/)
  }
})

test('taking a lock with an Idempotency-Key is done once, and answered so again', async () => {
  const { acquire, ask, release } = await doorOf()
  const key = { 'idempotency-key': 'once' }
  const first = await acquire({ ttl: 30 }, key)
  await release(first.json().token)
  const again = await acquire({ ttl: 30 }, key)
  assert.equal(again.statusCode, 201)
  assert.deepEqual(again.json(), first.json())
  assert.equal((await ask({ url: AT })).statusCode, 404, 'given back, it is not taken once more')
  const other = await acquire({ ttl: 31 }, key)
  assert.equal(other.json().code, 'RETRY_MISMATCH')
})

test('waiting for a lock with an Idempotency-Key is done once too', async () => {
  const { acquire, ask, clock, release } = await doorOf()
  const key = { 'idempotency-key': 'patient' }
  const { token } = (await acquire({ ttl: 30 })).json()
  const [one, two] = [acquire({ ttl: 30, wait: 10 }, key), acquire({ ttl: 30, wait: 10 }, key)]
  while (clock.waiting < 2) await new Promise(setImmediate)
  await release(token)
  const [first, second] = [await one, await two]
  assert.equal(first.statusCode, 201)
  assert.deepEqual(second.json(), first.json(), 'at two members at once it is one acquisition')
  await release(first.json().token)
  const again = await acquire({ ttl: 30, wait: 10 }, key)
  assert.deepEqual(again.json(), first.json())
  assert.equal((await ask({ url: AT })).statusCode, 404)
})
