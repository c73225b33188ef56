import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { sha256Hex } from './hash.ts'
import { ResumableSha256, SHA256_BLOCK_BYTES } from './resumable-sha256.ts'

test('it is SHA-256, at every length around the end of a block', () => {
  for (let length = 0; length <= 3 * SHA256_BLOCK_BYTES; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 7)
    assert.equal(new ResumableSha256().update(bytes).soFarHex(), sha256Hex(bytes), `${length}`)
  }
})

test('in pieces, and gone on with from its state anywhere, it is the same', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 })
  fc.assert(
    fc.property(pieces, (given) => {
      const whole = Buffer.concat(given)
      let hash = new ResumableSha256()
      let at = 0
      for (const piece of given) {
        hash.update(piece)
        at += piece.length
        const { state } = hash
        assert.equal(state.bytes, at - (at % SHA256_BLOCK_BYTES))
        assert.equal(hash.soFarHex(), sha256Hex(whole.subarray(0, at)))
        hash = new ResumableSha256(state).update(whole.subarray(state.bytes, at))
      }
      assert.equal(hash.soFarHex(), sha256Hex(whole))
    }),
  )
})
