import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { Turns } from './turns.ts'

test('Turns.take() runs a few at once, lets some wait, and refuses the rest', async () => {
  const turns = new Turns({ atOnce: 2, waitingMax: 3, what: 'lists' })
  const begun: number[] = []
  const ends: (() => void)[] = []
  const take = (number: number): Promise<number> =>
    turns.take(async () => {
      begun.push(number)
      const { promise, resolve } = Promise.withResolvers<void>()
      ends.push(resolve)
      await promise
      return number
    })
  const taken = [1, 2, 3, 4, 5].map(take)
  await assert.rejects(take(6), (error) => isAnilloError(error, 'BUSY'))
  assert.deepEqual(begun, [1, 2])
  for (let ended = 0; ended < 5; ended++) {
    ends[ended]?.()
    assert.equal(await taken[ended], ended + 1)
  }
  assert.deepEqual(begun, [1, 2, 3, 4, 5])
})

test('Turns.take() gives the place on when the work fails', async () => {
  const turns = new Turns({ atOnce: 1, waitingMax: 1, what: 'lists' })
  const failed = turns.take(() => Promise.reject(new Error('no')))
  const next = turns.take(async () => 'done')
  await assert.rejects(failed, /no/)
  assert.equal(await next, 'done')
})
