import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { ManualClock } from '../effects/manual-clock.test-helper.ts'
import { Alarm, SLOT_MS, TimerWheel } from './timer-wheel.ts'

test('TimerWheel rings each deadline once, not early, and at most a slot late', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ afterMs: fc.nat(40_000), isCleared: fc.boolean() }), { maxLength: 60 }),
      (deadlines) => {
        const clock = new ManualClock(1_000.25)
        const wheel = new TimerWheel(clock)
        const rang: (number | undefined)[] = deadlines.map(() => undefined)
        const startMs = clock.nowMs()
        const alarms = deadlines.map(({ afterMs }, index) => {
          const alarm = new Alarm(() => {
            assert.equal(rang[index], undefined, 'rings once')
            rang[index] = clock.nowMs() - startMs
          })
          wheel.set(alarm, startMs + afterMs)
          return alarm
        })
        for (const [index, { isCleared }] of deadlines.entries()) {
          const alarm = alarms[index]
          if (isCleared && alarm !== undefined) wheel.clear(alarm)
        }
        clock.advance(startMs + 50_000 - clock.nowMs())
        for (const [index, { afterMs, isCleared }] of deadlines.entries()) {
          const atMs = rang[index]
          if (isCleared) assert.equal(atMs, undefined)
          else assert.ok(atMs !== undefined && atMs >= afterMs && atMs <= afterMs + 2 * SLOT_MS)
        }
        assert.equal(wheel.size, 0)
        assert.equal(clock.waiting, 0, 'no timer is left without a deadline')
      },
    ),
  )
})

test('a deadline may be set anew, earlier and later, and set others while it rings', () => {
  const clock = new ManualClock(1_000.25)
  const wheel = new TimerWheel(clock)
  const rang: string[] = []
  const second = new Alarm(() => rang.push('second'))
  const first = new Alarm(() => {
    rang.push('first')
    wheel.set(second, clock.nowMs())
  })
  wheel.set(first, clock.nowMs() + 100)
  wheel.set(first, clock.nowMs() + 9_000)
  clock.advance(500)
  assert.deepEqual(rang, [])
  wheel.set(first, clock.nowMs() + 20)
  clock.advance(100)
  assert.deepEqual(rang, ['first', 'second'])
})

test('a deadline that another one clears while both are due does not ring', () => {
  const clock = new ManualClock(1_000.25)
  const wheel = new TimerWheel(clock)
  const rang: string[] = []
  const alarms: Alarm[] = ['a', 'b'].map(
    (name, index) =>
      new Alarm(() => {
        rang.push(name)
        const other = alarms[1 - index]
        if (other !== undefined) wheel.clear(other)
      }),
  )
  for (const alarm of alarms) wheel.set(alarm, clock.nowMs() + 10)
  clock.advance(100)
  assert.equal(rang.length, 1)
})

test('all that is overdue after a long pause rings, and stop() forgets the rest', () => {
  const clock = new ManualClock(1_000.25)
  const wheel = new TimerWheel(clock)
  let rang = 0
  for (let i = 0; i < 500; i++) wheel.set(new Alarm(() => rang++), clock.nowMs() + i * 100)
  clock.advance(24_950)
  assert.equal(rang, 250)
  wheel.stop()
  clock.advance(60_000)
  assert.equal(rang, 250)
})
