import assert from 'node:assert/strict'
import { test } from 'node:test'

import { restartPauseMs } from './member-steps.ts'
import { RESTART_PAUSE_MS_MAX } from './times.ts'

test('restartPauseMs() is 0, then doubles from a second up to its bound', () => {
  assert.deepEqual([1, 2, 3, 4].map(restartPauseMs), [0, 1_000, 2_000, 4_000])
  assert.equal(restartPauseMs(1_000), RESTART_PAUSE_MS_MAX)
})
