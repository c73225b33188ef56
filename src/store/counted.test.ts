import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { countedStore } from './counted.ts'
import { MemoryStore } from './memory-store.test-helper.ts'

test('countedStore() counts what became of each question, errors too', async () => {
  const { store, counts } = countedStore(new MemoryStore())
  const at = { table: 'things', pk: 'apple' }
  const put = { kind: 'put', sk: 'a', value: new Uint8Array(1) } as const
  const absent = { sk: 'a', is: 'absent' } as const
  assert.equal(await store.get({ ...at, sk: 'a' }), undefined)
  await store.transact({ ...at, conditions: [absent], writes: [put] })
  await store.transact({ ...at, conditions: [absent], writes: [put] })
  await store.get({ ...at, sk: 'a' })
  await store.list({ ...at, limit: 1 })
  const badList = store.list({ ...at, limit: 1, cursor: 'no cursor' })
  await assert.rejects(badList, (thrown) => isAnilloError(thrown))
  assert.deepEqual(Object.fromEntries(counts.writes), { done: 1, conflict: 1 })
  assert.deepEqual(Object.fromEntries(counts.reads), { absent: 1, found: 2, BAD_REQUEST: 1 })
})
