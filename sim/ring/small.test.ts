import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { enumerate, enumerateAll } from './small.ts'
import { Tally } from './tally.ts'

const STATES_MAX = 20_000

test('enumerateAll() leads all states of small rings to the ideal ring', (t: TestContext) => {
  const tally = new Tally()
  // `npx anillo sim ring --small 8` goes deeper.
  const { states, isWhole } = enumerateAll({ founder: 5, ideal: 2 }, STATES_MAX, tally)
  t.diagnostic(`${states} states`)
  assert.ok(isWhole)
  tally.demand(['check: small rings: quiet leads to ideal'])
})

test('enumerate() meets states in which knowledge is lost, and those heal when told', () => {
  const tally = new Tally()
  const options = { members: 3, successorsMax: 1, start: 'founder', statesMax: STATES_MAX } as const
  const { isWhole } = enumerate({ ...options, depth: 7 }, tally)
  assert.ok(isWhole)
  tally.demand(['fault: knowledge lost'])
})
