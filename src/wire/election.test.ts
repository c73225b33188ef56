import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { utf8 } from '../base/bytes.ts'
import { encodeElectionDatagram, macText, readElectionDatagram } from './election.ts'

const SAID = {
  kind: 'COORDINATOR',
  fence: 2 ** 40 + 7,
  ringId: 'c'.repeat(32),
  from: 'a'.repeat(32),
  to: 'higher',
  count: Number.MAX_SAFE_INTEGER,
  mac: 'f'.repeat(64),
} as const

test('readElectionDatagram() reads the longest that is sent, and takes any bytes', () => {
  assert.deepEqual(readElectionDatagram(encodeElectionDatagram(SAID)), { anillo: 1, ...SAID })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      return readElectionDatagram(bytes) === undefined
    }),
  )
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      return readElectionDatagram(utf8(JSON.stringify(json))) === undefined
    }),
  )
})

test('macText() tells every field', () => {
  const texts = [
    SAID,
    { ...SAID, kind: 'ELECTION' as const },
    { ...SAID, fence: 1 },
    { ...SAID, ringId: 'd'.repeat(32) },
    { ...SAID, from: 'd'.repeat(32) },
    { ...SAID, to: 'all' },
    { ...SAID, count: 1 },
  ].map(macText)
  assert.equal(new Set(texts).size, texts.length)
})
