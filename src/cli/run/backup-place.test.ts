import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { keptIo } from '../io.test-helper.ts'
import { lockOf } from './backup-place.ts'

test('two first backups at once are locked with one key file', async (t) => {
  const dataPath = await mkdtemp(join(tmpdir(), 'anillo-lock-'))
  t.after(() => rm(dataPath, { recursive: true }))
  const keyFile = join(dataPath, 'keys', 'backup.key')
  const flags = { dataPath, keyFile }
  const locks = await Promise.allSettled([1, 2].map(() => lockOf(keptIo(), flags, true)))
  // Whoever comes between the name and what is written is told so.
  const refused = locks.filter(({ status }) => status === 'rejected')
  for (const { reason } of refused as PromiseRejectedResult[]) {
    assert.match(String(reason), /is no key file/)
  }
  assert.ok(refused.length < 2)
  const made = await lockOf(keptIo(), flags, true)
  assert.equal(made.lock.kind, 'file')
  assert.match(await readFile(keyFile, 'utf8'), /^[0-9a-f]{64}\n$/)
  assert.equal((await stat(keyFile)).mode & 0o077, 0, 'for its owner alone')
})
