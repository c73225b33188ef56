/** What every Clock keeps. */
import assert from 'node:assert/strict'

import type { Clock } from '../../src/effects/clock.ts'
import { promise, type Suite } from './subject.ts'

const SHORT_MS = 5
/** Years: more than `setTimeout` can hold in one go. */
const FAR_MS = 2 ** 40

/** Resolves after the delay by the clock under test. */
export function elapsed(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve))
}

export function clockSuite(suite: Suite<'clock'>): void {
  soonSuite(suite)
  promise(suite, 'Clock.nowMs() never goes back', async ({ clock }) => {
    let last = clock.nowMs()
    for (let i = 0; i < 50; i++) {
      if (i % 10 === 0) await elapsed(clock, 1)
      const now = clock.nowMs()
      assert.ok(now >= last)
      last = now
    }
  })

  promise(suite, 'Clock.after() never fires early', async ({ clock }) => {
    for (const delayMs of [0, 0.3, 1, 1.5, 2.7, SHORT_MS]) {
      const start = clock.nowMs()
      await elapsed(clock, delayMs)
      assert.ok(clock.nowMs() >= start + delayMs, `${delayMs} ms`)
    }
  })

  promise(suite, 'Clock.after() never calls before it has returned', async ({ clock }) => {
    let returned = false
    await new Promise<void>((resolve) => {
      clock.after(0, () => {
        assert.ok(returned)
        resolve()
      })
      returned = true
    })
  })

  promise(suite, 'Clock.after() calls the earlier one first', async ({ clock }) => {
    const order: string[] = []
    const later = elapsed(clock, SHORT_MS * 4).then(() => order.push('later'))
    const earlier = elapsed(clock, SHORT_MS).then(() => order.push('earlier'))
    await Promise.all([later, earlier])
    assert.deepEqual(order, ['earlier', 'later'])
  })

  promise(suite, 'Timer.cancel() keeps it from being called, twice too', async ({ clock }) => {
    const timer = clock.after(SHORT_MS, () => assert.fail('was cancelled'))
    timer.cancel()
    timer.cancel()
    await elapsed(clock, SHORT_MS * 3)
  })

  promise(suite, 'Timer.cancel() of one that has fired does nothing', async ({ clock }) => {
    let calls = 0
    const timer = clock.after(1, () => calls++)
    await elapsed(clock, SHORT_MS)
    timer.cancel()
    assert.equal(calls, 1)
  })

  promise(suite, 'Clock.after() of years does not fire at once', async ({ clock }) => {
    const timer = clock.after(FAR_MS, () => assert.fail('far too early'))
    await elapsed(clock, SHORT_MS)
    timer.cancel()
  })

  promise(suite, 'Clock.wallMs() is a date of this century', async ({ clock }) => {
    const year = new Date(clock.wallMs()).getUTCFullYear()
    assert.ok(year >= 2025 && year < 2100, String(year))
  })
}

function soonSuite(suite: Suite<'clock'>): void {
  promise(
    suite,
    'Clock.soon() calls once, in order, and not before it has returned',
    async (parts) => {
      const order: string[] = []
      await new Promise<void>((resolve) => {
        parts.clock.soon(() => order.push('first'))
        parts.clock.soon(() => {
          order.push('second')
          resolve()
        })
        order.push('returned')
      })
      await elapsed(parts.clock, SHORT_MS)
      assert.deepEqual(order, ['returned', 'first', 'second'])
    },
  )
}
