import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { utf8 } from '../../base/bytes.ts'
import {
  BATCH_EXTRA_BYTES,
  batchBehind,
  decodeSegmentHeader,
  encodeSegmentHeader,
  FIRST_BATCH_AT,
  openBatch,
  sealBatch,
  writtenBytes,
  type BatchPlace,
} from './segment.ts'

const { cipher } = new World({ seed: 2 }).machine().effects()
const key = new Uint8Array(32).fill(4)
const PAYLOAD = utf8('some records')
const BATCH_BYTES = PAYLOAD.length + BATCH_EXTRA_BYTES

function sealed(place: BatchPlace): Uint8Array {
  const into = new Uint8Array(BATCH_BYTES)
  sealBatch(cipher, { place, key, payload: PAYLOAD, into })
  return into
}

test('decodeSegmentHeader() gives what was encoded, in a file of its length alone', () => {
  const header = { number: 7, capacityBytes: 4_096, key: new Uint8Array(32).fill(8) }
  const file = new Uint8Array(header.capacityBytes)
  file.set(encodeSegmentHeader(header, { cipher, key }))
  assert.deepEqual(decodeSegmentHeader(file, { cipher, key }), header)
  for (const length of [0, FIRST_BATCH_AT - 1, FIRST_BATCH_AT, file.length - 1]) {
    assert.equal(typeof decodeSegmentHeader(file.slice(0, length), { cipher, key }), 'string')
  }
  const otherKey = new Uint8Array(32).fill(5)
  const problem = decodeSegmentHeader(file, { cipher, key: otherKey })
  assert.equal(problem, 'it was sealed under another key')
})

test('openBatch() opens a batch in its own place alone', () => {
  const place = { segment: 7, sequence: 1, offset: 600 }
  const file = new Uint8Array(2_000)
  file.set(sealed(place), place.offset)
  const opened = openBatch(file, place, { cipher, key })
  assert.deepEqual(opened, { payload: PAYLOAD, end: 600 + BATCH_BYTES })
  for (const other of [{ segment: 8 }, { sequence: 0 }, { sequence: 2 }, { offset: 599 }]) {
    assert.equal(openBatch(file, { ...place, ...other }, { cipher, key }), undefined)
  }
  const moved = new Uint8Array(2_000)
  moved.set(sealed(place), 700)
  assert.equal(openBatch(moved, { ...place, offset: 700 }, { cipher, key }), undefined)
  const cut = file.slice(0, 599 + BATCH_BYTES)
  assert.equal(openBatch(cut, place, { cipher, key }), undefined)
})

test('batchBehind() finds a header in its place, behind the offset', () => {
  const file = new Uint8Array(2_000).fill(0xb7, 0, 500)
  assert.equal(batchBehind(file, 7, 0), undefined)
  file.set(sealed({ segment: 7, sequence: 3, offset: 901 }), 901)
  assert.equal(batchBehind(file, 7, 0), 901)
  assert.equal(batchBehind(file, 7, 901), undefined)
  assert.equal(batchBehind(file, 8, 0), undefined)
  const moved = new Uint8Array(2_000)
  moved.set(sealed({ segment: 7, sequence: 3, offset: 901 }), 902)
  assert.equal(batchBehind(moved, 7, 0), undefined)
  // A payload that is gone changes nothing: the header alone was written after a sync.
  file.fill(0, 930)
  assert.equal(batchBehind(file, 7, 0), 901)
})

test('writtenBytes() reaches to the last byte that is not zero', () => {
  for (let last = 0; last < 40; last++) {
    const bytes = new Uint8Array(40)
    bytes[last] = 1
    for (const from of [0, 3, 8, 17]) {
      assert.equal(writtenBytes(bytes, from), Math.max(0, last + 1 - from), `${last} from ${from}`)
    }
  }
  assert.equal(writtenBytes(new Uint8Array(40), 5), 0)
})
