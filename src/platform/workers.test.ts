import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'

import { rejectsWith } from '../../test/compliance/disk.ts'
import { platformWorkers } from './workers.ts'

/** Tasks that only real threads can do. */
const SOURCE = `export const tasks = {
  die: () => process.exit(3),
  forever: () => { for (;;); },
  hoard: () => { for (const all = []; ; all.push(new Array(1e6).fill(all.length))); },
  double: (n) => 2 * n,
}`
const tasksModule = new URL(`data:text/javascript,${encodeURIComponent(SOURCE)}`)

// A thread keeps no process alive: a test that waits for one alone would be given up.
const awake = setInterval(() => undefined, 1_000)
after(() => clearInterval(awake))

test('Workers.run() fails with the thread that died, and the next one is done', async () => {
  const workers = platformWorkers({ tasksModule, threadsMax: 1 })
  const dying = workers.run('die', undefined)
  const next = workers.run('double', 4)
  await rejectsWith('INTERNAL', () => dying)
  assert.equal(await next, 8)
  await workers.close()
})

test('Workers.run() takes the thread away from an endless task that was cancelled', async () => {
  const workers = platformWorkers({ tasksModule, threadsMax: 1 })
  const controller = new AbortController()
  const endless = workers.run('forever', undefined, { signal: controller.signal })
  const next = workers.run('double', 4)
  controller.abort(new Error('enough'))
  await assert.rejects(endless, /enough/)
  assert.equal(await next, 8)
  await workers.close()
})

test('Workers.run() ends a task that takes too much time or memory, and does the next', async () => {
  const workers = platformWorkers({ tasksModule, threadsMax: 1 })
  const endless = workers.run('forever', undefined, { timeoutMs: 50 })
  const waiting = workers.run('double', 4, { timeoutMs: 30_000 })
  await rejectsWith('TASK_ENDED', () => endless)
  assert.equal(await waiting, 8)
  const greedy = workers.run('hoard', undefined)
  const next = workers.run('double', 5)
  await rejectsWith('TASK_ENDED', () => greedy)
  assert.equal(await next, 10)
  await workers.close()
})

test('Workers.run() starts a thread anew after one was idle and ended', async () => {
  const workers = platformWorkers({ tasksModule, threadsMax: 1, idleMs: 1 })
  assert.equal(await workers.run('double', 1), 2)
  await setTimeout(50)
  assert.equal(await workers.run('double', 2), 4)
  await workers.close()
})

test('Workers.close() ends what runs and what waits', async () => {
  const workers = platformWorkers({ tasksModule, threadsMax: 1 })
  const runs = [workers.run('forever', 1), workers.run('double', 1)]
  const settled = Promise.allSettled(runs)
  await workers.close()
  for (const { status } of await settled) assert.equal(status, 'rejected')
  await rejectsWith('BUSY', () => workers.run('double', 1))
})
