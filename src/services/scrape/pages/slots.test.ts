import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../../base/errors.ts'
import { Slots } from './slots.ts'

test('take() gives so many slots, then the freed ones in the order of asking', async () => {
  const slots = new Slots({ slotsMax: 2, waitingMax: 2 })
  const given: number[] = []
  await Promise.all([slots.take(), slots.take()])
  const waiting = [1, 2].map(async (number) => {
    await slots.take()
    given.push(number)
  })
  assert.ok(slots.isFull)
  assert.deepEqual(given, [])
  slots.release()
  await waiting[0]
  assert.deepEqual(given, [1])
  assert.equal(slots.taken, 2)
  slots.release()
  await waiting[1]
  slots.release()
  slots.release()
  assert.equal(slots.taken, 0)
  assert.ok(!slots.isFull)
})

test('take() beyond the line is BUSY, at once, and takes nothing', async () => {
  const slots = new Slots({ slotsMax: 1, waitingMax: 1 })
  await slots.take()
  const waiting = slots.take()
  assert.throws(
    () => void slots.take(),
    (thrown) => isAnilloError(thrown, 'BUSY'),
  )
  slots.release()
  await waiting
  assert.equal(slots.taken, 1)
})
