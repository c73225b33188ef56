import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { AnilloError } from '../base/errors.ts'
import { platformLog } from './log.ts'

test('Log writes one JSON line an event, from its level on, with the fields of its kin', async () => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-log-'))
  const path = join(root, 'deep', 'member.log')
  const { log, close } = platformLog({ level: 'info', path, fields: { member: 'one' } })
  log.debug('not told')
  log.info('started', { port: 9300 })
  log.child({ part: 'rpc' }).warn('refused', { error: new AnilloError('BUSY', { what: 'calls' }) })
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  const [started, refused] = lines.map((line): Record<string, unknown> => JSON.parse(line))
  assert.equal(lines.length, 2)
  assert.ok(Number.isFinite(Date.parse(String(started?.['time']))))
  const { time: _, ...fields } = started ?? {}
  assert.deepEqual(fields, { level: 'info', member: 'one', event: 'started', port: 9300 })
  assert.equal(refused?.['part'], 'rpc')
  assert.match(JSON.stringify(refused?.['error']), /"code":"BUSY"/)
  close()
  await rm(root, { recursive: true })
})

test('Log counts lines that a full disk swallowed, and carries on', () => {
  const { log, linesLost, close } = platformLog({ level: 'info', path: '/dev/full', fields: {} })
  log.info('lost')
  log.info('lost too')
  assert.ok(linesLost() > 0)
  close()
})
