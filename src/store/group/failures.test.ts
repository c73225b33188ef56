import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import { partitionOf } from '../../wire/partition.ts'
import { packTransact } from '../partition/transact-codec.ts'
import { SK, TABLE, TestRing } from './hosts.test-helper.ts'

const PK = 'apple'
const GROUP = partitionOf(TABLE, PK)

test('a group goes on when its leader is killed, and the killed one catches up', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  const [, other] = ring.members
  assert.ok(other !== undefined)
  await ring.put(other, PK, 'before')
  const killed = ring.leaderOf(GROUP)
  assert.ok(killed !== undefined)
  const alive = ring.members.filter((member) => member !== killed)
  killed.kill()
  const killedAtMs = ring.world.nowMs
  for (const member of alive) {
    await ring.put(member, PK, `after, at ${member.machine.name}`)
    assert.equal(await ring.get(member, PK), `after, at ${member.machine.name}`)
  }
  assert.ok(ring.world.nowMs - killedAtMs < 3_000, `${ring.world.nowMs - killedAtMs} ms`)
  await killed.start()
  assert.equal(await ring.get(killed, PK), `after, at ${alive.at(-1)?.machine.name}`)
})

test('what was acknowledged is there after all lost power at once', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const ring = await TestRing.founded({ seed, members: 3, groups: [GROUP] })
    for (let i = 0; i < 20; i++) await ring.put(ring.member(i % 3), PK, `value ${i}`)
    for (const member of ring.members) {
      member.running = undefined
      member.machine.losePower()
    }
    for (const member of ring.members) {
      member.machine.givePower()
      await member.start()
    }
    for (const member of ring.members) assert.equal(await ring.get(member, PK), 'value 19')
    await ring.put(ring.member(0), PK, 'more')
    assert.equal(await ring.get(ring.member(2), PK), 'more')
  }
})

test('a ring of one is the same after a restart, planned or not', async () => {
  const ring = await TestRing.founded({ members: 1 })
  const only = ring.member(0)
  await ring.put(only, PK, 'red')
  await only.stop()
  await only.start()
  assert.equal(await ring.get(only, PK), 'red')
  await ring.put(only, PK, 'green')
  only.kill()
  await only.start()
  assert.equal(await ring.get(only, PK), 'green')
  assert.equal(only.host.held().length, 64)
})

test('GroupHost.submit() settles at once as lost when the leader cannot be reached', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  const asker = ring.members.find((member) => member !== leader)
  assert.ok(leader !== undefined && asker !== undefined)
  const asked = asker.host.submit(GROUP, leader.id, new Uint8Array(1), { timeoutMs: 60_000 })
  leader.kill()
  const outcome = await ring.world.settle(asked, 'submit', 1_000)
  assert.equal(outcome.kind, 'lost')
})

test('GroupHost.confirmRead() refuses without a majority, in its time', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  assert.ok(leader !== undefined)
  for (const member of ring.members) if (member !== leader) member.kill()
  const asked = leader.host.confirmRead(GROUP, { timeoutMs: 500 })
  assert.equal(await ring.world.settle(asked, 'read', 600), 'refused')
  await ring.until(() => leader.host.status(GROUP)?.role !== 'leader', 'it leads no more')
})

test('GroupHost.close() hands leaderships over before it ends', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  assert.ok(leader !== undefined)
  const stopped = ring.world.nowMs
  await leader.stop()
  await ring.until(() => ring.leaderOf(GROUP)?.running?.status(GROUP)?.isReady === true, 'another')
  assert.ok(ring.world.nowMs - stopped < 200, `${ring.world.nowMs - stopped} ms`)
})

test('a leader that stood still hands over', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  assert.ok(leader !== undefined)
  leader.machine.medium.faults.slowness = 2_000
  const other = ring.members.find((member) => member !== leader)
  assert.ok(other !== undefined)
  void ring.put(other, PK, 'green').catch(() => undefined)
  await ring.until(() => ring.leaderOf(GROUP) !== leader, 'another leads')
  assert.ok(leader.host.counters.leadershipsGiven > 0)
})

test('leaderships do not go round and round where all disks are slow', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  for (const { machine } of ring.members) machine.medium.faults.slowness = 200
  const endMs = ring.world.nowMs + 180_000
  const putOn = async (at: number): Promise<void> => {
    while (ring.world.nowMs < endMs) await ring.put(ring.member(at), PK, 'green').catch(() => {})
  }
  const puts = [0, 1, 2, 0, 1, 2].map(putOn)
  await ring.world.settle(Promise.all(puts), 'the puts', 240_000)
  let given = 0
  for (const { host } of ring.members) given += host.counters.leadershipsGiven
  assert.ok(given > 3 && given <= 3 * 8, `${given} handed over`)
})

