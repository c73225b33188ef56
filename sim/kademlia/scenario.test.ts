import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { NUMBERS } from './numbers.ts'
import { PLANTED_BUGS } from './planted.ts'
import { runKademliaScenario } from './scenario.ts'

test('runKademliaScenario() holds every check, the same way twice', async () => {
  const { counts } = await runKademliaScenario(1, new Map())
  assert.ok((counts.get('doing: read') ?? 0) > 0)
})

test('the bugs to plant stand in the source once', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})

test('look-ups among 200 nodes find the closest, a third of them dead or none', () => {
  const tables = NUMBERS['lookups']?.({ seed: 1, nodes: 200, lookups: 100 }) ?? []
  const missed = tables.flatMap((table) => table.missed)
  assert.deepEqual(
    missed.filter((one) => /^(recall|rounds|questions)/.test(one)),
    [],
  )
})
