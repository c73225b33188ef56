import assert from 'node:assert/strict'
import { test } from 'node:test'

import { wordOfUsage, type ChargingService } from '../../../wire/held-contents.ts'
import { ANA, put, table } from './tree-table.test-helper.ts'
import { addUsage } from './usage-procedures.ts'

test('what an account uses is told by service, and the parts come to the sum', async () => {
  const at = table()
  const { run, tree } = at
  await run(put(tree, ANA, ['/shared/f', 'five!']))
  await run(at.world.settle())
  const charged = async (service: ChargingService, bytes: number, files: number): Promise<void> => {
    const { input, to } = wordOfUsage('ana', { service, bytes, files })
    await run(tree.rows.store.call(to, addUsage, input as Parameters<typeof addUsage.run>[1]))
  }
  await charged('shares', 100, 1)
  await charged('dweets', 40, 2)
  await charged('dweets', 7, 0)
  const { bytes, files, services } = await run(tree.quotas.usage('ana'))
  assert.deepEqual([bytes, files], [152, 4])
  assert.deepEqual(services, {
    files: { bytes: 5, files: 1 },
    dweets: { bytes: 47, files: 2 },
    shares: { bytes: 100, files: 1 },
  })
  await charged('shares', -100, -1)
  const after = await run(tree.quotas.usage('ana'))
  assert.deepEqual([after.bytes, after.services.shares], [52, { bytes: 0, files: 0 }])
})
