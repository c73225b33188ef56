/** What every Cipher keeps. */
import assert from 'node:assert/strict'

import { AssertionError } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { CIPHER_KEY_BYTES, SEAL_BYTES } from '../../src/effects/cipher.ts'
import { promise, type Suite } from './subject.ts'

const KEY = new Uint8Array(CIPHER_KEY_BYTES).fill(7)
const OTHER_KEY = new Uint8Array(CIPHER_KEY_BYTES).fill(8)
const TEXT = utf8('what nobody else may read')
const BOUND = utf8('place 1')

export function cipherSuite(suite: Suite<'cipher'>): void {
  promise(suite, 'Cipher.open() gives what seal() took', async ({ cipher }) => {
    for (const bytes of [TEXT, new Uint8Array(0), new Uint8Array(100_000).fill(3)]) {
      const sealed = cipher.seal(KEY, bytes, BOUND)
      assert.equal(sealed.length, bytes.length + SEAL_BYTES)
      assert.deepEqual(cipher.open(KEY, sealed, BOUND), bytes)
    }
  })

  promise(suite, 'Cipher.sealInto() writes there and nowhere else', async ({ cipher }) => {
    const into = new Uint8Array(TEXT.length + SEAL_BYTES + 20).fill(9)
    cipher.sealInto(KEY, { bytes: TEXT, bound: BOUND, into, at: 10 })
    const edges = [...into.subarray(0, 10), ...into.subarray(-10)]
    assert.ok(edges.every((byte) => byte === 9))
    assert.deepEqual(cipher.open(KEY, into.subarray(10, -10), BOUND), TEXT)
    const tight = { bytes: TEXT, bound: BOUND, into, at: 21 }
    assert.throws(() => cipher.sealInto(KEY, tight), AssertionError)
  })

  openIntoSuite(suite)

  promise(suite, 'Cipher.open() refuses every flipped bit', async ({ cipher }) => {
    const sealed = cipher.seal(KEY, TEXT, BOUND)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.equal(cipher.open(KEY, changed, BOUND), undefined, `bit ${bit}`)
    }
  })

  promise(suite, 'Cipher.open() refuses another key, place or length', async ({ cipher }) => {
    const sealed = cipher.seal(KEY, TEXT, BOUND)
    assert.equal(cipher.open(OTHER_KEY, sealed, BOUND), undefined)
    assert.equal(cipher.open(KEY, sealed, utf8('place 2')), undefined)
    assert.equal(cipher.open(KEY, sealed, new Uint8Array(0)), undefined)
    for (let length = 0; length < sealed.length; length++) {
      assert.equal(cipher.open(KEY, sealed.subarray(0, length), BOUND), undefined)
    }
  })

  promise(suite, 'Cipher.seal() hides equal texts behind other bytes', async ({ cipher }) => {
    const seals = Array.from({ length: 2_000 }, () => cipher.seal(KEY, TEXT, BOUND))
    const nonces = new Set(seals.map((sealed) => sealed.subarray(0, 12).join()))
    assert.equal(nonces.size, seals.length)
  })
}

function openIntoSuite(suite: Suite<'cipher'>): void {
  promise(
    suite,
    'Cipher.openInto() puts at the beginning what open() gives',
    async ({ cipher }) => {
      for (const bytes of [TEXT, new Uint8Array(0), new Uint8Array(100_000).fill(3)]) {
        const sealed = cipher.seal(KEY, bytes, BOUND)
        const into = new Uint8Array(bytes.length + 3).fill(9)
        assert.deepEqual(cipher.openInto(KEY, { sealed, bound: BOUND, into }), bytes)
        assert.deepEqual(into, new Uint8Array([...bytes, 9, 9, 9]))
        const changed = { sealed: sealed.fill(1, 0, 1).fill(2, 1, 2), bound: BOUND, into }
        assert.equal(cipher.openInto(KEY, changed), undefined)
      }
      const tight = { sealed: cipher.seal(KEY, TEXT, BOUND), bound: BOUND, into: new Uint8Array(3) }
      assert.throws(() => cipher.openInto(KEY, tight), AssertionError)
    },
  )

  promise(suite, 'Cipher.openInto() opens in the memory of what is sealed', async ({ cipher }) => {
    for (const head of [0, 14]) {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)
      const memory = new Uint8Array(head + bytes.length + SEAL_BYTES)
      cipher.sealInto(KEY, { bytes, bound: BOUND, into: memory, at: head })
      const sealed = memory.subarray(head)
      assert.deepEqual(cipher.openInto(KEY, { sealed, bound: BOUND, into: memory }), bytes)
    }
  })
}
