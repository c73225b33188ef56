import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { concat } from '../base/bytes.ts'
import { FLAG, FRAME_BODY_BYTES_MAX, FrameReader, HEADER_BYTES, KIND, putHeader } from './frame.ts'

interface Kept {
  readonly kind: number
  readonly flags: number
  readonly method: number
  readonly id: number
  readonly value: number
  readonly body: readonly number[]
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anyFrame: fc.Arbitrary<Kept> = fc.record(
  {
    kind: fc.constantFrom(...Object.values(KIND)),
    flags: fc.constantFrom(0, FLAG.raw, FLAG.stream, FLAG.raw | FLAG.notApplied),
    method: fc.integer({ min: 0, max: 65_535 }),
    id: u32,
    value: u32,
    body: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }),
  },
  { noNullPrototype: true },
)

function encode(frame: Kept): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + frame.body.length)
  putHeader(bytes, frame, { at: 0, bodyBytes: frame.body.length })
  bytes.set(frame.body, HEADER_BYTES)
  return bytes
}

function readAll(reader: FrameReader, pieces: readonly Uint8Array[]): Kept[] {
  const frames: Kept[] = []
  for (const piece of pieces) {
    const reading = reader.push(piece, ({ source, start, end, kind, flags, method, id, value }) => {
      frames.push({ kind, flags, method, id, value, body: [...source.subarray(start, end)] })
      return true
    })
    assert.equal(reading.kind, 'read')
  }
  return frames
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

test('FrameReader gives back every frame, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 12 }),
      fc.array(fc.nat(2000), { maxLength: 30 }),
      (frames, places) => {
        const pieces = cut(concat(frames.map(encode)), places)
        assert.deepEqual(readAll(new FrameReader(FRAME_BODY_BYTES_MAX), pieces), frames)
      },
    ),
  )
})

test('FrameReader does not copy a body that lies within one piece', () => {
  const bytes = encode({ kind: KIND.answer, flags: 0, method: 0, id: 1, value: 0, body: [1, 2] })
  let source: Uint8Array | undefined
  new FrameReader(100).push(bytes, (frame) => {
    source = frame.source
    return true
  })
  assert.equal(source, bytes)
})

test('FrameReader answers random bytes with frames or `garbled`, and never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (pieces) => {
      const reader = new FrameReader(1000)
      let garbled = false
      for (const piece of pieces) {
        const reading = reader.push(piece, () => true)
        // Once garbled, always garbled.
        assert.ok(!garbled || reading.kind === 'garbled')
        garbled = reading.kind === 'garbled'
      }
    }),
  )
})

test('FrameReader calls a length over the limit garbled before any memory is taken', () => {
  const bytes = new Uint8Array(HEADER_BYTES)
  putHeader(bytes, { kind: KIND.request }, { at: 0, bodyBytes: 1001 })
  const reader = new FrameReader(1000)
  assert.deepEqual(
    reader.push(bytes, () => true),
    {
      kind: 'garbled',
      problem: 'frame of 1001 bytes',
    },
  )
})

test('FrameReader stops where `take` says so', () => {
  const one = encode({ kind: KIND.ping, flags: 0, method: 0, id: 0, value: 0, body: [] })
  let taken = 0
  new FrameReader(0).push(concat([one, one, one]), () => ++taken < 2)
  assert.equal(taken, 2)
})

test('every kind has a number of its own that stays', () => {
  const frozen =
    'hello 1 refuse 2 name 3 request 4 answer 5 failure 6 item 7 end 8 cancel 9 credit 10 ping 11 pong 12 goodbye 13 notice 14'
  const actual = Object.entries(KIND).map(([name, number]) => `${name} ${number}`)
  assert.equal(actual.join(' '), frozen)
})
