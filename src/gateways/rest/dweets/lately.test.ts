import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { Lately } from './lately.ts'

test('Lately passes over what was asked a short while ago, of so many names', () => {
  const clock = new ManualClock()
  const lately = new Lately(clock, { forMs: 10, most: 2 })
  assert.deepEqual(
    ['a', 'b', 'a'].map((name) => lately.isNew(name)),
    [true, true, false],
  )
  clock.advance(9)
  assert.equal(lately.isNew('a'), false)
  clock.advance(1)
  assert.equal(lately.isNew('a'), true)
  assert.equal(lately.isNew('c'), true)
  assert.deepEqual(
    ['a', 'c', 'b'].map((name) => lately.isNew(name)),
    [false, false, true],
  )
})
