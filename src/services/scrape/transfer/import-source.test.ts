import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { SLOW_WINDOW_MS } from '../limits.ts'
import { ImportSource } from './import-source.ts'

test('ImportSource ends with a sender that falls silent', { timeout: 60_000 }, async () => {
  const clock = new ManualClock()
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100_000)
    await new Promise(() => undefined)
  }
  const source = new ImportSource(silent(), clock)[Symbol.asyncIterator]()
  assert.equal((await source.next()).value?.length, 100_000)
  const next = source.next()
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(SLOW_WINDOW_MS)
  await assert.rejects(next, { code: 'BAD_REQUEST', message: /takes too long to arrive/ })
})
