import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import { ALL_PARTITIONS, partitionOf, type PartitionId } from '../../wire/partition.ts'
import { userPk, USERS_TABLE } from '../../wire/users.ts'
import { desiredHolders, idOf, storingRing } from './model.test-helper.ts'
import { nextHandover } from './spread.ts'

function countsOf(leaders: ReadonlyMap<PartitionId, MemberId>): Map<MemberId, number> {
  const counts = new Map<MemberId, number>()
  for (const leader of leaders.values()) counts.set(leader, (counts.get(leader) ?? 0) + 1)
  return counts
}

/** Every member hands over, one group at a time, until none does. */
function spread(size: number): {
  readonly counts: ReadonlyMap<MemberId, number>
  readonly handovers: number
  readonly leaders: ReadonlyMap<PartitionId, MemberId>
} {
  const members = storingRing(size)
  const leaders = new Map(
    ALL_PARTITIONS.map((id) => [id, present(desiredHolders(id, members)[0], 'holder')]),
  )
  let handovers = 0
  for (let isMoving = true; isMoving;) {
    isMoving = false
    for (const { id: self } of members) {
      const led = [...leaders].flatMap(([id, leader]) =>
        leader === self
          ? [{ id, heirs: desiredHolders(id, members).filter((heir) => heir !== self) }]
          : [],
      )
      const handover = nextHandover({ led, leads: countsOf(leaders), share: Math.ceil(64 / size) })
      if (handover === undefined) continue
      leaders.set(handover.group, handover.to)
      handovers += 1
      isMoving = true
      assert.ok(handovers <= ALL_PARTITIONS.length, 'groups go to and fro')
    }
  }
  return { counts: countsOf(leaders), handovers, leaders }
}

test('nextHandover spreads 64 groups over five members, at most one apart', () => {
  const { counts } = spread(5)
  assert.deepEqual(
    [...counts.values()].toSorted((a, b) => a - b),
    [12, 13, 13, 13, 13],
  )
})

test('nextHandover ends in rings of all sizes', () => {
  for (let size = 1; size <= 60; size++) spread(size)
})

test('ten thousand people are served evenly by ten members', () => {
  const { leaders } = spread(10)
  const served = new Map<MemberId, number>()
  for (let person = 0; person < 10_000; person++) {
    const leader = leaders.get(partitionOf(USERS_TABLE, userPk(`user${person}`)))
    const id = present(leader, 'leader')
    served.set(id, (served.get(id) ?? 0) + 1)
  }
  assert.equal(served.size, 10)
  assert.ok(Math.max(...served.values()) / 1_000 <= 1.3, [...served.values()].join())
})

test('nextHandover leaves a difference of one alone', () => {
  const [a, b, c] = ALL_PARTITIONS
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  const led = [a, b].map((id) => ({ id, heirs: [idOf(2)] }))
  const leads = new Map([[idOf(2), 1]])
  assert.equal(nextHandover({ led, leads, share: 1 }), undefined)
  const three = [...led, { id: c, heirs: [] }]
  assert.deepEqual(nextHandover({ led: three, leads, share: 2 }), { group: a, to: idOf(2) })
})

test('nextHandover prefers who leads least, then the nearest in order', () => {
  const [a, b] = ALL_PARTITIONS
  assert.ok(a !== undefined && b !== undefined)
  const leads = new Map([
    [idOf(2), 0],
    [idOf(3), 0],
    [idOf(4), 1],
  ])
  const led = [
    { id: a, heirs: [idOf(4), idOf(2)] },
    { id: b, heirs: [idOf(3)] },
  ]
  assert.deepEqual(nextHandover({ led, leads, share: 1 }), { group: b, to: idOf(3) })
})

test('nextHandover keeps a share, so that late news of others cannot send all to one member', () => {
  const heirs = [idOf(5)]
  const led = ALL_PARTITIONS.slice(0, 16).map((id) => ({ id, heirs }))
  const stale = new Map([[idOf(5), 0]])
  let given = 0
  while (nextHandover({ led: led.slice(given), leads: stale, share: 13 }) !== undefined) given += 1
  assert.equal(given, 3)
})
