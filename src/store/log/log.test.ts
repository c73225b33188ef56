import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { AssertionError } from '../../base/assert.ts'
import { isAnilloError, type AnilloError, type ErrorCode } from '../../base/errors.ts'
import { parseMemberId } from '../../base/ids.ts'
import { KIB } from '../../base/limits.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import { LOG_START, type LogEntry } from '../../wire/raft.ts'
import { BATCH_BYTES_MAX, NOTE_AFTER_MS, openLog, PENDING_BYTES_MAX, SEGMENT_BYTES } from './log.ts'
import type { LogRecord, OpenedLog } from './types.ts'

const KEY = new Uint8Array(32).fill(1)
const GROUP = partitionIdOf(3)
const OTHER = partitionIdOf(63)
const WITHIN_MS = 60_000

interface Rig {
  readonly world: World
  readonly machine: Machine
  readonly failures: AnilloError[]
  readonly syncs: () => number
  done<T>(promise: Promise<T>): Promise<T>
  open(segmentBytes?: number): Promise<OpenedLog>
}

function rig(): Rig {
  const world = new World({ seed: 7 })
  const machine = world.machine()
  const failures: AnilloError[] = []
  let syncs = 0
  const done = <T>(promise: Promise<T>): Promise<T> => world.settle(promise, 'it', WITHIN_MS)
  const open = (segmentBytes = 64 * KIB): Promise<OpenedLog> => {
    const { disk, ...effects } = machine.effects()
    const counted: typeof disk = {
      ...disk,
      open: async (path, mode) => {
        const file = await disk.open(path, mode)
        return { ...file, sync: () => file.sync().finally(() => syncs++) }
      },
    }
    const onFailure = (error: AnilloError): void => void failures.push(error)
    const options = { path: 'log', key: KEY, onFailure, segmentBytes }
    return done(openLog({ ...effects, disk: counted }, options))
  }
  return { world, machine, failures, syncs: () => syncs, done, open }
}

function entry(index: number, dataBytes = 10): LogEntry {
  const data = new Uint8Array(dataBytes).fill(index)
  return { index, term: 2, timeMs: 1_000.5 + index, kind: 'command', data }
}

function entries(group: PartitionId, ...list: readonly LogEntry[]): LogRecord {
  return { kind: 'entries', group, entries: list }
}

async function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => isAnilloError(error, code))
}

test('openLog() of nothing is an empty log', async () => {
  const { open } = rig()
  const { groups, tornBytes, log } = await open()
  assert.deepEqual([groups.size, tornBytes, log.bytesSinceCompact], [0, 0, 0])
})

test('openLog() gives what was appended, to each group its own', async () => {
  const { open, done } = rig()
  const { log } = await open()
  const empty: LogEntry = { ...entry(3, 0), kind: 'empty' }
  await done(log.append([entries(GROUP, entry(1), entry(2)), entries(OTHER, entry(1, 9_000))]))
  await done(log.append([entries(GROUP, empty), entries(GROUP)]))
  await done(
    log.append([{ kind: 'hardState', group: OTHER, hardState: { term: 9, vote: undefined } }]),
  )
  await done(log.close())
  const { groups } = await open()
  assert.deepEqual([...groups.keys()], [GROUP, OTHER])
  assert.deepEqual(groups.get(GROUP)?.entries, [entry(1), entry(2), empty])
  assert.deepEqual(groups.get(OTHER), {
    hardState: { term: 9, vote: undefined },
    base: { index: 0, term: 0 },
    entries: [entry(1, 9_000)],
    isForgotten: false,
  })
})

test('openLog() gives entries that the log does not change later', async () => {
  const { open, done } = rig()
  const first = await open()
  await done(first.log.append([entries(GROUP, entry(1))]))
  await done(first.log.close())
  const { log, groups } = await open()
  await done(log.append([entries(GROUP, entry(2))]))
  assert.deepEqual(groups.get(GROUP)?.entries, [entry(1)])
})

const VOTED = { term: 7, vote: parseMemberId('1'.repeat(32)) }

