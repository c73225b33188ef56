import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { simulate } from '../world/simulate.ts'
import { huntPlanted, noteSeedHeld, PLANTED_BUGS } from './planted.ts'
import { simulationOf } from './scenario.ts'

const SEED = 1

test('a due time begins one crawl, whoever dies when it comes, and its webhook is told', async () => {
  await simulate(simulationOf(SEED))
  noteSeedHeld(SEED)
})

test('the texts of the planted bugs stand in the source', async () => {
  for (const bug of PLANTED_BUGS) await checkPlanting(bug)
})

for (const bug of PLANTED_BUGS) {
  test(`the simulation finds ${bug.description}`, async () => {
    const { check, seed } = await huntPlanted(bug)
    assert.ok(seed !== undefined, 'no seed found it')
    // A planting that does not even run would be found by anything.
    assert.doesNotMatch(check ?? '', /SyntaxError|ReferenceError|TypeError/)
  })
}
