import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { byteText, utf8 } from '../base/bytes.ts'
import { bencode, unbencode, unbencodeMap, type Unbencoded } from './bencode.ts'

const anyValue = fc.letrec<{ value: Unbencoded }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7, depthSize: 'small' },
    fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value)),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
})).value

test('what is written is read again', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      assert.deepEqual(unbencode(bencode(value)), value)
    }),
  )
})

test('bytes of any kind are read without a fault, and only what is written so is taken', () => {
  const letters = fc.constantFrom(...Array.from('dlie:0123456789-a'))
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 40 }), (parts) => {
      const bytes = utf8(parts.join(''))
      const value = unbencode(bytes)
      // Keys may come in any order; all else has one writing.
      if (value !== undefined) assert.equal(bencode(value).length, bytes.length)
    }),
    { numRuns: 5_000 },
  )
})

test('the examples of BEP 3', () => {
  assert.deepEqual(unbencode(utf8('4:spam')), utf8('spam'))
  assert.equal(unbencode(utf8('i3e')), 3)
  assert.equal(unbencode(utf8('i-3e')), -3)
  assert.deepEqual(unbencode(utf8('l4:spam4:eggse')), [utf8('spam'), utf8('eggs')])
  const map = unbencodeMap(utf8('d3:cow3:moo4:spam4:eggse'))
  assert.deepEqual(map && byteText(bencode(map)), 'd3:cow3:moo4:spam4:eggse')
})

test('what is no bencoding is refused', () => {
  const wrong = [
    '',
    'i03e',
    'i-0e',
    'i-03e',
    'ie',
    'i3',
    'i3ee',
    '3:ab',
    '03:abc',
    '-1:a',
    'd',
    'l',
  ]
  const alsoWrong = ['di1ei2ee', 'd1:ai1e1:ai2ee', 'd1:ae', 'i1.5e', 'i+1e', 'i9007199254740992e']
  for (const text of [...wrong, ...alsoWrong]) assert.equal(unbencode(utf8(text)), undefined, text)
  assert.equal(unbencodeMap(utf8('i1e')), undefined)
})

test('depth and number of parts are bounded', () => {
  const nested = (depth: number): Uint8Array => utf8('l'.repeat(depth) + 'e'.repeat(depth))
  assert.notEqual(unbencode(nested(8)), undefined)
  assert.equal(unbencode(nested(9)), undefined)
  assert.equal(unbencode(nested(100_000)), undefined)
  const long = (parts: number): Uint8Array => utf8(`l${'i1e'.repeat(parts)}e`)
  assert.notEqual(unbencode(long(1_000)), undefined)
  assert.equal(unbencode(long(2_000)), undefined)
})
