import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hasMore, pathOf, readRows } from './records.ts'

test('pathOf() keeps names whole, whatever they contain', () => {
  assert.equal(pathOf({ table: 'notes', pk: 'a/b' }), '/v1/kv/notes/a%2Fb')
  assert.equal(pathOf({ table: 'ñ', pk: '?' }, ' #'), '/v1/kv/%C3%B1/%3F/%20%23')
})

test('readRows() tells text from other bytes, and leaves out what is no record', () => {
  const rows = readRows({
    items: [
      { sk: 'a', etag: '"1-2"', value: Buffer.from('día').toString('base64') },
      { sk: 'b', etag: '"1-3"', value: Buffer.from([0xff, 0]).toString('base64') },
      { sk: 'c', value: '' },
      null,
    ],
  })
  assert.deepEqual(rows, [
    { sk: 'a', etag: '"1-2"', text: 'día', bytes: 4 },
    { sk: 'b', etag: '"1-3"', text: undefined, bytes: 2 },
  ])
  assert.deepEqual(readRows('nothing'), [])
})

test('hasMore() goes by the cursor', () => {
  assert.equal(hasMore({ items: [], cursor: 'x' }), true)
  assert.equal(hasMore({ items: [] }), false)
  assert.equal(hasMore(undefined), false)
})
