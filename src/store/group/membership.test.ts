import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KIB, SECOND_MS } from '../../base/limits.ts'
import { RAFT_SETTINGS } from '../../consensus/settings.ts'
import { partitionOf } from '../../wire/partition.ts'
import { TABLE, TestRing, type TestMember } from './hosts.test-helper.ts'

const PK = 'apple'
const GROUP = partitionOf(TABLE, PK)

function idsOf(members: readonly TestMember[]) {
  return members.map(({ id }) => id)
}

/** Its log forgets quickly, so that a newcomer needs the state. */
const SHORT_LOG = {
  groups: [GROUP],
  settings: {
    checkpointBytes: 32 * KIB,
    raft: { ...RAFT_SETTINGS, keptBytesMax: 8 * KIB },
  },
}

async function fill(ring: TestRing, through: TestMember, records: number): Promise<void> {
  const text = 'x'.repeat(2 * KIB)
  for (let i = 0; i < records; i++) await ring.put(through, `${PK}/${i}`, `${i} ${text}`)
}

test('64 groups grow from one member to three and to five, and work at each', async () => {
  const ring = new TestRing({ members: 5 })
  for (const member of ring.members) await member.start()
  const founder = ring.member(0)
  await ring.settle(founder.host.found(), 'founding')
  await ring.put(founder, PK, 'of one')
  for (const size of [3, 5]) {
    const ids = idsOf(ring.members.slice(0, size))
    for (const group of ring.groups) await ring.change(group, ids)
    for (const member of ring.members.slice(0, size)) {
      assert.equal(member.host.held().length, 64)
      await ring.put(member, PK, `of ${size} at ${member.id}`)
      assert.equal(await ring.get(member, PK), `of ${size} at ${member.id}`)
    }
  }
})

test('a member whose entries are gone from the logs is given the state, in blocks', async () => {
  const ring = await TestRing.founded({ members: 3, ...SHORT_LOG })
  const [first, second, third] = ring.members
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await ring.change(GROUP, idsOf([first, second]))
  await ring.until(() => third.host.held().length === 0, 'the third has left')
  await fill(ring, first, 150)
  await ring.until(() => first.host.counters.checkpoints > 0, 'a checkpoint')
  await ring.change(GROUP, idsOf([first, second]), [third.id])
  await ring.until(() => third.host.counters.snapshotsTaken === 1, 'the state is taken')
  await ring.change(GROUP, idsOf(ring.members))
  assert.equal((await ring.get(third, `${PK}/0`))?.slice(0, 2), '0 ')
  assert.equal((await ring.get(third, `${PK}/149`))?.slice(0, 4), '149 ')
  await ring.put(third, PK, 'of the third')
  third.kill()
  await third.start()
  assert.equal(await ring.get(third, PK), 'of the third')
  assert.equal(third.host.counters.snapshotsTaken, 0)
})

test('a state goes on where it broke off when the one that fetches it fails', async () => {
  const ring = await TestRing.founded({
    members: 3,
    ...SHORT_LOG,
    settings: { ...SHORT_LOG.settings, snapshotBytesPerSecondMax: 256 * KIB },
  })
  const [first, second, third] = ring.members
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  third.kill()
  await fill(ring, first, 1_000)
  await third.start()
  await ring.until(() => (third.host.incoming()[0]?.blocks ?? 0) >= 2, 'two blocks')
  third.kill()
  await third.start()
  await ring.until(() => third.host.counters.snapshotsTaken === 1, 'the state is taken')
  const whole = Math.max(...ring.members.map(({ host }) => host.counters.snapshotBytesOut))
  assert.ok(third.host.counters.snapshotBytesIn < whole, 'some was there already')
  assert.equal((await ring.get(third, `${PK}/999`))?.slice(0, 4), '999 ')
})

test('a removed member lets go of its replica, also when it was away', async () => {
  const ring = await TestRing.founded({ members: 4, groups: [GROUP] })
  const [first, second, third, fourth] = ring.members
  assert.ok(first && second && third && fourth)
  await ring.put(first, PK, 'red')
  fourth.kill()
  await ring.change(GROUP, idsOf([first, second, third]))
  await ring.change(GROUP, idsOf([first, second]))
  await ring.until(() => third.host.held().length === 0, 'the third has left')
  await ring.world.pass(30 * SECOND_MS)
  await fourth.start()
  assert.deepEqual(fourth.host.held(), [GROUP])
  await ring.until(() => fourth.host.held().length === 0, 'the fourth has left')
  assert.equal(await ring.get(second, PK), 'red')
  assert.equal(await fourth.host.confirmRead(GROUP, { timeoutMs: 1 }), 'notHere')
  await fourth.stop()
  await fourth.start()
  assert.deepEqual(fourth.host.held(), [])
  await ring.change(GROUP, idsOf([first, second, fourth]))
  assert.equal(await ring.get(fourth, PK), 'red')
})

test('a leader that is removed leaves the group to the others', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  assert.ok(leader !== undefined)
  const others = ring.members.filter((member) => member !== leader)
  await ring.change(GROUP, idsOf(others))
  await ring.until(() => leader.host.held().length === 0, 'it has left')
  for (const member of others) assert.equal(await ring.get(member, PK), 'red')
})

test('nobody hears a member that is not enrolled', async () => {
  const ring = new TestRing({ members: 2, groups: [GROUP] })
  const [first, second] = ring.members
  assert.ok(first !== undefined && second !== undefined)
  ring.strangers.add(first.id)
  for (const member of ring.members) await member.start()
  await ring.settle(first.host.found(), 'founding')
  await ring.until(() => first.host.status(GROUP)?.isReady === true, 'it leads')
  first.host.change(GROUP, { voters: [first.id], learners: [second.id] })
  await ring.world.pass(5 * SECOND_MS)
  assert.deepEqual(second.host.held(), [])
})
