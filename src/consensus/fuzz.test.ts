import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from './world.test-helper.ts'

/** `RAFT_SEEDS=from-to` runs others; a failure names the seed that replays it. */
const [FIRST = 1, LAST = 200] = (process.env['RAFT_SEEDS'] ?? '')
  .split('-')
  .filter(Boolean)
  .map(Number)

test('groups of 1 to 7 members keep what Raft promises, and are one again when all is healed', (t) => {
  const total = new Map<string, number>()
  for (let seed = FIRST; seed <= LAST; seed++) {
    const world = new World(seed)
    try {
      world.run()
      world.checkTime()
    } catch (cause) {
      throw new Error(`seed ${seed}: RAFT_SEEDS=${seed}-${seed} replays it`, { cause })
    }
    for (const [name, count] of Object.entries({ ...world.tally, ...world.checks.counts })) {
      total.set(name, (total.get(name) ?? 0) + count)
    }
  }
  t.diagnostic(Array.from(total, ([name, count]) => `${count} ${name}`).join(', '))
  for (const [name, count] of total) assert.ok(count > 0 || FIRST === LAST, `${name} never ran`)
})