test('WriteAheadLog.append() forgets, replaces from an index on, and takes a base', async () => {
  const { open, done } = rig()
  const { log } = await open()
  const other = { ...entry(2), term: 5 }
  await done(log.append([entries(GROUP, entry(1), entry(2), entry(3)), entries(OTHER, entry(1))]))
  await done(log.append([{ kind: 'hardState', group: OTHER, hardState: VOTED }]))
  await done(log.append([entries(GROUP, other), { kind: 'forget', group: OTHER }]))
  await done(log.append([{ kind: 'base', group: GROUP, base: { index: 1, term: 2 } }]))
  await done(log.close())
  const { groups } = await open()
  const left = { hardState: VOTED, base: LOG_START, entries: [], isForgotten: true }
  assert.deepEqual(groups.get(OTHER), left)
  assert.deepEqual(groups.get(GROUP)?.entries, [other])
  assert.deepEqual(groups.get(GROUP)?.base, { index: 1, term: 2 })
})

test('WriteAheadLog.append() makes one batch of what comes during a sync', async () => {
  const { open, done, syncs } = rig()
  const { log } = await open()
  const before = syncs()
  const order: number[] = []
  const appends = Array.from({ length: 40 }, (_, place) =>
    log.append([entries(GROUP, entry(place + 1))]).then(() => order.push(place)),
  )
  await done(Promise.all(appends.slice(0, 1)))
  const late = log.append([entries(GROUP, entry(41))])
  await done(Promise.all([...appends, late]))
  assert.ok(syncs() - before <= 2, `${syncs() - before} syncs`)
  assert.deepEqual(
    order,
    Array.from({ length: 40 }, (_, place) => place),
  )
})

test('WriteAheadLog.append() of nothing waits for what came before', async () => {
  const { open, done } = rig()
  const { log } = await open()
  let isFirstDone = false
  void log.append([entries(GROUP, entry(1))]).then(() => {
    isFirstDone = true
  })
  await done(log.append([]))
  assert.ok(isFirstDone)
})

test('WriteAheadLog.append() takes a batch larger than a segment', async () => {
  const { open, done } = rig()
  const { log } = await open(8 * KIB)
  await done(log.append([entries(GROUP, entry(1, 100 * KIB))]))
  await done(log.append([entries(GROUP, entry(2))]))
  await done(log.close())
  assert.deepEqual((await open(8 * KIB)).groups.get(GROUP)?.entries, [
    entry(1, 100 * KIB),
    entry(2),
  ])
})

test('WriteAheadLog.append() refuses as BUSY what is too much, and goes on', async () => {
  const { open, done } = rig()
  const { log } = await open(SEGMENT_BYTES)
  const appends: Promise<void>[] = []
  let index = 0
  for (let bytes = 0; bytes < PENDING_BYTES_MAX; bytes += BATCH_BYTES_MAX) {
    appends.push(log.append([entries(GROUP, entry(++index, BATCH_BYTES_MAX))]))
  }
  await rejects(log.append([entries(GROUP, entry(index + 1))]), 'BUSY')
  await done(Promise.all(appends))
  await done(log.append([entries(GROUP, entry(index + 1))]))
})

test('WriteAheadLog: a gap between entries is a bug that never reaches the medium', async () => {
  const { open, done, failures } = rig()
  const { log } = await open()
  await done(log.append([entries(GROUP, entry(1))]))
  await rejects(done(log.append([entries(GROUP, entry(3))])), 'INTERNAL')
  assert.ok(failures[0]?.cause instanceof AssertionError)
  assert.deepEqual((await open()).groups.get(GROUP)?.entries, [entry(1)])
})

