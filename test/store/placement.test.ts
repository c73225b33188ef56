/** Placement over real groups, logs and states, on virtual machines. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS } from '../../src/base/limits.ts'
import { setRingSetting } from '../../src/store/roster/procedures.ts'
import { partitionIdOf, RING_PARTITION } from '../../src/wire/partition.ts'
import { idOf, PlacedRing } from './placed-ring.test-helper.ts'

const GROUPS = [0, 7, 21, 40, 63].map(partitionIdOf)

function all(ring: PlacedRing, voters: number, learners: number, groups = GROUPS.length) {
  return (): boolean => {
    const found = ring.configurations()
    return found.length === groups && found.every(([v, l]) => v === voters && l === learners)
  }
}

async function ringOf(size: number, seed = size): Promise<PlacedRing> {
  const ring = await PlacedRing.founded({ seed, groups: GROUPS })
  for (let number = 2; number <= size; number++) await ring.join(number)
  return ring
}

test('a ring of one to five has the seats of its size in every group', async () => {
  const ring = await PlacedRing.founded({ seed: 4, groups: GROUPS })
  const seats = [
    [1, 0],
    [1, 1],
    [3, 0],
    [3, 1],
    [5, 0],
  ] as const
  const mayFail: number[] = []
  for (const [index, [voters, learners]] of seats.entries()) {
    if (index > 0) await ring.join(index + 1)
    await ring.until(all(ring, voters, learners), `${voters} voters, ${learners} learners`)
    const { placement } = ring.at(1)
    mayFail.push((await ring.settle(placement.describe(), 'describe')).mayFail)
  }
  assert.deepEqual(mayFail, [0, 0, 1, 1, 2])
})

test('64 groups have five voters each two seconds after five members were enrolled', async () => {
  const ring = await PlacedRing.founded({ seed: 9 })
  for (const number of [2, 3, 4, 5]) await ring.join(number)
  await ring.until(all(ring, 5, 0, 64), 'five voters each', 2_000)
})

test('leaders are spread evenly over five members', async () => {
  const ring = await ringOf(5)
  await ring.until(all(ring, 5, 0), 'five voters')
  const isEven = (): boolean => new Set(ring.led().map(({ leader }) => leader)).size === 5
  await ring.until(isEven, 'one group each', 10_000)
})

test('a member that died for good is replaced by a sixth, after the grace period', async () => {
  const ring = await ringOf(5)
  const { store } = ring.at(1)
  const settings = { replaceAfterMs: MINUTE_MS, stableMs: 5_000 }
  for (const [name, value] of Object.entries(settings)) {
    await ring.settle(store.call(RING_PARTITION, setRingSetting, { name, value }), name)
  }
  await ring.until(all(ring, 5, 0), 'five voters')
  await ring.join(6)
  await ring.world.pass(20_000)
  await ring.until(all(ring, 5, 0), 'five voters')
  const victim = [2, 3, 4, 5, 6].find((number) => ring.holds(number) > 0) ?? 2
  ring.kill(victim)
  await ring.world.pass(settings.replaceAfterMs - 10_000)
  assert.ok(ring.holds(victim) > 0)
  const isReplaced = (): boolean => all(ring, 5, 0)() && ring.holds(victim) === 0
  await ring.until(isReplaced, 'it is replaced')
  const described = await ring.settle(ring.at(1).placement.describe(), 'describe')
  assert.equal(described.mayFail, 2)
})

test('a member that is removed drains, leaves every group, and is refused from then on', async () => {
  const ring = await ringOf(4)
  await ring.until(all(ring, 3, 1), 'three voters and a learner')
  await ring.settle(ring.at(1).placement.order(idOf(3), 'leave'), 'the order')
  const isOut = (): boolean => !ring.at(1).keeper.isAllowed(idOf(3))
  await ring.until(isOut, 'it is out')
  assert.equal(ring.holds(3), 0)
  await ring.until(all(ring, 3, 0), 'three voters')
  for (const number of [1, 2, 4]) {
    await ring.until(() => !ring.at(number).keeper.isAllowed(idOf(3)), `n${number} knows`)
  }
})

test('the leader of every group can be drained', async () => {
  const ring = await ringOf(2)
  await ring.until(all(ring, 1, 1), 'a voter and a learner')
  await ring.settle(ring.at(2).placement.order(idOf(1), 'leave'), 'the order')
  await ring.until(() => !ring.at(2).keeper.isAllowed(idOf(1)), 'it is out')
  assert.ok(all(ring, 1, 0)())
  assert.equal(ring.holds(1), 0)
})

test('a member that comes back with an empty list asks for it, and takes part again', async () => {
  const ring = await ringOf(3)
  await ring.until(all(ring, 3, 0), 'three voters')
  ring.kill(3)
  await ring.world.pass(MINUTE_MS)
  await ring.start(3)
  assert.ok(ring.at(3).keeper.roster.members.length === 3, 'its copy was on disk')
  await ring.until(() => ring.at(3).host.held().length === GROUPS.length, 'it holds its groups')
})
