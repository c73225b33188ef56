import assert from 'node:assert/strict'
import { test } from 'node:test'

import { shrinkList } from './shrink.ts'

const HUNDRED = Array.from({ length: 100 }, (_, at) => at)

test('shrinkList() finds the few items that a failure needs', async () => {
  const needed = [3, 41, 97]
  let runs = 0
  const shrunk = await shrinkList(
    HUNDRED,
    async (kept) => {
      runs++
      return needed.every((one) => kept.includes(one))
    },
    1_000,
  )
  assert.deepEqual(shrunk, needed)
  assert.ok(runs < 200)
})

test('shrinkList() leaves nothing where the failure needs nothing', async () => {
  assert.deepEqual(await shrinkList(HUNDRED, async () => true, 1_000), [])
})

test('shrinkList() keeps all where every item is needed, and ends after its tries', async () => {
  const all = async (kept: readonly number[]): Promise<boolean> => kept.length === HUNDRED.length
  assert.deepEqual(await shrinkList(HUNDRED, all, 1_000), HUNDRED)
  let runs = 0
  await shrinkList(
    HUNDRED,
    async () => {
      runs++
      return false
    },
    5,
  )
  assert.equal(runs, 5)
})
