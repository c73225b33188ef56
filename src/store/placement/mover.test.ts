import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { ALL_PARTITIONS } from '../../wire/partition.ts'
import { RING_SETTINGS } from '../roster/settings.ts'
import { Cluster } from './cluster.test-helper.ts'
import { desiredHolders, idOf, storingRing } from './model.test-helper.ts'

const FIVE = [1, 2, 3, 4, 5].map(idOf)

function votersOf(cluster: Cluster): readonly number[] {
  return [...cluster.groups.values()].map(({ configuration }) => configuration.voters.length)
}

function haveVoters(cluster: Cluster, count: number): () => boolean {
  return () => votersOf(cluster).every((voters) => voters === count)
}

test('Mover gives 64 groups five voters soon after five members were enrolled', async () => {
  const cluster = new Cluster(storingRing(1))
  for (let size = 2; size <= 5; size++) cluster.enrol(storingRing(size))
  const tookMs = await cluster.until(haveVoters(cluster, 5), 30 * SECOND_MS)
  assert.ok(tookMs < 15 * SECOND_MS, `took ${tookMs} ms`)
  assert.ok(cluster.incomingMost <= RING_SETTINGS.incomingMax, `${cluster.incomingMost} at once`)
})

test('Mover spreads leaders evenly, and then leaves them alone', async () => {
  const cluster = new Cluster(storingRing(5), FIVE)
  const isEven = (): boolean => {
    const counts = [...cluster.leads().values()]
    return counts.length === 5 && Math.max(...counts) - Math.min(...counts) <= 1
  }
  await cluster.until(isEven, 30 * SECOND_MS)
  await cluster.pass(SECOND_MS)
  const { transfers } = cluster
  await cluster.pass(MINUTE_MS)
  assert.equal(cluster.transfers, transfers)
  assert.ok(isEven())
})

test('Mover hands no group over to a member whose disk is nearly full', async () => {
  const cluster = new Cluster(storingRing(5), FIVE)
  cluster.full.add(idOf(5))
  const isEven = (): boolean => {
    const counts = [...cluster.leads().values()]
    return counts.length === 4 && counts.every((count) => count === 16)
  }
  await cluster.until(isEven, 30 * SECOND_MS)
  await cluster.pass(MINUTE_MS)
  assert.ok(isEven())
  cluster.full.clear()
  await cluster.until(() => cluster.leads().size === 5, 30 * SECOND_MS)
})

test('Mover replaces a dead member in all its groups after the grace period, not before', async () => {
  const members = storingRing(6)
  const cluster = new Cluster(members, FIVE)
  await cluster.until(() => isDesired(cluster, members), 5 * MINUTE_MS)
  cluster.kill(idOf(3))
  await cluster.pass(RING_SETTINGS.replaceAfterMs - MINUTE_MS)
  const held = (): number => holding(cluster, 3)
  const before = held()
  assert.ok(before > 0)
  const wait = cluster.mover(idOf(1)).report()[0]?.moves[0]?.waitsFor
  assert.equal(wait?.kind, 'grace')
  await cluster.until(() => held() === 0, 3 * MINUTE_MS)
  assert.ok(haveVoters(cluster, 5)())
})

function holding(cluster: Cluster, number: number): number {
  return [...cluster.groups.values()].filter(({ configuration: { voters, learners } }) =>
    [...voters, ...learners].includes(idOf(number)),
  ).length
}

function isDesired(cluster: Cluster, members: ReturnType<typeof storingRing>): boolean {
  return ALL_PARTITIONS.every((group) => {
    const configuration = cluster.groups.get(group)?.configuration
    return (
      configuration !== undefined &&
      configuration.learners.length === 0 &&
      configuration.voters.join() === desiredHolders(group, members).toSorted().join()
    )
  })
}

test('Mover takes a member that was away for a moment back without a move', async () => {
  const cluster = new Cluster(storingRing(5), FIVE)
  await cluster.pass(20 * SECOND_MS)
  const { changes } = cluster
  cluster.kill(idOf(2))
  await cluster.pass(5 * MINUTE_MS)
  cluster.revive(idOf(2))
  await cluster.pass(20 * MINUTE_MS)
  assert.equal(cluster.changes, changes)
  assert.ok((cluster.leads().get(idOf(2)) ?? 0) >= 12)
})

test('Mover empties two drained members while two new ones take their places', async () => {
  const cluster = new Cluster(storingRing(5), FIVE)
  const members = storingRing(7).map((member) =>
    member.id === idOf(1) || member.id === idOf(2)
      ? { ...member, state: 'draining' as const }
      : member,
  )
  cluster.enrol(members)
  await cluster.until(() => holding(cluster, 1) + holding(cluster, 2) === 0, 2 * MINUTE_MS)
  assert.ok(isDesired(cluster, members))
  assert.ok(cluster.incomingMost <= RING_SETTINGS.incomingMax)
})

test('Mover lets the order of the ring wait for a minute without changes', async () => {
  const cluster = new Cluster(storingRing(5), FIVE)
  await cluster.pass(20 * SECOND_MS)
  const { changes } = cluster
  const members = storingRing(12)
  cluster.enrol(members)
  await cluster.pass(RING_SETTINGS.stableMs - 2 * SECOND_MS)
  assert.equal(cluster.changes, changes)
  await cluster.until(() => isDesired(cluster, members), 5 * MINUTE_MS)
})

test('Mover lets a newcomer that does not answer wait until it does', async () => {
  const cluster = new Cluster(storingRing(2), [idOf(1)])
  cluster.kill(idOf(2))
  await cluster.pass(10 * SECOND_MS)
  const waits = new Set(
    cluster
      .mover(idOf(1))
      .report()
      .flatMap(({ moves }) => moves.map(({ waitsFor }) => waitsFor?.kind)),
  )
  assert.deepEqual([...waits], ['down'])
  cluster.revive(idOf(2))
  await cluster.until(() => holding(cluster, 2) === ALL_PARTITIONS.length, MINUTE_MS)
})
