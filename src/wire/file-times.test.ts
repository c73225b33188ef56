import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fileInstant, fileTimeIn } from './file-times.ts'

test('a file from before 1970, or after 9999, has the nearest time that is kept', () => {
  assert.equal(fileInstant(-1), '1970-01-01T00:00:00.000Z')
  assert.equal(fileInstant(1e15), '9999-12-31T23:59:59.999Z')
  assert.equal(fileInstant(1_500.7), '1970-01-01T00:00:01.500Z')
})

test('fileTimeIn() takes what fileInstant() writes, and no time that is not kept', () => {
  for (const ms of [0, 1, 1_795_000_000_000, 253_402_300_799_999]) {
    assert.equal(fileTimeIn(fileInstant(ms)), ms)
  }
  assert.equal(fileTimeIn('2026'), Date.UTC(2026))
  for (const text of ['', 'now', '1', '1969-12-31', '+010000-01-01T00:00:00Z', '2026-13-01']) {
    assert.equal(fileTimeIn(text), undefined, text)
  }
})
