import assert from 'node:assert/strict'
import { test } from 'node:test'

import { COUNTER_MAX } from '../../wire/record-limits.ts'
import { fourBytesAt, setFourBytes, setSixBytes, sixBytesAt } from './row-bytes.ts'

test('numbers of four and six bytes are read back, and others are a bug', () => {
  const bytes = new Uint8Array(8)
  for (const number of [0, 1, 255, 65_536, 2 ** 31, 2 ** 32 - 1]) {
    setFourBytes(bytes, 1, number)
    assert.equal(fourBytesAt(bytes, 1), number)
  }
  for (const number of [0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 47 + 3, COUNTER_MAX]) {
    setSixBytes(bytes, 1, number)
    assert.equal(sixBytesAt(bytes, 1), number)
  }
  for (const number of [-1, COUNTER_MAX + 1, Number.NaN]) {
    assert.throws(() => setSixBytes(bytes, 1, number), /six bytes/)
  }
})
