/** What a member's state promises, case by case. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { DATABASE_VIEWS_MAX } from '../../src/effects/database.ts'
import { FLUSH_DELAY_MS } from '../../src/store/state/flusher.ts'
import type { GroupState, MemberState, SnapshotBlock } from '../../src/store/state/types.ts'
import { partitionIdOf } from '../../src/wire/partition.ts'
import { MEMBER, markAt, PATH, put, remove, shown, StateRig } from './state.test-helper.ts'

const G1 = partitionIdOf(1)
const G2 = partitionIdOf(2)

function held(state: MemberState, group = G1): GroupState {
  return present(state.groups.get(group), 'the group')
}

test('commit() is seen at once by get() and scan(), in both directions, over what is written', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const group = state.create(G1)
  group.commit([put('a', '1'), put('c', '1'), put('e', '1')], markAt(1))
  await rig.done(state.checkpoint())
  assert.equal(state.unwrittenBytes, 0)
  group.commit([put('b', '2'), remove('c'), put('e', '2')], markAt(2))
  assert.ok(state.unwrittenBytes > 0)
  assert.equal(group.get(utf8('c')), undefined)
  assert.deepEqual(group.get(utf8('e')), utf8('2'))
  assert.equal(shown(group), 'a=1 b=2 e=2')
  assert.equal(shown(group, { reverse: true }), 'e=2 b=2 a=1')
  assert.equal(shown(group, { from: utf8('b'), to: utf8('e'), limit: 5 }), 'b=2')
  assert.equal(shown(group, { reverse: true, limit: 2 }), 'e=2 b=2')
  assert.equal(shown(group, { bytesMax: 3 }), 'a=1 b=2')
  await rig.done(state.close())
})

test('commit() deletes a range that lies in the database and in the overlay', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const group = state.create(G1)
  const many = Array.from({ length: 600 }, (_, at) => put(`k${String(at).padStart(3, '0')}`, 'x'))
  group.commit(many, markAt(1))
  await rig.done(state.checkpoint())
  group.commit([put('k1', 'fresh'), put('z', '1')], markAt(2))
  group.commit([{ kind: 'deleteRange', from: utf8('k001'), to: utf8('z') }], markAt(3))
  assert.equal(shown(group), 'k000=x z=1')
  await rig.done(state.checkpoint())
  assert.equal(shown(group), 'k000=x z=1')
  await rig.done(state.close())
})

test('openState() finds the groups, their marks and rows again, and no other', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit([put('a', '1')], markAt(4))
  state.create(G2)
  const points = await rig.done(state.checkpoint())
  assert.deepEqual(points.get(G1), markAt(4))
  assert.equal(points.get(G2)?.configuration, undefined)
  const again = await rig.crash('power')
  assert.deepEqual([...again.groups.keys()], [G1, G2])
  assert.deepEqual(held(again).mark, markAt(4))
  assert.equal(shown(held(again)), 'a=1')
  assert.equal(held(again, G2).mark.applied.index, 0)
  assert.equal(shown(held(again, G2)), '')
})

test('openState() refuses another key', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  await rig.done(state.close())
  const opening = rig.open(new Uint8Array(32))
  await assert.rejects(opening, (error) => isAnilloError(error, 'DATA_DAMAGED'))
})

test('values that were changed or swapped on the disk are DATA_DAMAGED, never an answer', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit([put('a', 'value'), put('b', 'other')], markAt(1))
  await rig.done(state.close())
  const database = await rig.done(rig.effects.databases.open(PATH))
  const [a, b] = database.scan({ limit: 2 })
  assert.ok(a !== undefined && b !== undefined)
  await rig.done(database.write([{ kind: 'put', key: a.key, value: b.value }]))
  const rotten = b.value.slice()
  rotten[rotten.length - 1] = (rotten.at(-1) ?? 0) ^ 1
  await rig.done(database.write([{ kind: 'put', key: b.key, value: rotten }]))
  await rig.done(database.close())
  const again = held(await rig.open())
  const isDamaged = (error: unknown): boolean => isAnilloError(error, 'DATA_DAMAGED')
  assert.throws(() => again.get(utf8('a')), isDamaged)
  assert.throws(() => again.get(utf8('b')), isDamaged)
  assert.throws(() => again.scan({}), isDamaged)
})

test('rot anywhere among the values is told, when the state is opened or when they are read', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const rig = new StateRig(seed)
    const state = await rig.open()
    state.create(G1).commit([put('a', 'value'), put('b', 'other')], markAt(1))
    await rig.done(state.close())
    const stored = rig.machine.medium.databases.get(PATH)
    assert.ok(stored?.flipValueBit(rig.world.chance))
    const reading = async (): Promise<unknown> => held(await rig.open()).scan({})
    await assert.rejects(reading, (error) => isAnilloError(error, 'DATA_DAMAGED'))
  }
})

test('drop() takes rows away in the background, and a group begun anew has none of them', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const many = Array.from({ length: 2_000 }, (_, at) => put(`k${at}`, 'x'))
  state.create(G1).commit(many, markAt(1))
  await rig.done(state.checkpoint())
  await rig.done(state.drop(G1))
  assert.ok(!state.groups.has(G1))
  const anew = state.create(G1)
  assert.equal(shown(anew), '')
  anew.commit([put('own', '1')], markAt(1))
  await rig.done(state.checkpoint())
  const stored = rig.machine.medium.databases.get(PATH)
  const rows = (): number => stored?.scan({}).length ?? 0
  assert.ok(rows() > 1_000)
  // Format, mark and row.
  await rig.world.until(() => rows() === 3, 'the old rows are gone', 10_000)
  assert.equal(shown(anew), 'own=1')
  await rig.done(state.close())
})

test('drop() in the middle of a batch that holds the group leaves nothing of it', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit(manyRows(2_000), markAt(1))
  state.create(G2).commit([put('a', '1')], markAt(1))
  // Values are sealed in several turns, the first of them at once.
  const written = state.checkpoint()
  const dropped = state.drop(G1)
  await rig.done(Promise.all([written, dropped]))
  const again = await rig.crash('power')
  assert.deepEqual([...again.groups.keys()], [G2])
  assert.equal(shown(held(again, G2)), 'a=1')
})

test('openState() goes on cleaning what a crash left', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const many = Array.from({ length: 2_000 }, (_, at) => put(`k${at}`, 'x'))
  state.create(G1).commit(many, markAt(1))
  await rig.done(state.checkpoint())
  await rig.done(state.drop(G1))
  await rig.crash('power')
  const stored = rig.machine.medium.databases.get(PATH)
  await rig.world.until(() => stored?.scan({}).length === 1, 'only the format is left', 10_000)
})

test('a full disk is told to checkpoint(), kept in the overlay, and written when there is room', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const group = state.create(G1)
  await rig.done(state.checkpoint())
  rig.machine.medium.faults.full = true
  group.commit([put('a', '1')], markAt(1))
  const isFull = (error: unknown): boolean => isAnilloError(error, 'DISK_FULL')
  await assert.rejects(rig.done(state.checkpoint()), isFull)
  await rig.world.pass(10_000)
  assert.equal(shown(group), 'a=1')
  assert.ok(state.unwrittenBytes > 0)
  rig.machine.medium.faults.full = false
  await rig.world.until(() => state.unwrittenBytes === 0, 'it is written', 10_000)
  assert.deepEqual(rig.failures, [])
  await rig.done(state.close())
})

test('checkpoint() rejects when the medium does not sync', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1)
  rig.machine.medium.faults.syncsFail = true
  const refused = (error: unknown): boolean => isAnilloError(error, 'DATA_NOT_WRITABLE')
  await assert.rejects(rig.done(state.checkpoint()), refused)
})

test('a key that is written often is written once a batch', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const group = state.create(G1)
  await rig.done(state.checkpoint())
  const stored = rig.machine.medium.databases.get(PATH)
  const before = stored?.unsynced ?? 0
  for (let at = 1; at <= 1_000; at++) group.commit([put('hot', String(at))], markAt(at))
  assert.ok(state.unwrittenBytes < 1_000)
  await rig.world.until(() => state.unwrittenBytes === 0, 'it is written', 2 * FLUSH_DELAY_MS)
  assert.equal((stored?.unsynced ?? 0) - before, 1)
  assert.equal(shown(group), 'hot=1000')
  await rig.done(state.close())
})

const OTHER = { voters: [MEMBER], learners: [] }

async function blocksOf(state: MemberState): Promise<readonly SnapshotBlock[]> {
  const source = await state.snapshot(G1)
  const blocks: SnapshotBlock[] = []
  do blocks.push(source.block(blocks.length))
  while (blocks.at(-1)?.isLast !== true)
  assert.equal(source.block(blocks.length - 1), blocks.at(-1))
  source.close()
  return blocks
}

function manyRows(count: number): ReturnType<typeof put>[] {
  return Array.from({ length: count }, (_, at) => put(`row ${at}`, `value ${at}`.repeat(20)))
}

test('snapshot() shows one moment, which a sink elsewhere installs to the same hash', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const group = state.create(G1)
  group.commit(manyRows(5_000), markAt(7))
  const source = await rig.done(state.snapshot(G1))
  assert.deepEqual(source.offer, { point: { index: 7, term: 1 }, configuration: OTHER })
  const { hash } = await rig.done(state.stateHash(G1))
  group.commit([put('later', '1')], markAt(8))
  await rig.done(state.checkpoint())

  const there = new StateRig(2)
  const taking = await there.open()
  const old = taking.create(G1)
  old.commit([put('old', '1')], markAt(3))
  const sink = await there.done(taking.sink(G1, source.offer))
  let isLast = false
  while (!isLast) {
    const block = source.block(sink.nextBlock)
    await there.done(sink.take(block))
    isLast = block.isLast
  }
  source.close()
  assert.equal(shown(old), 'old=1')
  await there.done(sink.install())
  assert.equal(held(taking), old)
  assert.deepEqual(old.mark, markAt(7))
  assert.deepEqual(await there.done(taking.stateHash(G1)), { point: { index: 7, term: 1 }, hash })
  const again = await there.crash('power')
  assert.deepEqual(await there.done(again.stateHash(G1)), { point: { index: 7, term: 1 }, hash })
  assert.notEqual((await rig.done(state.stateHash(G1))).hash, hash)
})

test('sink() goes on after a kill where it was, and begins anew for another offer', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit(manyRows(5_000), markAt(7))
  const offer = { point: { index: 7, term: 1 }, configuration: OTHER }
  const blocks = await rig.done(blocksOf(state))
  assert.ok(blocks.length > 3)

  const there = new StateRig(2)
  const first = await there.done((await there.open()).sink(G1, offer))
  for (const block of blocks.slice(0, 2)) await there.done(first.take(block))
  const again = await there.crash('kill')
  assert.ok(!again.groups.has(G1))
  const second = await there.done(again.sink(G1, offer))
  assert.equal(second.nextBlock, 2)
  for (const block of blocks.slice(2)) await there.done(second.take(block))
  await there.done(second.install())
  const { hash } = await rig.done(state.stateHash(G1))
  assert.equal((await there.done(again.stateHash(G1))).hash, hash)
  const other = { ...offer, point: { index: 8, term: 1 } }
  assert.equal((await there.done(again.sink(G1, other))).nextBlock, 0)
})

test('take() refuses a block that was changed, left out or comes from another snapshot', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit(manyRows(5_000), markAt(7))
  const offer = { point: { index: 7, term: 1 }, configuration: OTHER }
  const [first, second] = await rig.done(blocksOf(state))
  assert.ok(first !== undefined && second !== undefined)
  const there = new StateRig(2)
  const taking = await there.open()
  const sink = await there.done(taking.sink(G1, offer))
  const refused = async (block: SnapshotBlock, by = sink): Promise<void> => {
    const isDamaged = (error: unknown): boolean => isAnilloError(error, 'DATA_DAMAGED')
    await assert.rejects(there.done(by.take(block)), isDamaged)
  }
  const changed = first.bytes.slice()
  changed[20] = (changed[20] ?? 0) ^ 1
  await refused({ ...first, bytes: changed })
  await refused(second)
  await refused({ ...second, number: 0 })
  await there.done(sink.take(first))
  await refused(first)
  const point = { index: 9, term: 1 }
  const other = await there.done(taking.sink(G1, { ...offer, point }))
  await refused(first, other)
  const isOver = (error: unknown): boolean => isAnilloError(error, 'NOT_FOUND')
  await assert.rejects(there.done(sink.take(second)), isOver)
  await there.done(taking.drop(G1))
  await assert.rejects(there.done(other.take(first)), isOver)
})

test('abandon() leaves nothing behind', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit(manyRows(3_000), markAt(7))
  const [block] = await rig.done(blocksOf(state))
  assert.ok(block !== undefined)
  const there = new StateRig(2)
  const taking = await there.open()
  const offer = { point: { index: 7, term: 1 }, configuration: OTHER }
  const sink = await there.done(taking.sink(G1, offer))
  await there.done(sink.take(block))
  const stored = there.machine.medium.databases.get(PATH)
  assert.ok((stored?.scan({}).length ?? 0) > 100)
  await there.done(sink.abandon())
  await there.world.until(() => stored?.scan({}).length === 1, 'only the format is left', 10_000)
})

test('snapshot() of an empty group is one empty block; too many at once are BUSY', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit([], markAt(1))
  const sources = []
  for (let at = 0; at < DATABASE_VIEWS_MAX; at++) sources.push(await rig.done(state.snapshot(G1)))
  const isBusy = (error: unknown): boolean => isAnilloError(error, 'BUSY')
  await assert.rejects(rig.done(state.snapshot(G1)), isBusy)
  const block = sources[0]?.block(0)
  assert.equal(block?.bytes.length, 0)
  assert.equal(block?.isLast, true)
  // Whoever read it to its end may ask for the last block again, and holds up nobody.
  sources.push(await rig.done(state.snapshot(G1)))
  assert.deepEqual(sources[0]?.block(0), block)
  for (const source of sources) source.close()
  await rig.done(state.close())
})

test('cut() shows each group as of its own moment, whatever is applied and written meanwhile', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  const one = state.create(G1)
  const two = state.create(G2)
  one.commit([put('a', '1'), put('b', '1')], markAt(1))
  two.commit([put('z', '1')], markAt(1))
  await rig.done(state.checkpoint())
  one.commit([put('a', '2')], markAt(2))
  const cut = state.cut([G1, G2])
  one.commit([remove('b'), put('c', '3')], markAt(3))
  await rig.done(state.checkpoint())
  assert.ok(cut.take(G1))
  one.commit([put('a', 'later'), put('d', 'later')], markAt(4))
  two.commit([put('z', '2')], markAt(2))
  assert.ok(cut.take(G2))
  two.commit([{ kind: 'deleteRange', from: utf8('a'), to: utf8('zz') }], markAt(3))
  await rig.done(state.checkpoint())
  const shownOf = (group: typeof G1): string =>
    shown({ scan: (o) => cut.scan(group, o), get: () => undefined })
  assert.equal(shownOf(G1), 'a=2 c=3')
  assert.equal(shownOf(G2), 'z=2')
  assert.deepEqual(cut.markOf(G1), markAt(3))
  assert.equal(shown(held(state)), 'a=later c=3 d=later')
  cut.close()
  await rig.done(state.close())
})

test('cut() has no part of a group that was dropped', async () => {
  const rig = new StateRig(1)
  const state = await rig.open()
  state.create(G1).commit([put('a', '1')], markAt(1))
  state.create(G2).commit([put('b', '1')], markAt(1))
  const cut = state.cut([G1, G2])
  await rig.done(state.drop(G2))
  assert.ok(cut.take(G1))
  assert.equal(cut.take(G2), false)
  cut.close()
  await rig.done(state.close())
})
