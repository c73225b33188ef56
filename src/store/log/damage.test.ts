/** Every single damage of a small log, one at a time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'

import { World } from '../../../sim/world/world.ts'
import { present } from '../../base/assert.ts'
import { isAnilloError } from '../../base/errors.ts'
import { parseMemberId } from '../../base/ids.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import { openLog } from './log.ts'
import { memoryDisk, type Files } from './memory-disk.test-helper.ts'
import type { GroupImage, LogRecord, OpenedLog } from './types.ts'

const SEGMENT_BYTES = 1_024
const KEY = new Uint8Array(32).fill(5)
const OTHER_KEY = new Uint8Array(32).fill(6)
const VOTE = parseMemberId('ab'.repeat(16))
const APPENDS = 14

const effects = new World({ seed: 1 }).machine().effects()

type Groups = ReadonlyMap<PartitionId, GroupImage>

function open(files: Files, key = KEY): Promise<OpenedLog> {
  const onFailure = (error: Error): void => assert.fail(error)
  const { cipher, random } = effects
  return openLog(
    { cipher, random, clock: new ManualClock(), disk: memoryDisk(files) },
    { path: 'log', key, onFailure, segmentBytes: SEGMENT_BYTES },
  )
}

function recordsOf(number: number): LogRecord[] {
  const group = partitionIdOf(number % 2)
  const index = Math.ceil(number / 2)
  const data = new Uint8Array(20 + number).fill(number)
  const entry = { index, term: number, timeMs: 1_000 + number, kind: 'command', data } as const
  return [
    { kind: 'hardState', group, hardState: { term: number, vote: VOTE } },
    { kind: 'entries', group, entries: [entry] },
  ]
}

interface SmallLog {
  readonly files: Files
  readonly whole: Groups
  /** Before the last batch. */
  readonly cut: Groups
}

async function smallLog(end: 'crash' | 'close'): Promise<SmallLog> {
  const files: Files = new Map()
  const { log } = await open(files)
  let before: Files = new Map()
  for (let number = 1; number <= APPENDS; number++) {
    before = new Map(files)
    await log.append(recordsOf(number))
  }
  if (end === 'close') await log.close()
  const groupsIn = async (some: Files): Promise<Groups> => (await open(new Map(some))).groups
  const small = { files, whole: await groupsIn(files), cut: await groupsIn(before) }
  assert.ok(files.size >= 4, 'a manifest and three segments')
  assert.notDeepEqual(small.whole, small.cut)
  return small
}

type Outcome = 'the same' | 'last batch cut' | 'damage told'

async function outcomeOf(small: SmallLog, damaged: Files): Promise<Outcome> {
  try {
    const { groups } = await open(damaged)
    if (isDeepStrictEqual(groups, small.whole)) return 'the same'
    assert.deepEqual(groups, small.cut)
    return 'last batch cut'
  } catch (error) {
    assert.ok(isAnilloError(error, 'DATA_DAMAGED'), String(error))
    return 'damage told'
  }
}

interface Damage {
  readonly name: string
  readonly files: Files
}

function* flips({ files }: SmallLog): Generator<Damage> {
  for (const [path, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1 << (at & 7), 0xff]) {
        const changed = bytes.slice()
        changed[at] = (changed[at] ?? 0) ^ mask
        yield { name: `${path} byte ${at} ^ ${mask}`, files: new Map(files).set(path, changed) }
      }
    }
  }
}

function* cuts({ files }: SmallLog): Generator<Damage> {
  for (const [path, bytes] of files) {
    for (let length = 0; length < bytes.length; length++) {
      const cut = new Map(files).set(path, bytes.slice(0, length))
      yield { name: `${path} cut at ${length}`, files: cut }
    }
  }
}

/** The rest of a file as it was before it was written: after a crash nobody could tell. */
function* zeroed({ files }: SmallLog): Generator<Damage> {
  for (const [path, bytes] of files) {
    for (let from = 0; from < bytes.length; from++) {
      const changed = bytes.slice().fill(0, from)
      yield { name: `${path} zeros from ${from}`, files: new Map(files).set(path, changed) }
    }
  }
}

function* losses({ files }: SmallLog): Generator<Damage> {
  const paths = [...files.keys()]
  for (const [place, path] of paths.entries()) {
    const without = new Map(files)
    without.delete(path)
    yield { name: `without ${path}`, files: without }
    for (const other of paths.slice(place + 1)) {
      const swapped = new Map(files)
      swapped.set(path, present(files.get(other), other)).set(other, present(files.get(path), path))
      yield { name: `${path} and ${other} swapped`, files: swapped }
    }
  }
}

async function count(
  small: SmallLog,
  damages: Iterable<Damage>,
): Promise<Readonly<Record<Outcome, number>>> {
  const counts = { 'the same': 0, 'last batch cut': 0, 'damage told': 0 }
  for (const { name, files } of damages) {
    const outcome = await outcomeOf(small, files).catch((error: unknown) => {
      throw new Error(name, { cause: error })
    })
    counts[outcome]++
  }
  return counts
}

/** Two for each byte of the last batch: 52 of its own, 43 and 69 of its two records. */
const FLIPS_CUT_MAX = 2 * (52 + 43 + 69)

for (const end of ['crash', 'close'] as const) {
  test(`openLog() after a ${end} tells each of some 15,000 damages, or loses nothing`, async (t) => {
    const small = await smallLog(end)
    const kinds = { flips, cuts, losses, ...(end === 'close' ? { zeroed } : {}) }
    for (const [kind, damages] of Object.entries(kinds)) {
      const counts = await count(small, damages(small))
      t.diagnostic(`${kind}: ${JSON.stringify(counts)}`)
      assert.ok(counts['damage told'] > 0)
      // The last batch of a crash may be a torn tail, for all that anyone can know.
      const cut = counts['last batch cut']
      if (end === 'crash' && kind === 'flips') assert.ok(cut > 0 && cut <= FLIPS_CUT_MAX)
      else assert.equal(cut, 0)
    }
  })
}

test('openLog() says that another key was given', async () => {
  const { files } = await smallLog('close')
  await assert.rejects(open(files, OTHER_KEY), (error) => {
    assert.ok(isAnilloError(error, 'DATA_DAMAGED'))
    assert.match(error.message, /another key/)
    return true
  })
})

test('openLog() that finds damage changes no file', async () => {
  const { files } = await smallLog('close')
  const path = present(
    [...files.keys()].find((name) => name.endsWith('.log')),
    'a segment',
  )
  files.set(path, present(files.get(path), path).slice(1))
  files.set('log/stray', new Uint8Array(3))
  const before = new Map(files)
  await assert.rejects(open(files))
  assert.deepEqual(files, before)
})

test('openLog() that finds a founding that was broken off founds again', async () => {
  const steps: Files[] = []
  const files: Files = new Map()
  const disk = memoryDisk(files)
  const { cipher, random } = effects
  const watched = {
    ...disk,
    open: (path: string, mode: 'read' | 'write' | 'create') => {
      steps.push(new Map(files))
      return disk.open(path, mode)
    },
    rename: (from: string, to: string) => {
      steps.push(new Map(files))
      return disk.rename(from, to)
    },
    syncDirectory: async () => void steps.push(new Map(files)),
  }
  const options = { path: 'log', key: KEY, onFailure: assert.fail, segmentBytes: SEGMENT_BYTES }
  await openLog({ cipher, random, clock: new ManualClock(), disk: watched }, options)
  assert.ok(steps.length >= 8)
  for (const step of steps) assert.equal((await open(step)).groups.size, 0)
})
