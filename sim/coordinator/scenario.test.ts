import assert from 'node:assert/strict'
import { test } from 'node:test'

import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { runCoordinatorScenario } from './scenario.ts'

for (const seed of [1, 2, 3]) {
  test(`coordinators agree, plan under their lease, and tasks come about once, seed ${seed}`, async () => {
    await runCoordinatorScenario(seed, new Map())
  })
}

for (const bug of PLANTED_BUGS) {
  test(`the simulation finds ${bug.description}`, async () => {
    const { seed, check } = await huntPlanted(bug)
    assert.ok(seed !== undefined, 'no seed found it')
    // A planting that does not even run would be found by anything.
    assert.doesNotMatch(check ?? '', /SyntaxError|ReferenceError|TypeError/)
  })
}
