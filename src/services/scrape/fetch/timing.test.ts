import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { pause } from '../../../effects/pause.ts'
import { settles, unlessAborted, within } from './timing.ts'

const NEVER = new AbortController().signal
const late = () => new AnilloError('RPC_TIMEOUT')

test('within() gives what came in time, and `late` afterwards', async () => {
  const clock = new ManualClock()
  assert.equal(await within(clock, { timeoutMs: 10, late }, Promise.resolve(1)), 1)
  const waiting = within(clock, { timeoutMs: 10, late }, new Promise(() => undefined))
  clock.advance(10)
  await assert.rejects(waiting, (thrown) => isAnilloError(thrown, 'RPC_TIMEOUT'))
  assert.equal(clock.waiting, 0)
})

test('unlessAborted() ends with the reason, also of an abort that came before', async () => {
  const abort = new AbortController()
  const waiting = unlessAborted(abort.signal, new Promise(() => undefined))
  abort.abort(late())
  await assert.rejects(waiting, (thrown) => isAnilloError(thrown, 'RPC_TIMEOUT'))
  await assert.rejects(unlessAborted(abort.signal, new Promise(() => undefined)), (thrown) =>
    isAnilloError(thrown, 'RPC_TIMEOUT'),
  )
  assert.equal(await unlessAborted(NEVER, Promise.resolve(2)), 2)
})

test('settles() tells a settled promise, good or bad, from one that is not yet', async () => {
  const clock = new ManualClock()
  const limit = { clock, timeoutMs: 10, signal: NEVER }
  assert.equal(await settles(Promise.resolve(), limit), true)
  assert.equal(await settles(Promise.reject(new Error('bad')), limit), true)
  const waiting = settles(new Promise(() => undefined), limit)
  clock.advance(10)
  assert.equal(await waiting, false)
  const abort = new AbortController()
  const aborted = settles(new Promise(() => undefined), { ...limit, signal: abort.signal })
  abort.abort()
  assert.equal(await aborted, false)
  assert.equal(clock.waiting, 0)
})

test('pause() ends by the clock or the signal, and leaves no timer', async () => {
  const clock = new ManualClock()
  const waiting = pause(clock, 10, NEVER)
  clock.advance(10)
  await waiting
  const abort = new AbortController()
  const aborted = pause(clock, 10, abort.signal)
  abort.abort()
  await aborted
  await pause(clock, 10, abort.signal)
  assert.equal(clock.waiting, 0)
})
