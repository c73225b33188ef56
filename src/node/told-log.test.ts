import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Log } from '../effects/log.ts'
import { toldLog } from './told-log.ts'

test('toldLog() keeps every line, and tells those from info on, of its children too', () => {
  const kept: string[] = []
  const told: string[] = []
  const keep = (event: string): void => void kept.push(event)
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  const both = toldLog(log, (event, fields) => told.push(`${event} ${JSON.stringify(fields)}`))
  both.debug('a')
  both.info('b', { name: 'ana' })
  both.child({ part: 'ring' }).warn('c')
  both.error('d')
  assert.deepEqual(kept, ['a', 'b', 'c', 'd'])
  assert.deepEqual(told, ['b {"name":"ana"}', 'c {}', 'd {}'])
})
