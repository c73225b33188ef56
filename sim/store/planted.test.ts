import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkPlanting } from '../planting.ts'
import { huntPlanted, PLANTED_BUGS, PLANTED_SEEDS_MAX } from './planted.ts'

/** Found within the first seconds of the first seed. All take minutes: `PLANTED=all`, or a name. */
const SOON = [
  'vote-forgotten',
  'vote-lost-term-kept',
  'read-unconfirmed',
  'stale-confirmation',
  'joint-left-early',
  'learner-counts',
  'retry-applied',
  'etag-from-one',
  'chunk-collected',
]

const wanted = process.env['PLANTED']
const hunted = PLANTED_BUGS.filter(({ name }) =>
  wanted === undefined ? SOON.includes(name) : wanted === 'all' || wanted === name,
)

test('PLANTED_BUGS are the twenty-two that the simulation is held to', () => {
  assert.equal(new Set(PLANTED_BUGS.map(({ name }) => name)).size, 22)
})

for (const bug of PLANTED_BUGS) {
  test(`PLANTED_BUGS follow the source: ${bug.description}`, async () => {
    await checkPlanting(bug)
  })
}

for (const bug of hunted) {
  test(`the simulation finds ${bug.description}, within ${PLANTED_SEEDS_MAX} seeds`, async () => {
    const { seed, check } = await huntPlanted(bug)
    assert.ok(seed !== undefined, 'no seed found it')
    // A planting that does not even run would be found by anything.
    assert.doesNotMatch(check ?? '', /SyntaxError|ReferenceError|TypeError/)
  })
}
