import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { ALL_PARTITIONS, partitionOf } from '../../wire/partition.ts'
import { COMMAND_BYTES_MAX } from '../../wire/record-limits.ts'
import { SK, TABLE, TestRing } from './hosts.test-helper.ts'

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

test('GroupHost.onApplied() and Replica.watch() tell each change, at a follower too', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const follower = ring.members.find((member) => member !== ring.leaderOf(GROUP))
  assert.ok(follower !== undefined)
  assert.equal(await ring.get(follower, PK), 'red')
  const applied: number[] = []
  const told: (string | undefined)[] = []
  const stop = follower.host.onApplied((group, index, changes) => {
    assert.equal(group, GROUP)
    if (changes.length > 0) applied.push(index)
  })
  const replica = follower.host.replica(GROUP)
  const fromIndex = replica?.appliedIndex ?? 0
  const watch = replica?.watch({ table: TABLE, pk: PK, fromIndex }, (event) => {
    const [change] = event.kind === 'changes' ? event.changes : []
    told.push(change?.kind === 'put' ? new TextDecoder().decode(change.record.value) : event.kind)
  })
  for (const text of ['green', 'blue']) await ring.put(ring.member(0), PK, text)
  assert.equal(await ring.get(follower, PK), 'blue')
  assert.deepEqual([told, applied.length], [['green', 'blue'], 2])
  stop()
  watch?.stop()
  await ring.put(ring.member(0), PK, 'white')
  assert.equal(await ring.get(follower, PK), 'white')
  assert.deepEqual([told.length, applied.length], [2, 2])
})

test('what has expired goes by itself, by the time of the log', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  const [first] = ring.members
  assert.ok(first !== undefined)
  const writes = [{ kind: 'put', sk: SK, value: utf8('brief'), expiresInMs: 5_000 }] as const
  await ring.transact(first, { pk: PK, writes })
  const changed: number[] = []
  first.host.onApplied((_, index, changes) => {
    if (changes.some(({ record }) => record === undefined)) changed.push(index)
  })
  await ring.world.pass(3_000)
  assert.equal(await ring.get(first, PK), 'brief')
  await ring.until(() => changed.length === 1, 'it is removed')
  assert.equal(await ring.get(first, PK), undefined)
})

test('callers of one turn share one confirmation, and one round', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  assert.ok(leader !== undefined)
  const before = leader.host.counters.readRounds
  const asked = Array.from({ length: 100 }, () =>
    leader.host.confirmRead(GROUP, { timeoutMs: 1_000 }),
  )
  const outcomes = await ring.settle(Promise.all(asked), 'reads')
  assert.ok(outcomes.every((outcome) => outcome === 'ready'))
  assert.equal(leader.host.counters.readRounds - before, 1)
})

test('GroupHost.submit() refuses what is too large, and what nobody here leads', async () => {
  const ring = await TestRing.founded({ members: 3, groups: [GROUP] })
  await ring.put(ring.member(0), PK, 'red')
  const leader = ring.leaderOf(GROUP)
  const follower = ring.members.find((member) => member !== leader)
  assert.ok(leader !== undefined && follower !== undefined)
  const ask = async (at: typeof leader, data: Uint8Array, group = GROUP) =>
    ring.settle(follower.host.submit(group, at.id, data, { timeoutMs: 1_000 }), 'submit')
  const large = await ask(leader, new Uint8Array(COMMAND_BYTES_MAX + 1))
  assert.equal(large.kind === 'refused' && large.why, 'malformed')
  const misled = await ask(follower, new Uint8Array(1))
  assert.deepEqual(misled, { kind: 'refused', why: 'notLeader', hint: leader.id })
  const [elsewhere] = ALL_PARTITIONS.filter((group) => group !== GROUP)
  const unknown = await ask(leader, new Uint8Array(1), elsewhere)
  assert.equal(unknown.kind === 'refused' && unknown.why, 'notMember')
})