test('a nearly full disk refuses writes but not deletes, and opens again by itself', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  const [first] = ring.members
  assert.ok(first !== undefined)
  await ring.put(first, PK, 'red')
  const leader = ring.leaderOf(GROUP)
  const follower = ring.members.find((member) => member !== leader)
  assert.ok(leader !== undefined && follower !== undefined)
  const { faults } = follower.machine.medium
  faults.freeBytes = 10 * MIB
  await ring.until(() => leader.host.isFull(follower.id), 'the leader knows')
  const put = ring.put(leader, 'apple/2', 'green')
  await ring.world.pass(500)
  assert.equal(leader.host.replica(GROUP)?.get({ table: TABLE, pk: 'apple/2', sk: SK }), undefined)
  faults.freeBytes = 1_000 * MIB
  await ring.settle(put, 'the put')
  faults.freeBytes = 10 * MIB
  await ring.until(() => leader.host.isFull(follower.id), 'the leader knows again')
  const writes = [{ kind: 'delete', sk: SK }] as const
  const outcome = await ring.transact(leader, { pk: PK, writes })
  assert.deepEqual(outcome.kind === 'done' && outcome.existed, [true])
  assert.ok(leader.host.isFull(follower.id))
})

test('GroupHost.submit() is refused with the name of the member whose disk is full', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  const [full, asker] = ring.members.filter((member) => member !== leader)
  assert.ok(leader !== undefined && full !== undefined && asker !== undefined)
  full.machine.medium.faults.freeBytes = 0
  await ring.until(() => leader.host.isFull(full.id), 'the leader knows')
  const command = encodeCommand({
    kind: 'call',
    request: { session: 1, sequence: 99, floor: 99 },
    procedure: 'transact',
    input: packTransact({
      table: TABLE,
      pk: PK,
      conditions: [],
      writes: [{ kind: 'put', sk: SK, value: new Uint8Array(1) }],
    }),
  })
  const asked = asker.host.submit(GROUP, leader.id, command, { timeoutMs: 1_000 })
  const outcome = await ring.world.settle(asked, 'submit', 1_000)
  assert.deepEqual(outcome, { kind: 'refused', why: 'full', hint: full.id })
})

test('a leader whose disk is nearly full hands over to one with room, and to no other', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  const [full, roomy] = ring.members.filter((member) => member !== leader)
  assert.ok(leader !== undefined && full !== undefined && roomy !== undefined)
  full.machine.medium.faults.freeBytes = 10 * MIB
  await ring.until(() => leader.host.isFull(full.id), 'the leader knows')
  leader.machine.medium.faults.freeBytes = 10 * MIB
  await ring.until(() => ring.leaderOf(GROUP) === roomy, 'the one with room leads')
  roomy.machine.medium.faults.freeBytes = 10 * MIB
  await ring.until(() => roomy.host.isDiskFull, 'all are full')
  await ring.world.pass(5_000)
  assert.equal(ring.leaderOf(GROUP), roomy)
  assert.equal(await ring.get(full, PK), 'red')
})

test('GroupHost asks the disk sooner the more it writes', async () => {
  const settings = { diskFreeBytesMin: MIB }
  const ring = await TestRing.founded({ members: 1, groups: [GROUP], settings })
  const only = ring.member(0)
  await ring.put(only, PK, 'red')
  await ring.until(() => only.host.freeBytes !== undefined, 'the disk was asked')
  const { faults } = only.machine.medium
  faults.freeBytes = 0
  const startMs = ring.world.nowMs
  for (let at = 0; !only.host.isDiskFull; at++) {
    assert.ok(at < 20, 'the disk was not asked')
    await ring.put(only, `apple/${at}`, 'x'.repeat(60_000))
  }
  assert.ok(ring.world.nowMs - startMs < 500, `${ring.world.nowMs - startMs} ms`)
})

test('createGroupHost() refuses data of which the log is gone', async () => {
  const ring = await TestRing.founded({ members: 1 })
  const only = ring.member(0)
  await ring.put(only, PK, 'red')
  await only.stop()
  only.machine.medium.remove('store/log')
  await assert.rejects(only.start(), (error) => isAnilloError(error, 'DATA_DAMAGED'))
})
