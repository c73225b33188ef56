import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DIGEST_NAMES, startDigest } from './digests.ts'

/**
 * Of “The quick brown fox jumps over the lazy dog”, as RFC 1321’s and other implementations say.
 */
const EXPECTED = {
  CRC32: '414fa339',
  MD5: '9e107d9d372bb6826bd81d3542a419d6',
  'SHA-1': '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
  'SHA-256': 'd7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592',
  'SHA-512':
    '07e547d9586f6a73f73fbac0435ed76951218fb7d0c8d788a309d785436bbb642e93a252a954f23912547d1e8a3b5ed6e1bfd7097821233fa0538f3db854fee6',
} as const

for (const name of DIGEST_NAMES) {
  test(`${name} of what comes in pieces is that of the whole`, () => {
    const digest = startDigest(name)
    for (const piece of ['The quick brown ', '', 'fox jumps over the lazy dog']) {
      digest.update(new TextEncoder().encode(piece))
    }
    assert.equal(digest.hex(), EXPECTED[name])
  })
}
