import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KnownFor } from './known-for.ts'

test('what is known is asked once a while, whoever wants it, and again where that failed', async () => {
  let nowMs = 0
  let asked = 0
  const known = new KnownFor<number>({ nowMs: () => nowMs }, { forMs: 10, most: 2 })
  const ask = async (): Promise<number> => ++asked
  const all = await Promise.all(Array.from({ length: 50 }, () => known.of('a', ask)))
  assert.deepEqual(new Set(all), new Set([1]))
  nowMs = 9
  assert.equal(await known.of('a', ask), 1)
  nowMs = 10
  assert.equal(await known.of('a', ask), 2)
  await assert.rejects(
    known.of('b', () => Promise.reject(new Error('no store'))),
    /no store/,
  )
  assert.equal(await known.of('b', ask), 3)
  await known.of('c', ask)
  assert.equal(await known.of('b', ask), 3)
  assert.equal(await known.of('a', ask), 5, 'the oldest of three is forgotten')
})

test('what cannot be asked now is thrown, and asked the next time', async () => {
  const known = new KnownFor<number>({ nowMs: () => 0 }, { forMs: 10, most: 1 })
  const refuse = (): Promise<number> => {
    throw new Error('too many')
  }
  assert.throws(() => known.of('a', refuse), /too many/)
  assert.equal(await known.of('a', async () => 1), 1)
})

test('an answer that failed late takes no later one with it', async () => {
  let nowMs = 0
  const known = new KnownFor<number>({ nowMs: () => nowMs }, { forMs: 10, most: 1 })
  const first = Promise.withResolvers<number>()
  const failing = known.of('a', () => first.promise)
  nowMs = 10
  await known.of('a', async () => 2)
  first.reject(new Error('late'))
  await assert.rejects(failing, /late/)
  assert.equal(await known.of('a', async () => 3), 2)
})
