import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { simulate } from '../world/simulate.ts'
import { PLANTED_BUGS } from './planted.ts'
import { simulationOf } from './scenario.ts'

test('a dweet is published once, and shown once to who follows, whatever fails', async () => {
  await simulate(simulationOf(1))
})

test('the texts of the planted bugs stand in the source', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})
