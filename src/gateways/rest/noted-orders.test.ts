import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DIRECTORY_OWNER } from '../../wire/audit.ts'
import { demandOf, DEMANDS, isRouteName } from '../../wire/demands.ts'
import { askedDoor, bearer, OWNER_KEY } from './entrance.test-helper.ts'
import { NOTED_ORDERS } from './noted-orders.ts'

const MEMBER = 'a'.repeat(32)

test('the audit log has who ordered what of the ring, and not what was refused', async () => {
  await using door = await askedDoor()
  const admin = bearer(door.accounts.person('admin', 'administrator'))
  const ana = bearer(door.accounts.person('ana', 'member'))
  const drain = { method: 'POST', url: `/v1/ring/members/${MEMBER}/drain` } as const
  const set = { method: 'PUT', url: '/v1/ring/settings/stableMs', payload: { value: 1 } } as const
  assert.equal((await door.ask({ ...drain, headers: ana })).statusCode, 403)
  assert.ok((await door.ask({ ...drain, headers: admin })).statusCode < 300)
  assert.ok((await door.ask({ ...set, headers: admin })).statusCode < 300)
  assert.equal((await door.ask({ ...set, headers: ana })).statusCode, 403)
  await door.ask({ method: 'GET', url: '/v1/ring', headers: admin })
  assert.deepEqual(door.accounts.noted, [
    { by: 'admin', what: 'member.drain', to: MEMBER },
    { by: 'admin', what: 'setting.change', to: 'stableMs', detail: '1' },
  ])
})

test('the audit log has that whoever owns the directory of a member took a backup', async () => {
  await using door = await askedDoor()
  const headers = { authorization: `Bearer ${OWNER_KEY}` }
  const payload = { known: [] }
  const asked = { method: 'POST', url: '/v1/ring/backups', payload, headers } as const
  assert.equal((await door.ask(asked)).statusCode, 200)
  assert.deepEqual(door.accounts.noted, [{ by: DIRECTORY_OWNER, what: 'backup.begin' }])
})

test('every order to the ring is noted', () => {
  const orders = Object.keys(DEMANDS)
    .filter(isRouteName)
    .filter((route) => demandOf(route) === 'ring.operate' && !route.startsWith('GET '))
  assert.ok(orders.length > 0)
  for (const route of orders) assert.ok(NOTED_ORDERS[route] !== undefined, route)
})
