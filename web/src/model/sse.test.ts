import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { EventStreamReader } from './sse.ts'

const STREAM =
  'retry: 500\n\ndata: {"a":1}\n\n: beat\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata: last\n\n'
const WANTED = ['{"a":1}', 'one\ntwo', 'last']

test('push() gives the data of each event and passes comments over', () => {
  assert.deepEqual(new EventStreamReader().push(STREAM), WANTED)
})

test('push() gives the same however the stream is cut', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 12 })
  fc.assert(
    fc.property(cuts, (unsorted) => {
      const reader = new EventStreamReader()
      const sorted = [0, ...unsorted.toSorted((a, b) => a - b), STREAM.length]
      const got = sorted.flatMap((cut, i) => reader.push(STREAM.slice(sorted[i - 1] ?? 0, cut)))
      assert.deepEqual(got, WANTED)
    }),
  )
})

test('push() forgets a line without end', () => {
  const reader = new EventStreamReader()
  assert.deepEqual(reader.push(`data: ${'x'.repeat(1_000_001)}`), [])
  assert.deepEqual(reader.push('\ndata: y\n\n'), ['y'])
})
