import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Member, Partition } from '../../wire/api.ts'
import { ringWithStore } from './ring-with-store.ts'

const MEMBER: Member = {
  name: 'n1',
  id: 'a',
  url: '',
  ftp: null,
  replayUrl: '',
  address: '',
  position: '',
  state: 'up',
  leads: 0,
  roles: [],
  host: '',
  version: '',
  startedAt: '',
  predecessor: null,
  successors: [],
  fingers: [],
  pages: 0,
  ownPages: 0,
  pageBytes: 0,
  load: { downloads: 0, downloadsMax: 0, busy: false },
}

function led(leader: string): Partition {
  return { id: 0, leader, voters: ['a', 'b'], learners: [] }
}

test('ringWithStore() counts who leads, and promises no more than pages and groups bear', async () => {
  for (const [pages, groups] of [
    [2, 1],
    [0, 2],
  ] as const) {
    const members = [MEMBER, { ...MEMBER, id: 'b' }, { ...MEMBER, id: 'c' }]
    const view = { ring: async () => ({ ...RING, members, mayFail: pages }) }
    const partitions = [led('a'), led('b'), led('a'), led('')]
    const described = { partitions, mayFail: groups, isOnOneMachine: true, enrolled: [] }
    const ring = await ringWithStore(view, { describe: async () => described })
    assert.deepEqual(
      ring.members.map(({ leads }) => leads),
      [2, 1, 0],
    )
    assert.equal(ring.mayFail, Math.min(pages, groups))
    assert.deepEqual(ring.partitions, partitions)
    assert.equal(ring.isOnOneMachine, true)
  }
})

const RING = { ringId: 'r', self: 'n1', members: [], partitions: [], mayFail: 0 }
