import assert from 'node:assert/strict'
import { test } from 'node:test'

import { rejectsWith } from '../../test/compliance/disk.ts'
import { platformWorkers } from './workers.ts'

/** Tasks that only real threads can do. */
const SOURCE = `export const tasks = {
  die: () => process.exit(3),
  forever: () => { for (;;); },
  double: (n) => 2 * n,
}`
const tasksModule = new URL(`data:text/javascript,${encodeURIComponent(SOURCE)}`)

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
  const endless = workers.run('forever', undefined, controller.signal)
  const next = workers.run('double', 4)
  controller.abort(new Error('enough'))
  await assert.rejects(endless, /enough/)
  assert.equal(await next, 8)
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
