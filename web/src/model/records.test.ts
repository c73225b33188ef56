import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hasMore, listFromPathOf, pathOf, readRows, writePathOf } from './records.ts'

test('pathOf() keeps names whole, whatever they contain', () => {
  assert.equal(pathOf({ table: 'notes', pk: 'a/b' }), '/v1/kv/notes/a%2Fb')
  assert.equal(pathOf({ table: 'ñ', pk: '?' }, ' #'), '/v1/kv/%C3%B1/%3F/%20%23')
})

const END = '2026-11-21T00:01:00.000Z'

test('writePathOf() lets a record that ends by itself end when it would have', () => {
  const home = { table: 'notes', pk: 'anna' }
  const row = { sk: 'x', etag: '"1-1"', text: '', bytes: 0 }
  const pathAt = (now: string, expiresAt: string | undefined): string =>
    writePathOf(home, { sk: 'x', seen: { ...row, expiresAt } }, Date.parse(now))
  assert.equal(writePathOf(home, { sk: 'x', seen: undefined }, 0), '/v1/kv/notes/anna/x')
  assert.equal(pathAt(END, undefined), '/v1/kv/notes/anna/x')
  assert.equal(pathAt('2026-11-21T00:00:29.500Z', END), '/v1/kv/notes/anna/x?ttl=31')
  assert.equal(pathAt('2026-11-21T00:02:00.000Z', END), '/v1/kv/notes/anna/x?ttl=1')
  assert.equal(listFromPathOf(home, 'a b'), '/v1/kv/notes/anna?start=a%20b&limit=1')
})

test('readRows() tells text from other bytes, and leaves out what is no record', () => {
  const rows = readRows({
    items: [
      { sk: 'a', etag: '"1-2"', value: Buffer.from('día').toString('base64') },
      { sk: 'b', etag: '"1-3"', value: Buffer.from([0xff, 0]).toString('base64'), expiresAt: END },
      { sk: 'c', value: '' },
      null,
    ],
  })
  assert.deepEqual(rows, [
    { sk: 'a', etag: '"1-2"', text: 'día', bytes: 4, expiresAt: undefined },
    { sk: 'b', etag: '"1-3"', text: undefined, bytes: 2, expiresAt: END },
  ])
  assert.deepEqual(readRows('nothing'), [])
})

test('hasMore() goes by the cursor', () => {
  assert.equal(hasMore({ items: [], cursor: 'x' }), true)
  assert.equal(hasMore({ items: [] }), false)
  assert.equal(hasMore(undefined), false)
})
