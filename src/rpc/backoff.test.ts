import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SeededChance } from '../base/random.ts'
import { backoffMs } from './backoff.ts'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS } from './limits.ts'

test('backoffMs() doubles from the least to the longest pause, and takes up to half of it off', () => {
  const chance = new SeededChance(1)
  for (let failures = 1; failures < 200; failures++) {
    const longestMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (failures - 1))
    for (let i = 0; i < 20; i++) {
      const pauseMs = backoffMs(failures, chance)
      assert.ok(pauseMs >= longestMs / 2 && pauseMs <= longestMs, `${failures}: ${pauseMs}`)
    }
  }
})

test('two members that lost the same peer do not come back in step', () => {
  const pauses = [1, 2, 3, 4].map((seed) => backoffMs(5, new SeededChance(seed)))
  assert.equal(new Set(pauses).size, pauses.length)
})
