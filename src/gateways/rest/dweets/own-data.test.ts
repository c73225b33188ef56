import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { ANA, BEN } from '../../../services/dweets/dweet-world.test-helper.ts'
import { filesIn } from '../../../services/dweets/own-data/carried.test-helper.ts'
import { ownDataDoor } from './own-data-door.test-helper.ts'

const ITEM = {
  kind: 'dweet',
  id: 'https://elsewhere.example/1',
  createdAt: '2020-02-03T04:05:06.007Z',
  text: 'from elsewhere',
  visibility: 'public',
} as const

test('GET /v1/dweets/export is a ZIP of one’s own, for its owner alone', async () => {
  await using door = await ownDataDoor()
  await door.dweets.publish(ANA, { text: 'mine' })
  await door.dweets.publish(BEN, { text: 'theirs' })
  const answer = await door.asAna({ url: '/v1/dweets/export' })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers['content-type'], 'application/zip')
  assert.equal(answer.headers['content-disposition'], 'attachment; filename="anillo-ana.zip"')
  assert.equal(answer.headers['cache-control'], 'no-store')
  const files = filesIn(answer.rawPayload)
  assert.deepEqual(
    [...files.keys()],
    [
      'anillo.json',
      'actor.json',
      'outbox.json',
      'following_accounts.csv',
      'muted_accounts.csv',
      'blocked_accounts.csv',
      'lists.csv',
      'likes.json',
      'bookmarks.json',
    ],
  )
  const { orderedItems, totalItems } = JSON.parse(files.get('outbox.json') ?? '')
  assert.equal(totalItems, 1)
  assert.equal(orderedItems[0].object.source.content, 'mine')
  assert.equal((await door.ask({ url: '/v1/dweets/export' })).statusCode, 401)
  door.world.failing = new AnilloError('STORE_UNAVAILABLE', { partition: 1, problem: 'away' })
  assert.equal((await door.asAna({ url: '/v1/dweets/export' })).statusCode, 503)
})

test('POST /v1/dweets/import answers each item, and takes the same again', async () => {
  await using door = await ownDataDoor()
  const payload = { items: [ITEM, { ...ITEM, id: 'x:2', text: 'x'.repeat(300) }] }
  const asked = { method: 'POST', url: '/v1/dweets/import', payload } as const
  const first = (await door.asAna(asked)).json()
  assert.deepEqual(first.items[1], { outcome: 'skipped', why: 'tooLong' })
  const { id, outcome } = first.items[0]
  assert.equal(outcome, 'imported')
  assert.deepEqual((await door.asAna(asked)).json().items[0], { outcome: 'there', id })
  const shown = (await door.asBen({ url: `/v1/dweets/${id}` })).json()
  assert.deepEqual(
    [shown.createdAt, shown.importedAt, shown.text, shown.likes],
    [ITEM.createdAt, '2026-11-22T00:00:00.000Z', ITEM.text, 0],
  )
})

test('POST /v1/dweets/import refuses what is of no shape, and what is too much', async () => {
  await using door = await ownDataDoor()
  const refused: readonly unknown[] = [
    {},
    { items: [] },
    { items: [{ kind: 'dweet' }] },
    { items: [{ ...ITEM, likes: 1_000 }] },
    { items: [{ ...ITEM, author: 'ben' }] },
    { items: [{ ...ITEM, visibility: 'direct' }] },
    { items: [{ ...ITEM, createdAt: 7 }] },
    { items: [{ ...ITEM, createdAt: 'yesterday' }] },
    { items: [{ ...ITEM, id: 'x'.repeat(513) }] },
    { items: [{ ...ITEM, id: '' }] },
    { items: [{ ...ITEM, text: 'x'.repeat(10_000) }] },
    { items: [{ kind: 'follow' }] },
    { items: [{ kind: 'password', text: 'x' }] },
    { items: Array.from({ length: 41 }, () => ITEM) },
    { items: [ITEM], nick: 'ben' },
    [ITEM],
  ]
  for (const payload of refused) {
    const asked = { method: 'POST', url: '/v1/dweets/import' } as const
    const answer = await door.asAna({ ...asked, payload: payload as object })
    assert.equal(answer.statusCode, 400, JSON.stringify(payload).slice(0, 200))
  }
  assert.equal((await door.dweets.profile(ANA, 'ana')).dweets, 0)
})

test('/v1/dweets/retention is off, set, told, and taken back', async () => {
  await using door = await ownDataDoor()
  const url = '/v1/dweets/retention'
  assert.deepEqual((await door.asAna({ url })).json(), { retention: null })
  const rule = { afterDays: 30, keepLiked: true, keepBookmarked: false, keepLikes: 5 }
  const set = await door.asAna({ method: 'PUT', url, payload: rule })
  assert.deepEqual([set.statusCode, set.json()], [200, { retention: rule }])
  assert.deepEqual((await door.asAna({ url })).json(), { retention: rule })
  assert.deepEqual((await door.asBen({ url })).json(), { retention: null })
  for (const payload of [{}, { afterDays: 0 }, { afterDays: 4_000 }, { ...rule, keepLikes: 0 }]) {
    assert.equal((await door.asAna({ method: 'PUT', url, payload })).statusCode, 400)
  }
  assert.equal((await door.asAna({ method: 'DELETE', url })).statusCode, 204)
  assert.deepEqual((await door.asAna({ url })).json(), { retention: null })
})

test('DELETE /v1/users/NICK/dweets takes all of one’s own, and nobody else’s', async () => {
  await using door = await ownDataDoor()
  const { id } = await door.dweets.publish(ANA, { text: 'mine' })
  const url = '/v1/users/ana/dweets'
  assert.equal((await door.asBen({ method: 'DELETE', url })).statusCode, 403)
  assert.equal((await door.asBen({ url: `/v1/dweets/${id}` })).statusCode, 200)
  assert.equal((await door.asAna({ method: 'DELETE', url })).statusCode, 202)
  door.world.deliver()
  assert.equal((await door.asBen({ url: `/v1/dweets/${id}` })).statusCode, 404)
  assert.equal((await door.asAna({ method: 'DELETE', url })).statusCode, 202)
})
