import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ROWS_BEYOND, rowsInSight, scrollToSee } from './row-window.ts'

const SIGHT = { scrollTopPx: 4_000, heightPx: 400, rowPx: 40 }

test('rowsInSight() is what is in sight and some beyond, however long the list', () => {
  assert.deepEqual(rowsInSight(10_000, SIGHT), { from: 100 - ROWS_BEYOND, to: 110 + ROWS_BEYOND })
  assert.deepEqual(rowsInSight(3, { ...SIGHT, scrollTopPx: 0 }), { from: 0, to: 3 })
  assert.deepEqual(rowsInSight(0, SIGHT), { from: 0, to: 0 })
  // The list became shorter than it was scrolled.
  assert.deepEqual(rowsInSight(50, SIGHT), { from: 50, to: 50 })
})

test('scrollToSee() moves no further than it must', () => {
  assert.equal(scrollToSee(105, SIGHT), 4_000)
  assert.equal(scrollToSee(99, SIGHT), 3_960)
  assert.equal(scrollToSee(110, SIGHT), 4_040)
})
