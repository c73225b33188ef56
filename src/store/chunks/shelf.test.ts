import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { KIB } from '../../base/limits.ts'
import { CHUNK_BYTES_MAX } from '../../wire/chunks.ts'
import { ChunkShelf } from './shelf.ts'
import { chunkOf } from './sound-chunk.ts'

const KEY = new Uint8Array(32).fill(7)
const BYTES = new Uint8Array(20 * KIB).map((_, at) => at % 251)
const CHUNK = chunkOf(BYTES)
const { hash: HASH } = CHUNK
const SINCE = 70_000

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
  return { world, machine, damaged, open, done }
}

test('get() gives what put() took, after a loss of power too', async () => {
  const { machine, open, done } = shelfWorld()
  await done(open().shelf.put(CHUNK, SINCE))
  machine.losePower()
  const { shelf } = open()
  assert.deepEqual(await done(shelf.get(HASH)), BYTES)
  assert.deepEqual(await done(shelf.list(HASH.slice(0, 2))), [HASH])
})

test('get() of what was never put is undefined, and remove() of it is nothing', async () => {
  const { open, done } = shelfWorld()
  const { shelf } = open()
  assert.equal(await done(shelf.get(HASH)), undefined)
  await done(shelf.remove(HASH))
  assert.equal(await done(shelf.keep(HASH, SINCE)), false)
})

test('put() refuses what is too large', () => {
  const { shelf } = shelfWorld().open()
  const large = chunkOf(new Uint8Array(CHUNK_BYTES_MAX + 1))
  assert.throws(() => shelf.put(large, SINCE), { code: 'TOO_LARGE' })
})

test('removeOlder() removes what was written for a row that began before', async () => {
  const { open, done } = shelfWorld()
  const { shelf } = open()
  await done(shelf.put(CHUNK, SINCE))
  await done(shelf.removeOlder(HASH, SINCE))
  assert.deepEqual(await done(shelf.get(HASH)), BYTES)
  await done(shelf.removeOlder(HASH, SINCE + 1))
  assert.equal(await done(shelf.get(HASH)), undefined)
  await done(shelf.removeOlder(HASH, SINCE + 1))
})

test('put() and keep() for a later row outlive a removal that is applied again', async () => {
  const { open, done } = shelfWorld()
  const { shelf } = open()
  await done(shelf.put(CHUNK, SINCE))
  assert.equal(await done(shelf.keep(HASH, SINCE + 2)), true)
  await done(shelf.removeOlder(HASH, SINCE + 1))
  assert.deepEqual(await done(shelf.get(HASH)), BYTES)
  await done(shelf.put(CHUNK, SINCE + 4))
  await done(shelf.removeOlder(HASH, SINCE + 3))
  assert.deepEqual(await done(shelf.get(HASH)), BYTES)
})

test('a loss of power at any moment of put() leaves the whole chunk or none, no damage', async () => {
  for (let steps = 1; steps <= 40; steps++) {
    const { world, machine, damaged, open, done } = shelfWorld(steps)
    const putting = open().shelf.put(CHUNK, SINCE)
    putting.catch(() => undefined)
    let wasDone = false
    void putting.then(() => (wasDone = true))
    for (let step = 0; step < steps; step++) await world.scheduler.step(Infinity)
    const isSure = wasDone
    machine.losePower()
    machine.givePower()
    const { shelf } = open()
    await done(shelf.clean())
    const found = await done(shelf.get(HASH))
    if (isSure || found !== undefined) assert.deepEqual(found, BYTES)
    assert.deepEqual(damaged, [])
  }
})

test('a file with any byte flipped is absent, told once, and can be put again', async () => {
  const { damaged, open, done } = shelfWorld()
  const { effects, shelf } = open()
  const path = `chunks/${HASH.slice(0, 2)}/${HASH}`
  for (const at of [0, 7, 8, 13, 14, 25, 26, 5_000, BYTES.length + 26, BYTES.length + 41]) {
    await done(shelf.put(CHUNK, SINCE))
    const file = await done(effects.disk.open(path, 'write'))
    const [byte = 0] = await done(file.read(at, 1))
    await done(file.write(at, Uint8Array.of(byte ^ 1)))
    assert.equal(await done(shelf.get(HASH)), undefined, `byte ${at}`)
  }
  assert.equal(damaged.length, 10)
  await done(shelf.put(CHUNK, SINCE))
  assert.deepEqual(await done(shelf.get(HASH)), BYTES)
})

test('a file cut at any length, and one under another name, is absent', async () => {
  const { open, done } = shelfWorld()
  const { effects, shelf } = open()
  const path = `chunks/${HASH.slice(0, 2)}/${HASH}`
  for (const length of [0, 7, 8, 13, 14, 42, BYTES.length]) {
    await done(shelf.put(CHUNK, SINCE))
    const file = await done(effects.disk.open(path, 'write'))
    await done(file.truncate(length))
    assert.equal(await done(shelf.get(HASH)), undefined, `cut at ${length}`)
  }
  await done(shelf.put(CHUNK, SINCE))
  const other = `${HASH.slice(0, 2)}${'0'.repeat(62)}`
  await done(effects.disk.rename(path, `chunks/${HASH.slice(0, 2)}/${other}`))
  assert.equal(await done(shelf.get(other)), undefined)
})

test('another member’s key opens nothing', async () => {
  const { open, done } = shelfWorld()
  await done(open().shelf.put(CHUNK, SINCE))
  assert.equal(await done(open(new Uint8Array(32)).shelf.get(HASH)), undefined)
})

test('remove() and put() of one chunk happen in the order asked for', async () => {
  const { open, done } = shelfWorld()
  const { shelf } = open()
  const first = shelf.put(CHUNK, SINCE)
  const second = shelf.remove(HASH)
  const third = shelf.put(CHUNK, SINCE)
  await done(Promise.all([first, second, third]))
  assert.deepEqual(await done(shelf.get(HASH)), BYTES)
})

test('put() on a full disk says so and leaves nothing behind', async () => {
  const { machine, open, done } = shelfWorld()
  const { shelf } = open()
  machine.medium.faults.full = true
  await assert.rejects(done(shelf.put(CHUNK, SINCE)), { code: 'DISK_FULL' })
  machine.medium.faults.full = false
  assert.equal(await done(shelf.get(HASH)), undefined)
})
