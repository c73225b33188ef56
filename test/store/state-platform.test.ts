/** A member's state over a real database: what the file shows, and what rot in it leads to. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { SeededChance } from '../../src/base/random.ts'
import { platformCipher } from '../../src/platform/cipher.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { platformDatabases } from '../../src/platform/databases.ts'
import { platformRandom } from '../../src/platform/random.ts'
import { openState } from '../../src/store/state/state.ts'
import type { MemberState } from '../../src/store/state/types.ts'
import { partitionIdOf } from '../../src/wire/partition.ts'
import { KEY, markAt, PATH } from './state.test-helper.ts'

const GROUPS = [3, 40].map(partitionIdOf)
const ROWS = 300
const FLIPS = 40
const SEED = 20_261_121

/** Timers of the platform keep no process alive; a test that waits for one must. */
const alive = setInterval(() => {}, 1_000)
after(() => clearInterval(alive))

async function withRoot(body: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'anillo-state-'))
  try {
    await body(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

function open(root: string): Promise<MemberState> {
  const effects = {
    databases: platformDatabases(root),
    cipher: platformCipher(),
    random: platformRandom(),
    clock: platformClock(),
  }
  const onFailure = (error: unknown): never => {
    throw error
  }
  return openState(effects, { path: PATH, key: KEY, onFailure })
}

function valueOf(row: number): string {
  return `content of ${row} `.repeat(20)
}

async function fill(root: string): Promise<void> {
  const state = await open(root)
  for (const partition of GROUPS) {
    const group = state.create(partition)
    for (let row = 0; row < ROWS; row++) {
      const write = { kind: 'put', key: utf8(`row ${row}`), value: utf8(valueOf(row)) } as const
      group.commit([write], markAt(row + 1))
    }
  }
  await state.checkpoint()
  await state.close()
}

/** @throws AnilloError DATA_DAMAGED */
async function readAll(root: string): Promise<void> {
  const state = await open(root)
  try {
    assert.equal(state.groups.size, GROUPS.length)
    for (const partition of GROUPS) {
      const group = present(state.groups.get(partition), 'group')
      assert.deepEqual(group.mark, markAt(ROWS))
      for (let row = 0; row < ROWS; row++) {
        assert.deepEqual(group.get(utf8(`row ${row}`)), utf8(valueOf(row)), `row ${row}`)
      }
      assert.equal(group.scan({}).length, ROWS)
    }
  } finally {
    await state.close()
  }
}

test('the database file shows no value', () =>
  withRoot(async (root) => {
    await fill(root)
    await readAll(root)
    const file = await readFile(join(root, PATH))
    assert.ok(file.includes('row 7'))
    assert.ok(!file.includes('content of'))
  }))

test('a flipped byte anywhere in the file is told or harmless, never a wrong answer', () =>
  withRoot(async (root) => {
    await fill(root)
    const path = join(root, PATH)
    const sound = await readFile(path)
    const chance = new SeededChance(SEED)
    let noticed = 0
    for (let flip = 0; flip < FLIPS; flip++) {
      const rotten = Buffer.from(sound)
      const at = chance.below(rotten.length)
      rotten[at] = (rotten[at] ?? 0) ^ (1 + chance.below(255))
      await rm(`${path}-wal`, { force: true })
      await rm(`${path}-shm`, { force: true })
      await writeFile(path, rotten)
      try {
        await readAll(root)
      } catch (error) {
        assert.ok(isAnilloError(error, 'DATA_DAMAGED'), `byte ${at}: ${String(error)}`)
        noticed++
      }
    }
    assert.ok(noticed > FLIPS / 2, `noticed ${noticed}`)
  }))
