import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { runRing } from './runs.ts'
import { runRingScenario } from './scenario.ts'

/** Seeds of every run of the tests; `npx anillo sim ring --seeds 1..1000` tries more. */
const SEEDS = 40

/** What the seeds together must have met, each at least once. */
const FAULTS = [
  'join',
  'crash',
  'leave',
  'newcomer',
  'restart from the peer file',
  'replaced at its address',
  'suspected wrongly',
  'partition',
  'stopped by partition',
  'storm',
  'lost',
  'doubled',
  'answer late or doubled',
  'frame of another ring',
  'told of another ring',
  'whole ring stopped',
]

const CHECKS = [
  'ordered successor lists',
  'no duplicates',
  'list not longer than its length',
  'one live successor',
  'at least one ring',
  'at most one ring',
  'ordered ring',
  'connected appendages',
  'principals',
  'join takes a live predecessor',
  'join takes the whole list',
  'a predecessor lies between, or the old one is dead',
  'a head is live and nearer, or follows a dead one',
  'questions come to an end',
  'quiet leads to ideal',
  'ideal stays ideal',
  'fingers are right',
  'look-ups end at the owner',
  'heals to the ideal ring',
  'nobody of another ring',
  'a frame of another ring changes nothing',
  'only the founder founds, once',
]

test('runRing() holds every invariant, and every fault and check occurs', (t: TestContext) => {
  const totals = new Map<string, number>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const [name, count] of runRing({ seed }).tally.counts)
      totals.set(name, (totals.get(name) ?? 0) + count)
  }
  for (const [name, count] of [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    t.diagnostic(`${name}: ${count}`)
  const wanted = [
    ...FAULTS.map((name) => `fault: ${name}`),
    ...CHECKS.map((name) => `check: ${name}`),
  ]
  assert.deepEqual(
    wanted.filter((name) => !totals.has(name)),
    [],
  )
  const unlisted = [...totals.keys()].filter(
    (name) => !name.startsWith('doing: ') && !wanted.includes(name),
  )
  assert.deepEqual(unlisted, [], 'a fault or check is not in the lists above')
})

test('runRingScenario() runs a seed twice with one trace, another seed with another', async () => {
  const one = await runRingScenario(3, new Map())
  const same = await runRingScenario(3, new Map())
  const other = await runRingScenario(4, new Map())
  assert.equal(one.traceHash, same.traceHash)
  assert.notEqual(one.traceHash, other.traceHash)
})

test('runRingScenario() takes the number of members', async () => {
  const { lines } = await runRingScenario(5, new Map([['members', '30']]))
  assert.match(lines[0] ?? '', /^30 members/)
})
