/**
 * The store's promise on real processes: two of five killed at once under load, then all of them;
 * nothing acknowledged is lost, and what all clients saw fits one order. ANILLO_TRIAL_OPERATIONS
 * says how many operations (100,000).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkLinearizable } from '../../sim/store/linearizable.ts'
import { RecordLoad } from '../process/record-load.ts'
import { RealRing } from '../process/ring.ts'

const OPERATIONS = Number(process.env['ANILLO_TRIAL_OPERATIONS'] ?? 100_000)
const KEYS = 50
const CLIENTS = 32
const MEMBERS = [0, 1, 2, 3, 4]

test('kill -9 of two of five under load, then of all: nothing is lost', async (t) => {
  await using ring = await RealRing.start({ flags: ['--no-restart'] })
  const doors = MEMBERS.map((index) => ring.door(index))
  let isKilled = false
  const load = new RecordLoad({
    doors,
    authorization: await ring.storeKey(),
    clients: CLIENTS,
    keys: KEYS,
    operations: OPERATIONS,
    seed: 1,
    progress(ended) {
      if (isKilled || ended < OPERATIONS / 2) return
      isKilled = true
      void Promise.all([ring.signal('n2', 'SIGKILL'), ring.signal('n5', 'SIGKILL')])
    },
  })
  const { gapMs, worstKeyGapMs, acknowledged, unknown } = await load.run()
  t.diagnostic(
    `${OPERATIONS} operations, ${acknowledged} changes acknowledged, ${unknown} unknown; longest ` +
      `gap ${gapMs.toFixed(0)} ms, of one key ${worstKeyGapMs.toFixed(0)} ms`,
  )
  await Promise.all(['n1', 'n3', 'n4'].map((name) => ring.signal(name, 'SIGKILL')))
  await ring.stop()
  await using again = await RealRing.start({ data: ring.data, http: ring.http })
  assert.equal(again.http, ring.http)
  await load.readAll()
  for (const [key, history] of load.report().histories) {
    const verdict = checkLinearizable(history)
    assert.equal(verdict.kind, 'linearizable', `${key}: ${JSON.stringify(verdict)}`)
  }
})
