import assert from 'node:assert/strict'
import { test } from 'node:test'

import { keyOf, lookupLines } from './lookup.ts'

const OWNER = { name: 'n3', id: '3', address: '127.0.0.1:9302', position: '0' }

test('keyOf() takes an address by its one spelling, and any other text as it stands', () => {
  assert.equal(keyOf(':8000'), 'http://localhost:8000/')
  assert.equal(keyOf('Example.org'), 'https://example.org/')
  for (const text of ['anything', 'two words', 'ftp://x/', '...']) assert.equal(keyOf(text), text)
})

test('lookupLines() tells what was looked up, its owner, and the way', () => {
  const lookup = { key: 'http://x/', position: 'ab'.repeat(32), owner: OWNER, hops: [OWNER] }
  assert.deepEqual(lookupLines(lookup), [
    'http://x/ has its place at abababababababab…',
    'n3 (127.0.0.1:9302) owns it.',
    '1 hop: n3',
  ])
  assert.match(lookupLines({ ...lookup, hops: [OWNER, OWNER] }).at(-1) ?? '', /^2 hops: n3 → n3$/)
})
