import assert from 'node:assert/strict'
import { test } from 'node:test'

import { oncePerBurst } from './up.ts'

test('oncePerBurst() takes two signals of one key for one, and a later one for another', () => {
  let nowMs = 0
  let runs = 0
  const signal = oncePerBurst(
    () => void runs++,
    () => nowMs,
  )
  for (const atMs of [0, 3, 499]) {
    nowMs = atMs
    signal()
  }
  assert.equal(runs, 1)
  nowMs = 500
  signal()
  assert.equal(runs, 2)
})
