import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import {
  askedAgainAfterMs,
  CHANGES_COUNTED_MAX,
  RECRAWL_MS_MAX,
  RECRAWL_MS_MIN,
} from './recrawl.ts'

const T0 = 1_700_000_000_000
/** First seen, then a change at each of these, checked last at `checkedMs`; all after `T0`. */
const after = (changesMs: readonly number[], checkedMs: number) => {
  const seenMs = [0, ...changesMs].map((ms) => T0 + ms).toReversed()
  return askedAgainAfterMs({ seenMs, checkedMs: T0 + checkedMs })
}

test('what never changes is asked twice as late each time', () => {
  assert.equal(after([], 0), RECRAWL_MS_MIN)
  let checkedMs = RECRAWL_MS_MIN
  for (let n = 0; n < 5; n++) {
    const againMs = after([], checkedMs)
    assert.equal(againMs, checkedMs)
    checkedMs += againMs
  }
  assert.equal(after([], 400 * DAY_MS), RECRAWL_MS_MAX)
})

test('what changes each day is asked about twice a day, and less once it rests', () => {
  const daily = Array.from({ length: 20 }, (_, n) => (n + 1) * DAY_MS)
  const whileItChanges = after(daily, 20 * DAY_MS)
  assert.ok(whileItChanges > 11 * HOUR_MS && whileItChanges < 12 * HOUR_MS)
  assert.ok(after(daily, 60 * DAY_MS) > 2 * DAY_MS)
  assert.ok(after([MINUTE_MS, 2 * MINUTE_MS], 3 * MINUTE_MS) === RECRAWL_MS_MIN)
})

test('it keeps to its bounds, grows while nothing changes, and a change only brings it nearer', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 90 * DAY_MS }), { maxLength: 20 })
  const span = fc.integer({ min: 0, max: 90 * DAY_MS })
  fc.assert(
    fc.property(gaps, span, span, (distances, restMs, moreMs) => {
      let atMs = 0
      const changes = distances.map((gap) => (atMs += gap))
      const now = after(changes, atMs + restMs)
      assert.ok(now >= RECRAWL_MS_MIN && now <= RECRAWL_MS_MAX)
      assert.ok(after(changes, atMs + restMs + moreMs) >= now)
      if (changes.length >= CHANGES_COUNTED_MAX) return
      const changed = after([...changes, atMs + restMs + 1], atMs + restMs + 1)
      assert.ok(changed <= Math.max(now + 1, RECRAWL_MS_MIN))
    }),
  )
})
