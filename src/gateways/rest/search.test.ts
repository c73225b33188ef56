import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fakeDoor, PAGE_ID } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

test('pages are searched, and what is no search is refused', async () => {
  const server = await createGateway(fakeDoor())
  const found = await server.inject('/v1/search?q=hello')
  assert.equal(found.statusCode, 200)
  assert.equal(found.json().items[0].id, PAGE_ID)
  const bad = ['', '?q=', `?q=${'x'.repeat(501)}`, '?q=a&limit=0', '?q=a&limit=51']
  for (const query of bad) {
    assert.equal((await server.inject(`/v1/search${query}`)).statusCode, 400, query)
  }
  await server.close()
})
