import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import type { RecordStore } from '../../store/store.ts'
import { accountKey } from './places.ts'
import { isSuspended, standingOf } from './standing.ts'

const PLAIN = { name: 'A', role: 'member', grants: [], createdAtMs: 1, password: '' }

/** In the readers, and no more in the writers. */
function groupsIn(prefix: string): readonly StoredRecord[] {
  const etag = { generation: 1, index: 1 }
  return [true, false].map((isIn) => ({
    sk: `${prefix}${isIn ? 'readers' : 'writers'}`,
    value: utf8(JSON.stringify({ isIn, at: 1 })),
    etag,
    expiresAtMs: undefined,
  }))
}

function storeWith(nick: string, state: string): Pick<RecordStore, 'get' | 'list'> {
  return {
    list: async ({ prefix = '' }) => ({ items: groupsIn(prefix), index: 1, cursor: undefined }),
    get: async (key) => {
      assert.deepEqual(key, accountKey(nick))
      const value = utf8(JSON.stringify({ ...PLAIN, nick, state }))
      return { sk: key.sk, value, etag: { generation: 1, index: 1 }, expiresAtMs: undefined }
    },
  }
}

test('isSuspended() is true of suspended accounts alone', async () => {
  assert.equal(await isSuspended(storeWith('ana', 'suspended'), 'ana'), true)
  assert.equal(await isSuspended(storeWith('ana', 'active'), 'ana'), false)
  assert.equal(await isSuspended(storeWith('ana', 'deleted'), 'ana'), false)
  assert.equal(await isSuspended({ get: async () => undefined }, 'nobody'), false)
})

test('standingOf() is of active accounts alone', async () => {
  const active = await standingOf(storeWith('ana', 'active'), 'ana')
  assert.equal(active?.permissions.has('files.write'), true)
  assert.equal(active?.permissions.has('files.manage'), false)
  assert.deepEqual(active?.groups, ['readers'])
  assert.equal(await standingOf(storeWith('ana', 'suspended'), 'ana'), undefined)
  assert.equal(await standingOf(storeWith('ana', 'deleted'), 'ana'), undefined)
  assert.equal(
    await standingOf({ ...storeWith('nobody', ''), get: async () => undefined }, 'nobody'),
    undefined,
  )
})
