import assert from 'node:assert/strict'
import { createHash, hash } from 'node:crypto'
import { test } from 'node:test'

import { hashOf } from './hash-file.ts'
import { Sha256 } from './sha256.ts'

test('Sha256 is that of FIPS 180-4 at every length around its blocks, however it is cut', () => {
  for (const bytes of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1_000]) {
    const all = Uint8Array.from({ length: bytes }, (_, index) => (index * 31) % 256)
    for (const cut of [1, 13, 64, 1_000]) {
      const sum = new Sha256()
      for (let at = 0; at < bytes; at += cut) sum.update(all.subarray(at, at + cut))
      assert.equal(sum.digestHex(), hash('sha256', all, 'hex'), `${bytes} bytes by ${cut}`)
    }
  }
})

test('hashOf() reads a file in pieces, and stops when nobody wants it', async () => {
  const all = new Uint8Array(2_500_000).fill(7)
  const file = new Blob([all])
  const digest = createHash('sha256').update(all).digest('hex')
  assert.equal(await hashOf(file, new AbortController().signal), digest)
  await assert.rejects(hashOf(file, AbortSignal.abort()), { name: 'AbortError' })
})
