import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { PLANTED_BUGS } from './planted.ts'
import { runAccountsScenario } from './scenario.ts'

const CHECKS = [
  'check: who logged out is nobody',
  'check: who logged out everywhere is nobody',
  'check: who is suspended is nobody',
  'check: a role counts at each member',
  'check: a stolen token ends its session',
  'check: a repeated refresh is answered alike',
  'accounts: a registration was sent again',
]

test('a nick has one winner, and who was logged out is nobody, whatever fails', async () => {
  const counts = new Map<string, number>()
  for (const seed of [1, 2, 3]) {
    const report = await runAccountsScenario(seed, new Map())
    for (const [name, count] of report.counts) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  for (const check of CHECKS) assert.ok((counts.get(check) ?? 0) > 0, check)
})

test('the texts of the planted bugs stand in the source', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})
