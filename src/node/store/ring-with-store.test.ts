import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../../base/ids.ts'
import type { CoordinatorBelief } from '../../store/coordinator/election.ts'
import type { StoreDescription } from '../../store/placement/survey.ts'
import type { Partition } from '../../wire/api.ts'
import { memberAt } from '../../wire/member.test-helper.ts'
import { ringWithStore } from './ring-with-store.ts'

const MEMBER = memberAt({ name: 'n1', id: 'a', address: '', position: '' })

function led(leader: string): Partition {
  return { id: 0, leader, voters: ['a', 'b'], learners: [] }
}

function described(more: Partial<StoreDescription> = {}): StoreDescription {
  const partitions = [led('a'), led('b'), led('a'), led('')]
  const chunks = { bytesLeft: 0, doneInMs: null, damaged: 0, healed: 0 }
  return { partitions, mayFail: 2, isOnOneMachine: true, enrolled: [], chunks, ...more }
}

const RING = {
  ringId: 'r',
  self: 'n1',
  members: ['a', 'b', 'c'].map((id) => ({ ...MEMBER, id })),
  partitions: [],
  mayFail: 0,
}
const VIEW = { ring: async () => RING }

test('ringWithStore() counts who leads, and promises no more than pages and groups bear', async () => {
  const ring = await ringWithStore(VIEW, { describe: async () => described() })
  assert.deepEqual(
    ring.members.map(({ leads }) => leads),
    [2, 1, 0],
  )
  assert.equal(ring.mayFail, 2)
  assert.equal(ring.isOnOneMachine, true)
  assert.equal(ring.partitions.length, 4)
  const fewer = await ringWithStore(VIEW, { describe: async () => described({ mayFail: 1 }) })
  assert.equal(fewer.mayFail, 1)
})

test('ringWithStore() does not miss who was removed', async () => {
  const down = { ...MEMBER, id: 'd', state: 'down' as const }
  const view = { ring: async () => ({ ...RING, members: [...RING.members, down] }) }
  const enrolled = [
    {
      id: 'd',
      name: 'n4',
      address: '',
      host: '',
      roles: [],
      state: 'removed' as const,
      isLeaving: false,
      isUp: false,
      holds: 0,
    },
  ]
  const missed = await ringWithStore(view, { describe: async () => described() })
  assert.equal(missed.members.length, 4)
  const ring = await ringWithStore(view, { describe: async () => described({ enrolled }) })
  assert.equal(ring.members.length, 3)
})

test('ringWithStore() tells who coordinates, and whether under a lease', async () => {
  const placement = { describe: async () => described() }
  const coordinator = parseMemberId('b'.repeat(32))
  const tellOf = async (belief?: CoordinatorBelief) =>
    (await ringWithStore(VIEW, placement, belief)).coordinator
  assert.equal(await tellOf(), null)
  assert.deepEqual(await tellOf({ coordinator, fence: 0 }), { id: coordinator, isLeased: false })
  assert.deepEqual(await tellOf({ coordinator, fence: 7 }), { id: coordinator, isLeased: true })
})
