import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { Outages, OUTAGE_AFTER_MS, OUTAGE_WITHOUT_MAJORITY_AFTER_MS } from './outages.ts'

const [ONE, TWO] = [partitionIdOf(1), partitionIdOf(2)]
const ALIVE = { hasMajority: true }
const STEP_MS = OUTAGE_AFTER_MS / 10

test('inVain() says so once a group was asked for in vain for long enough, each apart', () => {
  const clock = new ManualClock()
  const outages = new Outages(clock)
  for (let i = 0; i < 10; i++) {
    assert.equal(outages.inVain(ONE, ALIVE), false)
    clock.advance(STEP_MS)
  }
  assert.equal(outages.inVain(ONE, ALIVE), true)
  assert.equal(outages.inVain(TWO, ALIVE), false)
  outages.served(ONE)
  assert.equal(outages.inVain(ONE, ALIVE), false)
})

test('an outage that nobody saw for a while begins anew', () => {
  const clock = new ManualClock()
  const outages = new Outages(clock)
  outages.inVain(ONE, ALIVE)
  clock.advance(2 * OUTAGE_AFTER_MS)
  assert.equal(outages.inVain(ONE, ALIVE), false)
  clock.advance(OUTAGE_AFTER_MS)
  assert.equal(outages.inVain(ONE, ALIVE), true)
})

test('inVain() waits no election out where too few can be reached', () => {
  const clock = new ManualClock()
  const outages = new Outages(clock)
  assert.equal(outages.inVain(ONE, { hasMajority: false }), false)
  clock.advance(OUTAGE_WITHOUT_MAJORITY_AFTER_MS)
  assert.equal(outages.inVain(ONE, ALIVE), false)
  assert.equal(outages.inVain(ONE, { hasMajority: false }), true)
})
