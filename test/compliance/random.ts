/** What every Random keeps. */
import assert from 'node:assert/strict'

import { AssertionError } from '../../src/base/assert.ts'
import { promise, type Suite } from './subject.ts'

const DRAWS = 4_000

export function randomSuite(suite: Suite<'random'>): void {
  promise(suite, 'Random.u32() reaches all four quarters of its range', async ({ random }) => {
    const quarters = new Set<number>()
    for (let i = 0; i < DRAWS; i++) {
      const number = random.u32()
      assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 32)
      quarters.add(Math.floor(number / 2 ** 30))
    }
    assert.equal(quarters.size, 4)
  })

  promise(suite, 'Random.below() is even over its range', async ({ random }) => {
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < DRAWS; i++) {
      const number = random.below(counts.length)
      counts[number] = (counts[number] ?? Number.NaN) + 1
    }
    // 800 expected; the deviation is 25, and eight of them do not happen.
    for (const count of counts) assert.ok(Math.abs(count - 800) < 200, String(counts))
  })

  promise(suite, 'Random.below() refuses what is no range', async ({ random }) => {
    assert.equal(random.below(1), 0)
    assert.throws(() => random.below(0), AssertionError)
    assert.throws(() => random.below(2 ** 32 + 1), AssertionError)
  })

  promise(suite, 'Random.fraction() lies in [0, 1)', async ({ random }) => {
    let sum = 0
    for (let i = 0; i < DRAWS; i++) {
      const number = random.fraction()
      assert.ok(number >= 0 && number < 1)
      sum += number
    }
    assert.ok(Math.abs(sum / DRAWS - 0.5) < 0.05)
  })

  promise(suite, 'Random.bytes() gives other bytes each time', async ({ random }) => {
    const seen = new Set<string>()
    for (let i = 0; i < 100; i++) seen.add(random.bytes(16).toString())
    assert.equal(seen.size, 100)
    for (const length of [0, 1, 3, 4, 33]) assert.equal(random.bytes(length).length, length)
  })
}
