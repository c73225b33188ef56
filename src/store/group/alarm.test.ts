import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { Alarm } from './alarm.ts'

test('Alarm tells how late it rings, and does not call late what it was armed for too late', () => {
  const clock = new ManualClock(100_000)
  const lateMs: number[] = []
  const alarm = new Alarm(clock, (late) => lateMs.push(late))
  alarm.arm(100_050)
  clock.stall(750)
  assert.deepEqual(lateMs, [700], 'the process stood still')
  alarm.arm(40_000)
  clock.advance(1)
  assert.deepEqual(lateMs, [700, 1])
})
