import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askedDoor, bearer } from './entrance.test-helper.ts'
import { SELF } from './fakes.test-helper.ts'

const REQUESTS = [
  { url: '/v1/scrapes', payload: { url: 'http://a/' } },
  { url: '/v1/crawls', payload: { seeds: ['http://a/'] } },
]

test('a vantage is for who may watch the ring; others learn no name by it', async () => {
  await using door = await askedDoor({ hasGuests: false })
  const ana = bearer(door.accounts.person('ana', 'member'))
  const bo = bearer(door.accounts.person('bo', 'member', ['ring.watch']))
  for (const { payload, url } of REQUESTS) {
    const answerTo = (headers: Readonly<Record<string, string>>, vantage: unknown) =>
      door.ask({ method: 'POST', url, headers, payload: { ...payload, vantage } })
    const known = await answerTo(ana, SELF.name)
    const unknown = await answerTo(ana, 'nobody')
    assert.equal(known.statusCode, 403)
    assert.equal(known.body, unknown.body)
    assert.equal((await answerTo(bo, SELF.name)).statusCode < 300, true)
    const refused = await answerTo(bo, 'nobody')
    assert.equal(refused.statusCode, 400)
    assert.equal(refused.json<{ code: string }>().code, 'VANTAGE_UNKNOWN')
    for (const none of ['', 'x'.repeat(301), 5]) {
      assert.equal((await answerTo(bo, none)).json<{ code: string }>().code, 'BAD_REQUEST')
    }
  }
})
