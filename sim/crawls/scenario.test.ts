import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { simulate } from '../world/simulate.ts'
import { PLANTED_BUGS } from './planted.ts'
import { simulationOf } from './scenario.ts'

test('a crawl loses no page, downloads none twice and ends, whatever dies or hangs', async () => {
  await simulate(simulationOf(1))
})

test('the texts of the planted bugs stand in the source', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})
