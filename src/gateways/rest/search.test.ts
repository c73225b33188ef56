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

test('GET /v1/pages/ID/similar tells of pages that are held, and /v1/search unfolds', async () => {
  const asked: unknown[] = []
  const door = fakeDoor()
  const search: typeof door.search = {
    search: async (_, how) => {
      asked.push(how.isUnfolded)
      return { items: [], found: 0, isPartial: false }
    },
  }
  const server = await createGateway({ ...door, search })
  const statusOf = async (url: string): Promise<number> => (await server.inject({ url })).statusCode
  assert.equal(await statusOf(`/v1/pages/${PAGE_ID}/similar`), 200)
  assert.equal(await statusOf(`/v1/pages/${PAGE_ID}/similar?limit=51`), 400)
  assert.equal(await statusOf(`/v1/pages/${'0'.repeat(64)}/similar`), 404)
  for (const more of ['', '&unfold=true', '&unfold=false']) {
    assert.equal(await statusOf(`/v1/search?q=tide${more}`), 200)
  }
  assert.deepEqual(asked, [false, true, false])
  assert.equal(await statusOf('/v1/search?q=tide&unfold=perhaps'), 400)
  await server.close()
})
