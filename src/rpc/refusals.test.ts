import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Log, LogFields } from '../effects/log.ts'
import { noCounts } from './counters.ts'
import { Refusals, REFUSALS_TOLD_MAX, REFUSALS_WINDOW_MS } from './refusals.ts'

const REMOTE = { host: '192.0.2.7', port: 4_000 }

test('refused() counts every stranger and tells only some of a flood, then how many it left out', () => {
  let nowMs = 0
  const lines: LogFields[] = []
  const tell = (_event: string, fields: LogFields = {}): void => void lines.push(fields)
  const log: Log = { debug: tell, info: tell, warn: tell, error: tell, child: () => log }
  const clock = {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    after: () => assert.fail('no timer is needed'),
    soon: () => assert.fail('nothing is put off'),
  }
  const counting = noCounts()
  const refusals = new Refusals({ clock, log, counting })
  for (let i = 0; i < REFUSALS_TOLD_MAX + 500; i++) refusals.refused(REMOTE, 'no certificate')
  assert.equal(counting.connectionsRefused, REFUSALS_TOLD_MAX + 500)
  assert.equal(lines.length, REFUSALS_TOLD_MAX)
  nowMs = REFUSALS_WINDOW_MS
  refusals.refused(REMOTE, 'no certificate')
  refusals.refused(REMOTE, 'no certificate')
  const told = { remote: '192.0.2.7:4000', problem: 'no certificate' }
  assert.deepEqual(lines.slice(REFUSALS_TOLD_MAX), [{ ...told, untoldBefore: 500 }, told])
})
