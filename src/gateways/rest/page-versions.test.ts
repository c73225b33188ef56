import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askedDoor, bearer } from './entrance.test-helper.ts'
import { fakeDoor, OLDER_AT, PAGE, PAGE_ID } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const BASE = `/v1/pages/${PAGE_ID}`
const UNKNOWN = `/v1/pages/${'0'.repeat(64)}`

test('versions are told newest first, and each is shown by its instant', async () => {
  const server = await createGateway(fakeDoor())
  const list = await server.inject({ url: `${BASE}/versions` })
  const items = list.json<{ items: { at: string; isHeld: boolean }[] }>().items
  assert.deepEqual(
    items.map(({ isHeld }) => isHeld),
    [true, false],
  )
  assert.equal(items[1]?.at, OLDER_AT)
  const facts = await server.inject({ url: `${BASE}?at=${OLDER_AT}` })
  assert.equal(facts.json<{ since: string }>().since, OLDER_AT)
  const content = await server.inject({ url: `${BASE}/content?at=${OLDER_AT}` })
  assert.equal(content.body, 'older')
  // The door's clock stands still, at the beginning of 1970.
  for (const url of [`${BASE}/content`, BASE]) {
    assert.equal((await server.inject({ url })).headers.age, '0')
  }
  assert.equal((await server.inject({ url: `${BASE}/content` })).body, 'hello')
  await server.close()
})

test('a page that is not held has no versions, and an instant is one', async () => {
  const server = await createGateway(fakeDoor())
  for (const url of [
    `${UNKNOWN}/versions`,
    `${UNKNOWN}?at=${OLDER_AT}`,
    `${UNKNOWN}/content?at=1`,
  ]) {
    assert.equal((await server.inject({ url })).statusCode, 404, url)
  }
  assert.equal((await server.inject({ method: 'DELETE', url: UNKNOWN })).statusCode, 404)
  for (const url of [`${BASE}?at=never`, `${BASE}?at=`, `${BASE}/content?at=never`]) {
    assert.equal((await server.inject({ url })).statusCode, 400, url)
  }
  await server.close()
})

test('a page is taken away by an operator, and the audit log has it', async () => {
  await using door = await askedDoor()
  const ana = bearer(door.accounts.person('ana', 'member'))
  const beto = bearer(door.accounts.person('beto', 'operator'))
  const order = { method: 'DELETE', url: BASE } as const
  assert.equal((await door.ask({ ...order, headers: ana })).statusCode, 403)
  const done = await door.ask({ ...order, headers: beto })
  assert.deepEqual(done.json(), { versions: 2 })
  const of = { to: PAGE_ID, detail: PAGE.url }
  assert.deepEqual(door.accounts.noted, [{ by: 'beto', what: 'page.remove', ...of }])
})
