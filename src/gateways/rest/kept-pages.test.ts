import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { KeptPages } from '../../wire/api-kept-pages.ts'
import { fakeDoor, PAGE, PAGE_ID } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

test('POST /v1/pages/kept tells which addresses are kept, each once, and asks no site', async () => {
  const server = await createGateway(fakeDoor())
  const ask = async (payload: object) =>
    server.inject({ method: 'POST', url: '/v1/pages/kept', payload })
  const urls = [PAGE.url, PAGE.url, 'mailto:ana', 'not an address', 'x'.repeat(8_192)]
  const answer = await ask({ urls })
  assert.equal(answer.statusCode, 200, answer.body)
  const { fetchedAt, title, url } = PAGE
  assert.deepEqual(answer.json<KeptPages>().items.slice(0, 1), [
    { url, id: PAGE_ID, title, fetchedAt },
  ])
  for (const bad of [
    {},
    { urls: [] },
    { urls: Array.from({ length: 51 }, () => url) },
    { urls: [1] },
  ]) {
    assert.equal((await ask(bad)).statusCode, 400, JSON.stringify(bad))
  }
  await server.close()
})
