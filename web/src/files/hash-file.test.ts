import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { hashOf } from './hash-file.ts'

test('hashOf() reads a file in pieces, and stops when nobody wants it', async () => {
  const all = new Uint8Array(2_500_000).fill(7)
  const file = new Blob([all])
  const digest = createHash('sha256').update(all).digest('hex')
  assert.equal(await hashOf(file, new AbortController().signal), digest)
  await assert.rejects(hashOf(file, AbortSignal.abort()), { name: 'AbortError' })
})
