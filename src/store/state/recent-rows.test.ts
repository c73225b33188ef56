import assert from 'node:assert/strict'
import { test } from 'node:test'

import { GENERATION_BYTES, RECENT_ROW_BYTES_MAX, RecentRows } from './recent-rows.ts'

const rowOf = (bytes: number, fill = 0) => ({ value: new Uint8Array(bytes).fill(fill) })

test('RecentRows gives the last row that was kept under a name, deletions too', () => {
  const recent = new RecentRows()
  const deleted = { value: undefined }
  recent.keep('a', rowOf(10, 1))
  recent.keep('a', rowOf(10, 2))
  recent.keep('b', deleted)
  assert.deepEqual(recent.get('a')?.value, new Uint8Array(10).fill(2))
  assert.equal(recent.get('b'), deleted)
  assert.equal(recent.get('c'), undefined)
})

test('RecentRows keeps what is used and lets go of what is not, within its bound', () => {
  const recent = new RecentRows()
  const used = rowOf(100)
  recent.keep('used', used)
  recent.keep('unused', rowOf(100))
  const rows = (4 * GENERATION_BYTES) / 1_000
  for (let at = 0; at < rows; at++) {
    recent.keep(`row ${at}`, rowOf(1_000))
    assert.equal(recent.get('used'), used)
  }
  assert.equal(recent.get('unused'), undefined)
  let held = 0
  for (let at = 0; at < rows; at++) if (recent.get(`row ${at}`) !== undefined) held++
  assert.ok(held * 1_000 <= 2 * GENERATION_BYTES && held > 0, `${held} rows are held`)
})

test('RecentRows does not give an old row where the newer one is too large to be kept', () => {
  const recent = new RecentRows()
  recent.keep('a', rowOf(10))
  recent.keep('a', rowOf(RECENT_ROW_BYTES_MAX + 1))
  assert.equal(recent.get('a'), undefined)
})

test('RecentRows is empty after clear()', () => {
  const recent = new RecentRows()
  recent.keep('a', rowOf(10))
  recent.clear()
  assert.equal(recent.get('a'), undefined)
})
