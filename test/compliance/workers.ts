/** What every Workers keeps, over the tasks of `tasks.ts`. */
import assert from 'node:assert/strict'

import { isAnilloError } from '../../src/base/errors.ts'
import { rejectsWith } from './disk.ts'
import { promise, type Suite } from './subject.ts'

export function workersSuite(suite: Suite<'workers'>): void {
  promise(suite, 'Workers.run() gives what the task gives', async ({ workers }) => {
    const doubled = await Promise.all([1, 2, 3, 4, 5].map((n) => workers.run('double', n)))
    assert.deepEqual(doubled, [2, 4, 6, 8, 10])
    const input = { bytes: new Uint8Array([1, 2]), list: ['a'] }
    const output = await workers.run('echo', input)
    assert.deepEqual(output, input)
    assert.notEqual(output, input)
    await workers.close()
  })

  promise(suite, 'Workers.run() throws what the task threw, with its code', async ({ workers }) => {
    await assert.rejects(
      () => workers.run('refuse', 1),
      (error) => isAnilloError(error, 'TOO_LARGE') && error.details['limit'] === 5,
    )
    await rejectsWith('INTERNAL', () => workers.run('stumble', 1))
    await rejectsWith('NOT_FOUND', () => workers.run('no such task', 1))
    assert.equal(await workers.run('double', 4), 8)
    await workers.close()
  })

  promise(suite, 'Workers.run() stops for its signal', async ({ workers }) => {
    const cancelled = new AbortController()
    cancelled.abort(new Error('not wanted'))
    await assert.rejects(workers.run('double', 1, { signal: cancelled.signal }), /not wanted/)
    const controller = new AbortController()
    const running = workers.run('double', 1, { signal: controller.signal })
    controller.abort(new Error('no longer'))
    await assert.rejects(running, /no longer/)
    assert.equal(await workers.run('double', 4), 8)
    await workers.close()
  })

  promise(suite, 'Workers.run() is busy when too much waits', async ({ workers }) => {
    const runs = Array.from({ length: 1_000 }, (_, n) => workers.run('double', n))
    const settled = await Promise.allSettled(runs)
    const refused = settled.filter(({ status }) => status === 'rejected')
    assert.ok(refused.length > 0 && refused.length < 900, String(refused.length))
    for (const result of settled) {
      if (result.status === 'rejected') assert.ok(isAnilloError(result.reason, 'BUSY'))
    }
    await workers.close()
  })
}
