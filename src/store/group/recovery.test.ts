import assert from 'node:assert/strict'
import { test } from 'node:test'

import { memberIdOf } from '../../../sim/world/credentials.ts'
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { LOG_START, type HardState, type LogEntry, type LogPoint } from '../../wire/raft.ts'
import type { GroupImage } from '../log/types.ts'
import type { GroupMark, GroupState, MemberState } from '../state/types.ts'
import { recoverGroups } from './recovery.ts'

const SELF = memberIdOf(0)
const OTHER = memberIdOf(1)
const GROUP = partitionIdOf(3)
const CONFIGURATION = { voters: [SELF, OTHER], learners: [] }

const at = (index: number, term = 1): LogPoint => ({ index, term })

function entriesOf(from: number, through: number, term = 1): LogEntry[] {
  return Array.from({ length: through - from + 1 }, (_, place) => {
    const data = new Uint8Array(0)
    return { index: from + place, term, timeMs: 0, kind: 'empty', data }
  })
}

function image(
  base: LogPoint,
  entries: readonly LogEntry[],
  hardState: HardState = { term: 1, vote: undefined },
): GroupImage {
  return { hardState, base, entries, isForgotten: false }
}

function stateWith(applied: LogPoint | undefined): MemberState {
  const groups = new Map<number, GroupState>()
  const hold = (mark: GroupMark): GroupState => {
    const held = { mark, get: () => undefined, scan: () => [], commit: () => undefined }
    groups.set(GROUP, held)
    return held
  }
  if (applied !== undefined) hold({ applied, configuration: CONFIGURATION })
  const create = (): GroupState => hold({ applied: LOG_START, configuration: undefined })
  return { groups, create } as unknown as MemberState
}

function recover(log: GroupImage | undefined, applied: LogPoint | undefined) {
  const images = new Map(log === undefined ? [] : [[GROUP, log] as const])
  return recoverGroups({ self: SELF, images, state: stateWith(applied) })
}

function restoredFrom(log: GroupImage, applied: LogPoint | undefined) {
  const { groups, records } = recover(log, applied)
  const [group] = groups
  assert.ok(group !== undefined)
  return { restored: group.restored, records }
}

function isDamaged(error: unknown): boolean {
  return error instanceof AnilloError && error.code === 'DATA_DAMAGED'
}

test('recoverGroups() keeps applied entries that the log still has', () => {
  const { restored, records } = restoredFrom(image(at(2), entriesOf(3, 9)), at(6))
  assert.deepEqual([restored.base, restored.applied], [at(2), 6])
  assert.equal(restored.entries.length, 7)
  assert.deepEqual(restored.configuration, CONFIGURATION)
  assert.deepEqual(records, [])
})

test('recoverGroups() begins a group whose state was not written', () => {
  const { restored, records } = restoredFrom(image(LOG_START, entriesOf(1, 4)), undefined)
  assert.deepEqual([restored.applied, restored.entries.length, records], [0, 4, []])
})

test('recoverGroups() begins the log anew where the state is ahead, or of another end', () => {
  const cases = [image(at(2), entriesOf(3, 5)), image(at(2), entriesOf(3, 9))]
  for (const log of cases) {
    const { restored, records } = restoredFrom(log, at(7, 2))
    assert.deepEqual([restored.base, restored.applied, restored.entries], [at(7, 2), 7, []])
    assert.deepEqual(records, [{ kind: 'base', group: GROUP, base: at(7, 2) }])
  }
})

test('recoverGroups() refuses a state that is gone, older than the log, or of another one', () => {
  assert.throws(() => recover(image(at(5), []), undefined), isDamaged)
  assert.throws(() => recover(image(at(5), []), at(4)), isDamaged)
  assert.throws(() => recover(image(at(5), []), at(5, 2)), isDamaged)
  assert.throws(() => recover(undefined, at(4)), isDamaged)
})

test('recoverGroups() drops what the log forgot', () => {
  const images = new Map([[partitionIdOf(4), image(LOG_START, [])]])
  const state = stateWith(at(4))
  const { groups, dropped } = recoverGroups({ self: SELF, images, state })
  assert.deepEqual([groups.length, dropped], [1, [GROUP]])
})

test('recoverGroups() knows who led: a vote for itself, and entries of that term', () => {
  const led = (vote: MemberId, term: number): boolean => {
    const log = image(LOG_START, entriesOf(1, 2, 3), { term, vote })
    return restoredFrom(log, undefined).restored.wasLeader
  }
  assert.deepEqual([led(SELF, 3), led(OTHER, 3), led(SELF, 4)], [true, false, false])
})
