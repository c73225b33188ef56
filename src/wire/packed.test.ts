import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Packr } from 'msgpackr'

import { fc } from '../../test/properties.ts'
import { DEPTH_MAX, pack, unpack, VALUES_MAX } from './packed.ts'

function read(bytes: Uint8Array) {
  return unpack({ source: bytes, start: 0, end: bytes.length })
}

const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(null, undefined, true, false),
    fc.integer(),
    // As an integer it loses its sign, which no message means anything by.
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
      tie('value'),
      {
        maxKeys: 20,
        noNullPrototype: true,
      },
    ),
  ),
})).value

test('unpack() gives back what pack() took', () => {
  fc.assert(
    fc.property(anyBody, (value) => {
      const bytes = pack(value).slice()
      assert.deepEqual(read(bytes), { kind: 'value', value })
    }),
  )
})

test('unpack() gives bytes back as bytes of their own', () => {
  const bytes = pack({ body: new Uint8Array([7, 8]) }).slice()
  const unpacked = read(bytes)
  assert.ok(unpacked.kind === 'value')
  const { body } = unpacked.value as { body: Uint8Array }
  assert.ok(body instanceof Uint8Array)
  assert.deepEqual([...body], [7, 8])
  assert.notEqual(body.buffer, bytes.buffer)
})

test('unpack() calls every beginning of a body garbled, never throws', () => {
  fc.assert(
    fc.property(anyBody, fc.nat(), (value, place) => {
      const bytes = pack(value).slice()
      const end = place % bytes.length
      assert.equal(unpack({ source: bytes, start: 0, end }).kind, 'garbled')
    }),
  )
})

test('unpack() never throws on random bytes, whatever it makes of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.match(read(bytes).kind, /^(value|garbled)$/)
    }),
    { numRuns: 2000 },
  )
})

test('unpack() refuses more depth, more values and longer lengths than the limits', () => {
  const nested = (depth: number): Uint8Array => new Uint8Array(depth + 1).fill(0x91, 0, depth)
  assert.equal(read(nested(DEPTH_MAX)).kind, 'value')
  assert.equal(read(nested(DEPTH_MAX + 1)).kind, 'garbled')
  const values = (count: number): Uint8Array => pack(Array.from({ length: count }, () => 0)).slice()
  assert.equal(read(values(VALUES_MAX - 1)).kind, 'value')
  assert.equal(read(values(VALUES_MAX)).kind, 'garbled')
  assert.equal(read(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])).kind, 'garbled')
  assert.equal(read(new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff])).kind, 'garbled')
  assert.equal(read(new Uint8Array([0xc6, 0xff, 0xff, 0xff, 0xff])).kind, 'garbled')
})

test('unpack() refuses extension types: a sender does not choose classes of ours', () => {
  const packr = new Packr({ useRecords: false, moreTypes: true })
  for (const value of [new Date(0), /a+/, new Set([1]), new Error('x'), new Float64Array(2)]) {
    assert.equal(read(packr.pack(value)).kind, 'garbled')
  }
  assert.equal(read(new Uint8Array([0xd4, 0x78, 0])).kind, 'garbled')
})

test('pack() may be called again at once with a value of megabytes', () => {
  const large = { body: new Uint8Array(3 << 20).fill(3) }
  assert.equal(pack(large).length, (3 << 20) + 13)
  assert.deepEqual(read(pack([1]).slice()), { kind: 'value', value: [1] })
})

test('pack() gives large bodies away: the next call leaves them as they are', () => {
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(20_000))
  const packed = texts.map((text) => pack({ text }))
  for (const [index, text] of texts.entries()) {
    const body = packed[index]
    assert.ok(body)
    assert.deepEqual(read(body), { kind: 'value', value: { text } })
  }
})
