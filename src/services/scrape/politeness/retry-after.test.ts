import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RETRY_AFTER_MAX_MS, retryAfterMs } from './retry-after.ts'

const T0_MS = Date.UTC(1994, 10, 6, 8, 49, 37)

test('retryAfterMs() waits for seconds or until an instant, a day at most', () => {
  for (const [value, waitMs] of [
    ['0', 0],
    [' 120 ', 120_000],
    ['1.5', 1_500],
    ['99999999999999999999', RETRY_AFTER_MAX_MS],
    ['Sun, 06 Nov 1994 08:50:37 GMT', 60_000],
    ['Sun, 06 Nov 1994 08:48:37 GMT', 0],
    ['Sun, 06 Nov 2094 08:48:37 GMT', RETRY_AFTER_MAX_MS],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
  ] as const) {
    assert.equal(retryAfterMs(value, T0_MS), waitMs, value)
  }
})
