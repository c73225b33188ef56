import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../base/limits.ts'
import { againInMs, isGivenUp } from './back-off.ts'
import { GIVEN_UP_AFTER_MS } from './limits.ts'

test('tries come apart up to an hour, and go on for three days and more', () => {
  const waits = Array.from({ length: 100 }, (_, n) => againInMs(n + 1))
  assert.equal(waits[0], 5 * SECOND_MS)
  assert.ok(waits.every((wait, n) => n === 0 || wait >= (waits[n - 1] ?? 0)))
  assert.equal(waits.at(-1), HOUR_MS)
  let atMs = 0
  let tries = 1
  while (!isGivenUp({ atMs: 0, failingSinceMs: 0 }, atMs)) atMs += againInMs(tries++)
  assert.ok(atMs >= GIVEN_UP_AFTER_MS && GIVEN_UP_AFTER_MS >= 3 * DAY_MS)
  assert.ok(tries > 70 && tries < 80, `${tries} tries`)
})

test('a receiver may ask for more time, up to an hour, and not for less', () => {
  assert.equal(againInMs(1, 60 * SECOND_MS), 60 * SECOND_MS)
  assert.equal(againInMs(1, DAY_MS), HOUR_MS)
  assert.equal(againInMs(6, 1), HOUR_MS)
})

test('what was made while the receiver failed already has its three days from then on', () => {
  const failingSinceMs = 0
  assert.equal(isGivenUp({ atMs: 2 * DAY_MS, failingSinceMs }, 4 * DAY_MS), false)
  assert.equal(isGivenUp({ atMs: 2 * DAY_MS, failingSinceMs }, 5 * DAY_MS), true)
  // It waited while the ring was away: that is no try.
  assert.equal(isGivenUp({ atMs: 0, failingSinceMs: 9 * DAY_MS }, 10 * DAY_MS), false)
})
