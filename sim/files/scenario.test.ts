import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { simulate } from '../world/simulate.ts'
import { PLANTED_BUGS } from './planted.ts'
import { simulationOf } from './scenario.ts'

test('what is written is read at every member, and a folder is at one place, whatever fails', async () => {
  await simulate(simulationOf(1))
})

test('the texts of the planted bugs stand in the source', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})
