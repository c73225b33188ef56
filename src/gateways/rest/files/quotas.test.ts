import assert from 'node:assert/strict'
import { test } from 'node:test'

import { bearer } from '../entrance.test-helper.ts'
import { filesDoor } from './files-door.test-helper.ts'

async function managed() {
  const door = await filesDoor()
  const token = door.accounts.person('eva', 'administrator')
  return {
    ...door,
    asEva: (method: 'GET' | 'PUT', url: string, payload?: object) =>
      door.ask({
        method,
        url,
        headers: bearer(token),
        ...(payload === undefined ? {} : { payload }),
      }),
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  }
}

const NONE = { bytes: 0, files: 0 }
const SERVICES = { files: { bytes: 12, files: 1 }, dweets: NONE, shares: NONE }

test('a manager sees what everybody has, and says how much they may', async () => {
  await using door = await managed()
  await door.has('/shared/a', 'twelve bytes')
  const first = await door.asEva('GET', '/v1/quotas')
  assert.equal(first.statusCode, 200)
  const { everybody, items } = first.json()
  assert.deepEqual(everybody, { bytesMax: null, filesMax: null })
  assert.deepEqual(
    items.find(({ nick }: { nick: string }) => nick === 'ana'),
    { nick: 'ana', services: SERVICES, bytes: 12, files: 1, claimedBytes: 0, limits: {} },
  )
  const limits = { bytesMax: 20, filesMax: null, downPerSecond: 100_000 }
  const set = await door.asEva('PUT', '/v1/quotas/Ana', limits)
  assert.deepEqual(set.json(), {
    nick: 'ana',
    services: SERVICES,
    bytes: 12,
    files: 1,
    claimedBytes: 0,
    bytesMax: 20,
    downPerSecond: 100_000,
    limits,
  })
  const own = await door.asAna({ method: 'GET', url: '/v1/quota' })
  assert.equal(own.json().bytesMax, 20)
  const usual = await door.asEva('PUT', '/v1/quotas', { bytesMax: 5, filesMax: 7 })
  assert.deepEqual(usual.json(), { bytesMax: 5, filesMax: 7 })
  const eva = await door.asEva('GET', '/v1/quotas/eva')
  assert.deepEqual([eva.json().bytesMax, eva.json().filesMax], [5, 7])
  const put = await door.asAna({
    method: 'PUT',
    url: '/v1/files/shared/b',
    payload: 'nine more',
    headers: { 'content-type': 'application/octet-stream' },
  })
  assert.deepEqual([put.statusCode, put.json().code], [507, 'QUOTA_FULL'])
  assert.match(put.json().detail, /12 B of 20 B that ana may have/)
})

test('people are listed a page at a time', async () => {
  await using door = await managed()
  for (const nick of ['ben', 'carla', 'dora']) door.accounts.person(nick, 'member')
  const nicks: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const asked = await door.asEva('GET', `/v1/quotas?limit=2${after}`)
    const page: { items: { nick: string }[]; cursor?: string } = asked.json()
    nicks.push(...page.items.map(({ nick }) => nick))
    cursor = page.cursor
  }
  assert.deepEqual(nicks.toSorted(), ['ana', 'ben', 'carla', 'dora', 'eva'])
})

test('nobody else sees or sets them, and what is no limit changes nothing', async () => {
  await using door = await managed()
  for (const [method, url] of [
    ['GET', '/v1/quotas'],
    ['GET', '/v1/quotas/eva'],
    ['PUT', '/v1/quotas'],
    ['PUT', '/v1/quotas/ana'],
  ] as const) {
    const asked = await door.asAna({ method, url, ...(method === 'PUT' ? { payload: {} } : {}) })
    assert.deepEqual([asked.statusCode, asked.json().code], [403, 'PERMISSION_MISSING'], url)
  }
  for (const body of [
    { bytesMax: -1 },
    { bytesMax: '10G' },
    { filesMax: 1.5 },
    { upPerSecond: 10 },
    { bytes: 10 },
    { bytesMax: 1e18 },
  ]) {
    const asked = await door.asEva('PUT', '/v1/quotas/ana', body)
    assert.deepEqual([asked.statusCode, asked.json().code], [400, 'BAD_REQUEST'])
  }
  for (const nick of ['nobody', 'no%20nick']) {
    for (const asked of [
      await door.asEva('GET', `/v1/quotas/${nick}`),
      await door.asEva('PUT', `/v1/quotas/${nick}`, { bytesMax: 1 }),
    ]) {
      assert.deepEqual([asked.statusCode, asked.json().code], [404, 'NO_USER'])
    }
  }
  assert.deepEqual((await door.asEva('GET', '/v1/quotas/ana')).json().limits, {})
})

test('what an account that was deleted left in the tree is told on', async () => {
  await using door = await managed()
  await door.has('/shared/a', 'twelve bytes')
  door.accounts.people.delete('ana')
  assert.equal((await door.asEva('GET', '/v1/quotas/ana')).json().bytes, 12)
})