for (const [fault, code] of [
  ['syncsFail', 'DATA_DAMAGED'],
  ['full', 'DISK_FULL'],
] as const) {
  test(`WriteAheadLog: a disk with ${fault} is told once, and nothing resolves after`, async () => {
    const { open, done, failures, machine } = rig()
    const { log } = await open(4 * KIB)
    await done(log.append([entries(GROUP, entry(1))]))
    machine.medium.faults[fault] = true
    // A full disk is felt where a segment must be made.
    const first = log.append([entries(GROUP, entry(2, 4 * KIB))])
    const second = log.compact(new Map())
    const third = log.append([entries(GROUP, entry(3))])
    for (const promise of [first, second, third]) promise.catch(() => undefined)
    for (const promise of [first, second, third]) await rejects(done(promise), code)
    machine.medium.faults[fault] = false
    await rejects(log.append([entries(GROUP, entry(2))]), code)
    await rejects(log.compact(new Map()), code)
    await done(log.close())
    assert.deepEqual(
      failures.map((failure) => failure.code),
      [code],
    )
    assert.deepEqual((await open()).groups.get(GROUP)?.entries[0], entry(1))
  })
}

test('WriteAheadLog.close() waits for what was appended, and takes no more', async () => {
  const { open, done } = rig()
  const { log } = await open()
  let isDone = false
  void log.append([entries(GROUP, entry(1))]).then(() => {
    isDone = true
  })
  const closed = [log.close(), log.close()]
  assert.throws(() => void log.append([entries(GROUP, entry(2))]), AssertionError)
  await done(Promise.all(closed))
  assert.ok(isDone)
})

test('WriteAheadLog.compact() leaves one segment and what is behind the points', async () => {
  const { open, done, machine } = rig()
  const { log } = await open(4 * KIB)
  for (let index = 1; index <= 40; index++) {
    await done(log.append([entries(GROUP, entry(index, 500)), entries(OTHER, entry(index, 1))]))
  }
  const bytesBefore = log.bytes
  assert.ok(log.bytesSinceCompact > 40 * 500)
  await done(log.compact(new Map([[GROUP, { index: 39, term: 2 }]])))
  assert.ok(log.bytes < bytesBefore)
  assert.equal(log.bytesSinceCompact, 0)
  assert.equal((await done(machine.effects().disk.list('log'))).length, 2)
  await done(log.append([entries(GROUP, entry(41))]))
  await done(log.close())
  const { groups } = await open(4 * KIB)
  assert.deepEqual(groups.get(GROUP)?.base, { index: 39, term: 2 })
  assert.deepEqual(groups.get(GROUP)?.entries, [entry(40, 500), entry(41)])
  assert.equal(groups.get(OTHER)?.entries.length, 40)
})

test('WriteAheadLog.compact() may go beyond what was appended: a majority of others has it', async () => {
  const { open, done } = rig()
  const { log } = await open()
  await done(log.append([entries(GROUP, entry(1), entry(2), { ...entry(3), term: 1 })]))
  await done(log.compact(new Map([[GROUP, { index: 4, term: 2 }]])))
  await done(log.append([entries(GROUP, entry(3), entry(4), entry(5))]))
  await done(log.append([entries(GROUP, entry(6))]))
  await done(log.close())
  const { groups } = await open()
  assert.deepEqual(groups.get(GROUP)?.base, { index: 4, term: 2 })
  assert.deepEqual(groups.get(GROUP)?.entries, [entry(5), entry(6)])
})

test('WriteAheadLog.bytes stays as it is over many starts', async () => {
  const { open, done } = rig()
  const { log } = await open(4 * KIB)
  for (let index = 1; index <= 8; index++) await done(log.append([entries(GROUP, entry(index))]))
  await done(log.close())
  const sizes = new Set<number>()
  for (let start = 0; start < 5; start++) {
    const again = await open(4 * KIB)
    sizes.add(again.log.bytes)
    await done(again.log.close())
  }
  assert.equal(sizes.size, 1)
})

test('WriteAheadLog tells damage of its last batch after a quiet', async () => {
  const { open, done, world, machine } = rig()
  const { log } = await open()
  await done(log.append([entries(GROUP, entry(1, 1_000))]))
  await world.pass(2 * NOTE_AFTER_MS)
  machine.losePower()
  machine.givePower()
  const { disk } = machine.effects()
  const [name] = await done(disk.list('log'))
  const file = await done(disk.open(`log/${name}`, 'write'))
  await done(file.write(1_200, new Uint8Array([0xff])))
  await rejects(open(), 'DATA_DAMAGED')
})
