import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SeededChance } from '../../src/base/random.ts'
import { ALL_PARTITIONS } from '../../src/wire/partition.ts'
import { World } from '../world/world.ts'
import { FAKE_BUGS, FakeStore, fakeDoors, type FakeBug } from './fake-store.test-helper.ts'
import { keySpaceIn } from './keys.ts'
import { planWorkload, RUN_MS } from './plan.ts'
import { Workload, WORKLOAD_CHECKS } from './workload.ts'

/** Until the last message has come. */
const MESSAGES_MS = 100

/** A whole run of clients against the fake. */
async function runFake(seed: number, bug?: FakeBug): Promise<{ world: World; workload: Workload }> {
  const world = new World({ seed })
  const fake = new FakeStore(world, bug)
  const workload = new Workload({
    world,
    doors: fakeDoors(world, fake),
    space: keySpaceIn(ALL_PARTITIONS.slice(0, 4)),
    plan: planWorkload(new SeededChance(seed), RUN_MS),
  })
  workload.start()
  await world.until(() => workload.isOver, 'all clients are done', 2 * RUN_MS)
  await world.pass(MESSAGES_MS)
  workload.checkHistory()
  await workload.checkLedger(fake.store)
  return { world, workload }
}

test('Workload asks for a thousand things and more, of every kind, and its checks all run', async () => {
  const { world, workload } = await runFake(1)
  assert.ok(workload.history.operations > 700)
  const counts = [...world.tally.counts].filter(([name]) => name.startsWith('operation: '))
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  assert.ok(total >= 1_000)
  assert.equal(counts.length, 14)
  for (const check of WORKLOAD_CHECKS) assert.ok((world.tally.counts.get(check) ?? 0) > 0, check)
})

test('Workload accepts what a store without bugs gave', async () => {
  for (let seed = 2; seed <= 8; seed++) await runFake(seed)
})

for (const bug of FAKE_BUGS) {
  test(`Workload finds in a store: ${bug}`, async () => {
    await assert.rejects(async () => {
      for (let seed = 1; seed <= 3; seed++) await runFake(seed, bug)
    }, /AssertionError/)
  })
}
