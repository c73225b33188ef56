import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { sha256Hex } from '../../base/hash.ts'
import { KIB } from '../../base/limits.ts'
import { CHUNK_BYTES_MAX } from '../../wire/chunks.ts'
import { ChunkShelf } from './shelf.ts'

const KEY = new Uint8Array(32).fill(7)
const BYTES = new Uint8Array(20 * KIB).map((_, at) => at % 251)
const HASH = sha256Hex(BYTES)

function shelfWorld(seed = 1) {
  const world = new World({ seed })
  const machine = world.machine()
  const damaged: string[] = []
  const open = (key = KEY) => {
    const effects = machine.effects()
    const onDamage = (hash: string): void => void damaged.push(hash)
    return { effects, shelf: new ChunkShelf(effects, { path: 'chunks', key, onDamage }) }
  }
  const done = <T>(work: Promise<T>): Promise<T> => world.settle(work, 'shelf', 60_000)
  return { machine, damaged, open, done }
}

describe('ChunkShelf', () => {
  test('get() gives what put() took, after a loss of power too', async () => {
    const { machine, open, done } = shelfWorld()
    await done(open().shelf.put(HASH, BYTES))
    machine.losePower()
    const { shelf } = open()
    assert.deepEqual(await done(shelf.get(HASH)), BYTES)
    assert.deepEqual(await done(shelf.list(HASH.slice(0, 2))), [HASH])
    assert.equal(await done(shelf.has(HASH)), true)
  })

  test('get() of what was never put is undefined, and remove() of it is nothing', async () => {
    const { open, done } = shelfWorld()
    const { shelf } = open()
    assert.equal(await done(shelf.get(HASH)), undefined)
    await done(shelf.remove(HASH))
    assert.equal(await done(shelf.has(HASH)), false)
  })

  test('put() refuses bytes that are not the hash, and too many', () => {
    const { shelf } = shelfWorld().open()
    assert.throws(() => shelf.put(HASH, new Uint8Array(1)), { code: 'BAD_REQUEST' })
    const large = new Uint8Array(CHUNK_BYTES_MAX + 1)
    assert.throws(() => shelf.put(sha256Hex(large), large), { code: 'TOO_LARGE' })
  })

  test('a file with any byte flipped is absent, told once, and can be put again', async () => {
    const { damaged, open, done } = shelfWorld()
    const { effects, shelf } = open()
    const path = `chunks/${HASH.slice(0, 2)}/${HASH}`
    for (const at of [0, 3, 8, 19, 21, 5_000, BYTES.length + 20, BYTES.length + 35]) {
      await done(shelf.put(HASH, BYTES))
      const file = await done(effects.disk.open(path, 'write'))
      const [byte = 0] = await done(file.read(at, 1))
      await done(file.write(at, Uint8Array.of(byte ^ 1)))
      assert.equal(await done(shelf.get(HASH)), undefined, `byte ${at}`)
    }
    assert.equal(damaged.length, 8)
    await done(shelf.put(HASH, BYTES))
    assert.deepEqual(await done(shelf.get(HASH)), BYTES)
  })

  test('a file cut at any length, and one under another name, is absent', async () => {
    const { open, done } = shelfWorld()
    const { effects, shelf } = open()
    const path = `chunks/${HASH.slice(0, 2)}/${HASH}`
    for (const length of [0, 7, 8, 30, 36, BYTES.length]) {
      await done(shelf.put(HASH, BYTES))
      const file = await done(effects.disk.open(path, 'write'))
      await done(file.truncate(length))
      assert.equal(await done(shelf.get(HASH)), undefined, `cut at ${length}`)
    }
    await done(shelf.put(HASH, BYTES))
    const other = `${HASH.slice(0, 2)}${'0'.repeat(62)}`
    await done(effects.disk.rename(path, `chunks/${HASH.slice(0, 2)}/${other}`))
    assert.equal(await done(shelf.get(other)), undefined)
  })

  test('another member’s key opens nothing', async () => {
    const { open, done } = shelfWorld()
    await done(open().shelf.put(HASH, BYTES))
    assert.equal(await done(open(new Uint8Array(32)).shelf.get(HASH)), undefined)
  })

  test('remove() and put() of one chunk happen in the order asked for', async () => {
    const { open, done } = shelfWorld()
    const { shelf } = open()
    const first = shelf.put(HASH, BYTES)
    const second = shelf.remove(HASH)
    const third = shelf.put(HASH, BYTES)
    await done(Promise.all([first, second, third]))
    assert.deepEqual(await done(shelf.get(HASH)), BYTES)
  })

  test('put() on a full disk says so and leaves nothing behind', async () => {
    const { machine, open, done } = shelfWorld()
    const { shelf } = open()
    machine.medium.faults.full = true
    await assert.rejects(done(shelf.put(HASH, BYTES)), { code: 'DISK_FULL' })
    machine.medium.faults.full = false
    assert.equal(await done(shelf.get(HASH)), undefined)
  })
})
