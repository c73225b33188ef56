import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { simulate } from '../world/simulate.ts'
import { PLANTED_BUGS } from './planted.ts'
import { simulationOf } from './scenario.ts'

test('a crawl loses no page, downloads none twice and ends, whatever dies or hangs', async () => {
  await simulate(simulationOf(1))
})

/**
 * 5: a leave was lengthened by the search for an owner, and passed on by one that was none any
 * more. 17: whoever asked how a visit went kept the leave of it alive.
 */
for (const seed of [5, 17]) {
  test(`a host is asked no more often than its crawl may while members come and go: seed ${seed}`, async () => {
    await simulate(simulationOf(seed))
  })
}

test('the texts of the planted bugs stand in the source', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})
