import assert from 'node:assert/strict'
import { test } from 'node:test'

import { huntPlanted, PLANTED_BUGS, PLANTED_SEEDS_MAX } from './planted.ts'

test('PLANTED_BUGS are the ten that the simulation is held to', () => {
  assert.equal(new Set(PLANTED_BUGS.map((bug) => bug.name)).size, 10)
})

for (const bug of PLANTED_BUGS) {
  test(`the simulation finds ${bug.description}, within ${PLANTED_SEEDS_MAX} seeds`, async () => {
    const { seed, check } = await huntPlanted(bug)
    assert.ok(seed !== undefined, 'no seed found it')
    // A planting that does not even run would be found by anything.
    assert.doesNotMatch(check ?? '', /SyntaxError|ReferenceError|TypeError/)
  })
}

test('huntPlanted() refuses a bug whose text is not in its file', async () => {
  const [bug] = PLANTED_BUGS
  assert.ok(bug !== undefined)
  await assert.rejects(huntPlanted({ ...bug, find: 'not in this file' }), /occurs 0 times/)
})
