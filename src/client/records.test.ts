import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { recordsDoor } from '../gateways/rest/records-door.test-helper.ts'
import { MemoryStore } from '../store/memory-store.test-helper.ts'
import { AnilloClient } from './client.ts'

const DEAD = 'http://127.0.0.1:9'
const NAME = { table: 't', pk: 'p/q', sk: 'a b' }

function clientOf(...doors: readonly string[]) {
  let keys = 0
  const asked: string[] = []
  const world = {
    fetch: (url: string, init: RequestInit) => {
      asked.push(`${init.method} ${new Headers(init.headers).get('idempotency-key')}`)
      return fetch(url, init)
    },
    pause: async () => undefined,
    newKey: () => `key${++keys}`,
    start: 'npm start',
  }
  return { client: new AnilloClient(world, doors), asked }
}

test('records go through any door, bytes as bytes, with their ETags', async () => {
  await using door = await recordsDoor()
  const { records } = clientOf(DEAD, door.url).client
  const value = Uint8Array.of(0, 255, 1)
  const made = await records.put(NAME, value)
  assert.equal(made.isNew, true)
  assert.deepEqual(await records.get(NAME), { value, etag: made.etag, expiresAt: undefined })
  assert.equal(await records.get({ ...NAME, sk: 'none' }), undefined)
  const replaced = await records.put(NAME, new Uint8Array(0), { ifMatch: made.etag, ttl: 9 })
  assert.equal(replaced.isNew, false)
  const stale = records.put(NAME, value, { ifMatch: made.etag })
  await assert.rejects(stale, (thrown) => isAnilloError(thrown, 'CONDITION_FAILED'))
  await records.delete(NAME, { ifMatch: replaced.etag })
  await assert.rejects(records.delete(NAME), (thrown) => isAnilloError(thrown, 'NOT_FOUND'))
})

test('a change is sent again elsewhere with its key, and done once', async () => {
  await using broken = await recordsDoor()
  await using whole = await recordsDoor()
  broken.store.failing = new AnilloError('OUTCOME_UNKNOWN', { partition: 1 })
  const { client, asked } = clientOf(broken.url, whole.url)
  await client.records.put(NAME, Uint8Array.of(1))
  assert.deepEqual(asked, ['PUT key1', 'PUT key1'])
  await client.records.delete(NAME)
  assert.equal(asked.at(-1), 'DELETE key2')
})

test('all() goes over all pages, batch() is all or nothing', async () => {
  await using door = await recordsDoor()
  const { records } = clientOf(door.url).client
  const home = { table: 't', pk: 'p' }
  const writes = ['a', 'b', 'c', 'd', 'e'].map(
    (sk) => ({ kind: 'put', sk, value: Buffer.from(sk).toString('base64') }) as const,
  )
  const { existed } = await records.batch(home, { writes })
  assert.deepEqual(existed, [false, false, false, false, false])
  const names: string[] = []
  for await (const { sk } of records.all(home, { limit: 2, reverse: true })) names.push(sk)
  assert.deepEqual(names, ['e', 'd', 'c', 'b', 'a'])
  const refused = records.batch(home, { conditions: [{ sk: 'a', is: 'absent' }], writes })
  await assert.rejects(refused, (thrown) => isAnilloError(thrown, 'CONDITION_FAILED'))
})

test('locks are taken, looked at, renewed and given back through any door', async () => {
  const store = new MemoryStore()
  await using door = await recordsDoor({ store })
  const { locks } = clientOf(DEAD, door.url).client
  const held = await locks.acquire('job', { ttl: 30 })
  assert.deepEqual(await locks.look('job'), { fence: held.fence, expiresAt: held.expiresAt })
  const other = locks.acquire('job', { ttl: 30 })
  await assert.rejects(other, (thrown) => isAnilloError(thrown, 'LOCK_HELD'))
  store.nowMs += 1_000
  const renewed = await locks.renew('job', { token: held.token, ttl: 30 })
  assert.ok(renewed.expiresAt > held.expiresAt)
  await locks.release('job', held.token)
  assert.equal(await locks.look('job'), undefined)
})
