import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { MemberId } from '../../base/ids.ts'
import { StorageOrder } from '../../store/placement/desired.ts'
import { idOf, storing } from '../../store/placement/model.test-helper.ts'
import type { EnrolledMember, Whereabouts } from '../../store/placement/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { groupsNotWhole } from './settled.ts'

const THREE = [idOf(1), idOf(2), idOf(3)]

function isWhole(
  members: readonly EnrolledMember[],
  more: Partial<Whereabouts> & { voters?: readonly MemberId[]; only?: PartitionId } = {},
): boolean {
  const { voters = THREE, only, ...changed } = more
  const known = { leader: idOf(1), configuration: { voters, learners: [] } }
  const router = {
    whereabouts: (group: PartitionId): Whereabouts => {
      const isOther = only === undefined || only === group
      const here = isOther ? { ...known, ...changed } : { ...known, configuration: WHOLE }
      return { group, ...here } as Whereabouts
    },
  }
  return groupsNotWhole(new StorageOrder(members), router) === 0
}

const WHOLE = { voters: THREE, learners: [] }

test('groupsNotWhole() wants a leader and all voters in every group', () => {
  const members = [1, 2, 3].map((number) => storing(number))
  assert.equal(isWhole(members), true)
  assert.equal(isWhole(members, { leader: undefined }), false)
  assert.equal(isWhole(members, { voters: THREE.slice(1) }), false)
  const joint = { voters: THREE, learners: [], outgoing: THREE }
  assert.equal(isWhole(members, { configuration: joint }), false)
  assert.equal(isWhole([]), false)
})

test('groupsNotWhole() counts no voter whose member is gone: it was made anew', () => {
  const members = [storing(1), storing(2), { ...storing(3), state: 'gone' as const }, storing(4)]
  assert.equal(isWhole(members), false)
  assert.equal(isWhole(members, { voters: [idOf(1), idOf(2), idOf(4)] }), true)
})

test('groupsNotWhole() counts them', () => {
  const members = [1, 2, 3].map((number) => storing(number))
  const router = {
    whereabouts: (group: PartitionId) =>
      (group < 12 ? undefined : { group, leader: idOf(1), configuration: WHOLE }) as
        | Whereabouts
        | undefined,
  }
  assert.equal(groupsNotWhole(new StorageOrder(members), router), 12)
  assert.equal(groupsNotWhole(new StorageOrder([]), router), 64)
})
