import assert from 'node:assert/strict'
import { test } from 'node:test'

import { positionOf } from '../../base/ids.ts'
import { ALL_PARTITIONS, firstPositionOf, partitionIdOf } from '../../wire/partition.ts'
import { HOLDERS_MAX, StorageOrder } from './desired.ts'
import { desiredHolders, idOf, storing, storingRing } from './model.test-helper.ts'

const GROUP = partitionIdOf(9)

test('desiredHolders begins at the partition’s first position and goes on round the ring', () => {
  const members = storingRing(20)
  const byPlace = members.toSorted((a, b) =>
    positionOf(a.address) < positionOf(b.address) ? -1 : 1,
  )
  for (const partition of ALL_PARTITIONS) {
    const first = firstPositionOf(partition)
    const behind = byPlace.filter(({ address }) => positionOf(address) >= first)
    const round = [...behind, ...byPlace].slice(0, HOLDERS_MAX)
    assert.deepEqual(
      desiredHolders(partition, members),
      round.map(({ id }) => id),
    )
  }
})

test('desiredHolders takes one member a host', () => {
  const members = storingRing(12).map((member, i) => ({ ...member, host: `h${i % 3}` }))
  const holders = desiredHolders(GROUP, members)
  const hosts = holders.map((id) => members.find((member) => member.id === id)?.host)
  assert.deepEqual(new Set(hosts), new Set(['h0', 'h1', 'h2']))
  assert.equal(hosts.length, 3)
})

test('desiredHolders takes storing members alone', () => {
  const members = [
    storing(1),
    storing(2, { roles: ['entry', 'chord'] }),
    storing(3, { state: 'draining' }),
    storing(4, { state: 'gone' }),
    storing(5, { state: 'removed' }),
  ]
  assert.deepEqual(desiredHolders(GROUP, members), [idOf(1)])
})

test('desiredHolders does not depend on the order of the list', () => {
  const members = storingRing(30)
  assert.deepEqual(desiredHolders(GROUP, members.toReversed()), desiredHolders(GROUP, members))
})

test('StorageOrder.holders passes over others only while enough hosts are left', () => {
  const order = new StorageOrder(storingRing(7))
  const [first, second, third] = order.holders(GROUP, () => 0)
  const isDown = new Set([first, second])
  assert.equal(
    order.holders(GROUP, (id) => (isDown.has(id) ? 2 : 0)).some((id) => isDown.has(id)),
    false,
  )
  isDown.add(third)
  const holders = order.holders(GROUP, (id) => (isDown.has(id) ? 2 : 0))
  assert.equal(holders.length, HOLDERS_MAX)
  assert.equal(holders.filter((id) => isDown.has(id)).length, 1)
})
