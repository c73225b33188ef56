/**
 * Damage on the disk of one member: bytes flipped in its log or its database, or its directory
 * gone, while the ring is stopped. Whatever was hit, every member answers every record rightly
 * afterwards, and the member has all its replicas again. ANILLO_TRIAL_ROUNDS says how often each
 * (2).
 */
import assert from 'node:assert/strict'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { SeededChance } from '../../src/base/random.ts'
import { RealRing } from '../process/ring.ts'

const ROUNDS = Number(process.env['ANILLO_TRIAL_ROUNDS'] ?? 2)
const FLIPS = 100
const KEYS = 200
const SEED = 20_261_121

test(`${FLIPS} bytes flipped, or a whole member lost: no wrong answer, and healed`, async (t) => {
  const chance = new SeededChance(SEED)
  const first = await RealRing.start()
  const { data, http } = first
  try {
    await writeAll(first)
    await first.stop()
    for (let round = 0; round < ROUNDS; round++) {
      for (const what of ['store/log', 'store/state', 'all'] as const) {
        const member = `n${1 + chance.below(5)}`
        await damage(join(data, 'members', member), what, chance)
        const ring = await RealRing.start({ data, http })
        const isNew = ring.said.some((line) => line.includes(`${member} is made anew`))
        await readAll(ring)
        await ring.stop()
        t.diagnostic(`round ${round}: ${what} of ${member}${isNew ? ': made anew' : ''}`)
      }
    }
  } finally {
    await first[Symbol.asyncDispose]()
  }
})

async function damage(
  directory: string,
  what: 'store/log' | 'store/state' | 'all',
  chance: SeededChance,
): Promise<void> {
  if (what === 'all') return rm(directory, { recursive: true })
  const names = await readdir(join(directory, 'store'), { recursive: true })
  const wanted = names.map((name) => join('store', name)).filter((name) => name.startsWith(what))
  const found = await Promise.all(
    wanted.map(async (name) => {
      const path = join(directory, name)
      const stats = await stat(path)
      return { path, size: stats.isFile() ? stats.size : 0 }
    }),
  )
  const files = found.filter(({ size }) => size > 0)
  const total = files.reduce((sum, { size }) => sum + size, 0)
  for (let flip = 0; flip < FLIPS; flip++) {
    let at = chance.below(total)
    const file = files.find(({ size }) => {
      if (at < size) return true
      at -= size
      return false
    })
    assert.ok(file)
    const handle = await open(file.path, 'r+')
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ (1 << chance.below(8))
    await handle.write(byte, 0, 1, at)
    await handle.close()
  }
}

function urlOf(ring: RealRing, door: number, key: number): string {
  return `${ring.door(door)}/v1/kv/trial/k${key}/v`
}

async function writeAll(ring: RealRing): Promise<void> {
  for (let key = 0; key < KEYS; key++) {
    const response = await fetch(urlOf(ring, key % 5, key), { method: 'PUT', body: `value ${key}` })
    assert.ok(response.ok, `put ${key}: ${response.status}`)
  }
}

async function readAll(ring: RealRing): Promise<void> {
  for (let key = 0; key < KEYS; key++) {
    for (const door of [0, 1, 2, 3, 4]) {
      const response = await fetch(urlOf(ring, door, key))
      assert.equal(await response.text(), `value ${key}`, `door ${door}`)
    }
  }
}
