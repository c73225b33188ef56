import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { DEPTH_MAX, VALUES_MAX } from './limits.ts'
import { packValue, readWhole, unpackValue, type Packable } from './msgpack.ts'
import { PACKED_VALUES } from './vectors.test-helper.ts'

const anyValue = fc.letrec<{ value: Packable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: DEPTH_MAX - 1, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
})).value

test('it writes and reads what Python does', () => {
  for (const [value, hex] of PACKED_VALUES) {
    assert.equal(hexOf(packValue(value as Packable)), hex)
    assert.deepEqual(unpackValue(bytesOfHex(hex)), value)
  }
})

test('what is written is read again', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const bytes = packValue(value)
      const read = unpackValue(bytes)
      // A text may begin with a mark of byte order, which readers of text leave out.
      if (!hexOf(bytes).includes('efbbbf')) assert.deepEqual(read, value)
    }),
  )
})

test('each prefix of a value, and each value with a byte more, is refused', () => {
  fc.assert(
    fc.property(anyValue, fc.nat(), (value, at) => {
      const bytes = packValue(value)
      assert.equal(unpackValue(bytes.slice(0, at % bytes.length)), undefined)
      assert.equal(unpackValue(Uint8Array.of(...bytes, 0xc0)), undefined)
    }),
  )
})

test('any bytes are read or refused, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      unpackValue(bytes)
    }),
    { numRuns: 2_000 },
  )
})

test('bytes and text stay apart', () => {
  assert.deepEqual(unpackValue(bytesOfHex('a161')), 'a')
  assert.deepEqual(unpackValue(bytesOfHex('c40161')), Uint8Array.of(0x61))
})

test('depth, count and length are bounded before anything is made', () => {
  const nested = (depth: number) => Uint8Array.of(...Array.from({ length: depth }, () => 0x91), 0)
  assert.notEqual(unpackValue(nested(DEPTH_MAX)), undefined)
  for (const depth of [DEPTH_MAX + 1, 10_000]) assert.equal(unpackValue(nested(depth)), undefined)
  const list = (count: number) => packValue(Array.from({ length: count }, () => 0))
  assert.notEqual(unpackValue(list(VALUES_MAX - 1)), undefined)
  assert.equal(unpackValue(list(VALUES_MAX)), undefined)
  for (const hex of ['ddffffffff00', 'dfffffffff00', 'dbffffffff00', 'c6ffffffff00', 'dcffff00']) {
    assert.equal(unpackValue(bytesOfHex(hex)), undefined, hex)
  }
})

test('extensions, keys that are no text or twice, and text that is no UTF-8 are refused', () => {
  for (const hex of ['c1', 'c70100ff', 'd40000', 'd6ff00000000', 'c80001ffff', 'c900000001ffff']) {
    assert.equal(unpackValue(bytesOfHex(hex)), undefined, hex)
  }
  for (const hex of ['810102', '82a16101a16102', 'a1ff', 'a2c3', 'a3eda080']) {
    assert.equal(unpackValue(bytesOfHex(hex)), undefined, hex)
  }
})

test('names of what every object has are keys like others', () => {
  const map = unpackValue(packValue(new Map([['__proto__', 1]])))
  assert.ok(map instanceof Map)
  assert.equal(map.get('__proto__'), 1)
})

test('what is no failure of reading goes on', () => {
  assert.throws(
    () =>
      readWhole(Uint8Array.of(0), () => {
        throw new TypeError('a bug')
      }),
    /a bug/,
  )
})
