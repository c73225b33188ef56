import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import type { RecordStore } from '../../store/store.ts'
import { accountKey } from './places.ts'
import { isSuspended, permissionsOfNick } from './standing.ts'

const PLAIN = { name: 'A', role: 'member', grants: [], createdAtMs: 1, password: '' }

function storeWith(nick: string, state: string): Pick<RecordStore, 'get'> {
  return {
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

test('permissionsOfNick() is of active accounts alone', async () => {
  const active = await permissionsOfNick(storeWith('ana', 'active'), 'ana')
  assert.equal(active?.has('files.write'), true)
  assert.equal(active?.has('files.manage'), false)
  assert.equal(await permissionsOfNick(storeWith('ana', 'suspended'), 'ana'), undefined)
  assert.equal(await permissionsOfNick(storeWith('ana', 'deleted'), 'ana'), undefined)
  assert.equal(await permissionsOfNick({ get: async () => undefined }, 'nobody'), undefined)
})
