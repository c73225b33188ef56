import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { rejectsWith } from '../../test/compliance/disk.ts'
import { utf8 } from '../base/bytes.ts'
import { platformEffects } from './effects.ts'

test('platformEffects() works in its directory and logs to its file', async () => {
  const path = await mkdtemp(join(tmpdir(), 'anillo-effects-'))
  const logPath = join(path, 'member.log')
  const { effects, close } = platformEffects({ path, logLevel: 'info', logPath })
  const file = await effects.disk.open('here', 'create')
  await file.write(0, utf8('text'))
  await file.close()
  effects.log.info('written')
  await rejectsWith('NOT_FOUND', () => effects.workers.run('any', 1))
  await close()
  assert.equal(await readFile(join(path, 'here'), 'utf8'), 'text')
  assert.match(await readFile(logPath, 'utf8'), /"event":"written"/)
  await rm(path, { recursive: true })
})
