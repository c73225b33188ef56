import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { huntPlanted, PLANTED_BUGS, PLANTED_SEEDS_MAX } from './planted.ts'

/** All of them take minutes: `PLANTED=all`, or the name of one. */
const HUNTED = process.env['PLANTED'] ?? 'ack-at-two'

for (const bug of PLANTED_BUGS) {
  test(`PLANTED_BUGS follow the source: ${bug.description}`, async () => {
    await checkPlanting(bug)
  })
}

for (const bug of PLANTED_BUGS.filter(({ name }) => HUNTED === 'all' || HUNTED === name)) {
  test(`the simulation finds ${bug.description}, within ${PLANTED_SEEDS_MAX} seeds`, async () => {
    const { seed, check } = await huntPlanted(bug)
    assert.ok(seed !== undefined, 'no seed found it')
    // A planting that does not even run would be found by anything.
    assert.doesNotMatch(check ?? '', /SyntaxError|ReferenceError|TypeError/)
  })
}
