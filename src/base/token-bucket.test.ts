import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { fullBucket, take, type Bucket } from './token-bucket.ts'

const RATE = { perSecond: 1_000, burst: 500 }

test('a burst passes at once, what is more waits for the rate', () => {
  const full = fullBucket(RATE, 0)
  const [empty, none] = take(full, { amount: 500, rate: RATE, nowMs: 0 })
  assert.equal(none, 0)
  const [debt, wait] = take(empty, { amount: 250, rate: RATE, nowMs: 0 })
  assert.equal(wait, 250)
  const [, longer] = take(debt, { amount: 250, rate: RATE, nowMs: 100 })
  assert.equal(longer, 400, 'who comes second waits behind the first')
  const [, rested] = take(debt, { amount: 500, rate: RATE, nowMs: 60_000 })
  assert.equal(rested, 0, 'after a rest there is one burst, not more')
  const [, over] = take(debt, { amount: 501, rate: RATE, nowMs: 60_000 })
  assert.equal(over, 1)
})

test('another rate counts from then on, and a clock that stands still gives nothing', () => {
  const [debt] = take(fullBucket(RATE, 0), { amount: 1_500, rate: RATE, nowMs: 0 })
  const slow = { perSecond: 100, burst: 50 }
  assert.equal(take(debt, { amount: 0, rate: slow, nowMs: 0 })[1], 10_000)
  assert.equal(take(debt, { amount: 0, rate: slow, nowMs: -5 })[1], 10_000)
})

test('never more passes than the burst and the rate allow, in any order of takers', () => {
  const takes = fc.array(fc.record({ amount: fc.nat(2_000), restMs: fc.nat(300) }), {
    maxLength: 50,
  })
  fc.assert(
    fc.property(takes, (all) => {
      let bucket: Bucket = fullBucket(RATE, 0)
      let nowMs = 0
      let passed = 0
      for (const { amount, restMs } of all) {
        const [next, waitMs] = take(bucket, { amount, rate: RATE, nowMs })
        bucket = next
        passed += amount
        // Whoever took it goes on then.
        nowMs += waitMs
        assert.ok(passed <= RATE.burst + (nowMs * RATE.perSecond) / 1_000 + 1)
        nowMs += restMs
      }
    }),
  )
})
