import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkLinearizable } from '../../sim/store/linearizable.ts'
import { recordsDoor } from '../../src/gateways/rest/records-door.test-helper.ts'
import { RecordLoad } from './record-load.ts'

test('RecordLoad ends by time too, and each key of its report can be decided', async () => {
  await using door = await recordsDoor()
  let progressed = 0
  const load = new RecordLoad({
    doors: [door.url],
    clients: 4,
    keys: 3,
    operations: Infinity,
    durationMs: 1_500,
    seed: 1,
    progress: () => progressed++,
  })
  const { acknowledged, histories, troubles } = await load.run()
  assert.deepEqual(troubles, [])
  assert.ok(progressed > 20 && acknowledged > 5, `${progressed}, ${acknowledged}`)
  const deletes = [...histories.values()].flat().filter(({ what }) => /^delete \d+$/.test(what))
  assert.ok(deletes.length > 0)
  assert.ok(
    deletes.every(({ claims }) => (claims[0]?.holds ?? 0) > 0),
    'each names what it deleted',
  )
  for (const [key, history] of histories) {
    assert.equal(checkLinearizable(history).kind, 'linearizable', key)
  }
})
