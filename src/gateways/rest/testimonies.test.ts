import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { TestimonyVerdict } from '../../wire/api-testimony.ts'
import { askedDoor, bearer } from './entrance.test-helper.ts'
import { PAGE_ID, SELF, TESTIMONY } from './fakes.test-helper.ts'

const BASE = `/v1/pages/${PAGE_ID}/witness`

test('GET /v1/pages/ID/witness gives the testimony byte for byte', async () => {
  await using door = await askedDoor()
  const answer = await door.ask({ url: BASE })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.body, TESTIMONY)
  assert.match(String(answer.headers['content-type']), /^application\/json/)
})

test('GET /v1/pages/ID/witness of a page without one says what to do', async () => {
  await using door = await askedDoor()
  for (const path of ['witness', 'witness/verdict']) {
    const answer = await door.ask({ url: `/v1/pages/${'0'.repeat(64)}/${path}` })
    assert.equal(answer.statusCode, 404)
    assert.match(answer.json<{ detail: string }>().detail, /ask for witnesses/)
  }
})

test('GET /v1/pages/ID/witness/verdict names members to who may watch the ring alone', async () => {
  await using door = await askedDoor({ hasGuests: false })
  const namesFor = async (headers: Readonly<Record<string, string>>) => {
    const answer = await door.ask({ url: `${BASE}/verdict`, headers })
    return answer.json<TestimonyVerdict>().witnesses.map(({ name }) => name)
  }
  const ana = bearer(door.accounts.person('ana', 'member'))
  assert.deepEqual(await namesFor(ana), [undefined])
  const bo = bearer(door.accounts.person('bo', 'member', ['ring.watch']))
  assert.deepEqual(await namesFor(bo), [SELF.name])
})

test('POST /v1/scrapes takes two to five witnesses', async () => {
  await using door = await askedDoor()
  const statusOf = async (witnesses: unknown): Promise<number> => {
    const payload = { url: 'http://a/', witnesses }
    return (await door.ask({ method: 'POST', url: '/v1/scrapes', payload })).statusCode
  }
  for (const count of [2, 5]) assert.equal(await statusOf(count), 200)
  for (const count of [0, 1, 6, 2.5, '3', null]) assert.equal(await statusOf(count), 400)
})
