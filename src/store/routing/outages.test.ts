import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { Outages, OUTAGE_AFTER_MS } from './outages.ts'

const [ONE, TWO] = [partitionIdOf(1), partitionIdOf(2)]
const STEP_MS = OUTAGE_AFTER_MS / 10

test('inVain() says so once a group was asked for in vain for long enough, each apart', () => {
  const clock = new ManualClock()
  const outages = new Outages(clock)
  for (let i = 0; i < 10; i++) {
    assert.equal(outages.inVain(ONE), false)
    clock.advance(STEP_MS)
  }
  assert.equal(outages.inVain(ONE), true)
  assert.equal(outages.inVain(TWO), false)
  outages.served(ONE)
  assert.equal(outages.inVain(ONE), false)
})

test('an outage that nobody saw for a while begins anew', () => {
  const clock = new ManualClock()
  const outages = new Outages(clock)
  outages.inVain(ONE)
  clock.advance(2 * OUTAGE_AFTER_MS)
  assert.equal(outages.inVain(ONE), false)
  clock.advance(OUTAGE_AFTER_MS)
  assert.equal(outages.inVain(ONE), true)
})
