import assert from 'node:assert/strict'
import { test } from 'node:test'

import { partitionOf } from '../../wire/partition.ts'
import { TABLE, TestRing } from './hosts.test-helper.ts'

const PK = 'apple'
const GROUP = partitionOf(TABLE, PK)

test('GroupHost.found() makes all 64 groups, led by the founder', async () => {
  const ring = new TestRing({ members: 1 })
  const founder = ring.member(0)
  await founder.start()
  await ring.settle(founder.host.found(), 'founding')
  assert.equal(founder.host.held().length, 64)
  await ring.until(
    () => founder.host.held().every((group) => founder.host.status(group)?.isReady === true),
    'all are led',
  )
  await ring.put(founder, PK, 'red')
  assert.equal(await ring.get(founder, PK), 'red')
})

test('GroupHost.submit() and confirmRead() work at every member of three', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  for (const [index, member] of ring.members.entries()) {
    await ring.put(member, PK, `value ${index}`)
    for (const other of ring.members) assert.equal(await ring.get(other, PK), `value ${index}`)
  }
})
