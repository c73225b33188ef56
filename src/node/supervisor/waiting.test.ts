import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startSupervisor, stepSupervisor } from './machine.ts'
import { sayingText } from './sayings.ts'

const CONFIG = {
  members: 2,
  membersMax: 2,
  restart: true,
  hangAfterMs: 10_000,
  busyDownloads: 4,
  workerIdleMs: 1_000,
}

test('a member that starts and tells for what it waits is spoken of; one that is up is not', () => {
  const [started] = startSupervisor({ config: CONFIG, left: [], nowMs: 0 })
  const waits = { kind: 'waits', nowMs: 20_000, name: 'n2', groups: 12 } as const
  const [waiting, effects] = stepSupervisor(started, waits)
  const said = effects.map((effect) => (effect.kind === 'say' ? sayingText(effect.saying) : ''))
  assert.deepEqual(said, [
    'n2 is not ready after 20 s: 12 partitions lack a leader or a copy; “npx anillo status” tells more',
  ])
  const [up] = stepSupervisor(waiting, { kind: 'ready', nowMs: 30_000, name: 'n2' })
  assert.deepEqual(stepSupervisor(up, { ...waits, nowMs: 31_000 })[1], [])
})
