import assert from 'node:assert/strict'
import { test } from 'node:test'

import { tryText, utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { DatabaseWrite } from '../../src/effects/database.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { Machine } from './machine.ts'
import { World } from './world.ts'

const WITHIN_MS = 60_000
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)

interface Rig {
  readonly world: World
  readonly machine: Machine
  readonly effects: Effects
  readonly done: <T>(promise: Promise<T>) => Promise<T>
}

function rig(seed: number): Rig {
  const world = new World({ seed })
  const machine = world.machine()
  return {
    world,
    machine,
    effects: machine.effects(),
    done: (promise) => world.settle(promise, 'the step', WITHIN_MS),
  }
}

/** Writes `synced` and syncs it, then `unsynced` without. */
async function writeHalf({ effects, done }: Rig): Promise<void> {
  const { disk } = effects
  const file = await done(disk.open('log', 'create'))
  await done(file.write(0, new Uint8Array(1_000).fill(1)))
  await done(file.sync())
  await done(disk.syncDirectory(''))
  await done(file.write(1_000, new Uint8Array(3_000).fill(2)))
}

test('Machine.losePower() keeps what was synced, and of the rest any part', async () => {
  const lengths = new Set<number>()
  let torn = 0
  for (const seed of SEEDS) {
    const one = rig(seed)
    await writeHalf(one)
    one.machine.losePower()
    const bytes = await one.done(one.machine.effects().disk.read('log'))
    assert.ok(bytes)
    assert.deepEqual(bytes.slice(0, 1_000), new Uint8Array(1_000).fill(1))
    const rest = bytes.slice(1_000)
    assert.ok(rest.every((byte) => byte === 0 || byte === 2))
    if (rest.includes(0)) torn++
    lengths.add(bytes.length)
  }
  assert.ok(lengths.has(1_000) && lengths.has(4_000), 'all lost and all kept both happen')
  assert.ok(torn > 0, 'a later sector without an earlier one happens')
})

test('Machine.kill() keeps what was written, synced or not', async () => {
  const one = rig(1)
  await writeHalf(one)
  one.machine.kill()
  const bytes = await one.done(one.machine.effects().disk.read('log'))
  assert.equal(bytes?.length, 4_000)
})

test('Machine.kill() during a write leaves it done, undone or in part', async () => {
  const lengths = new Set<number | undefined>()
  for (const seed of SEEDS) {
    const one = rig(seed)
    const file = await one.done(one.effects.disk.open('log', 'create'))
    void file.write(0, new Uint8Array(2_048))
    one.machine.kill()
    const bytes = await one.done(one.machine.effects().disk.read('log'))
    lengths.add(bytes?.length)
  }
  assert.deepEqual(lengths, new Set([0, 512, 1_024, 1_536, 2_048]))
})

test('Machine.losePower() may lose names until their directory is synced', async () => {
  const outcomes = new Set<string>()
  for (const seed of SEEDS) {
    const { machine, effects, done } = rig(seed)
    const { disk } = effects
    for (const name of ['old', 'new']) {
      const file = await done(disk.open(name, 'create'))
      await done(file.write(0, utf8(name)))
      await done(file.sync())
      if (name === 'old') await done(disk.syncDirectory(''))
    }
    await done(disk.rename('new', 'old'))
    machine.losePower()
    const after = machine.effects().disk
    const names = await done(after.list(''))
    outcomes.add(`${names.join('+')}:${tryText((await done(after.read('old'))) ?? utf8('gone'))}`)
  }
  // A rename is atomic: the old name never leads nowhere.
  assert.deepEqual([...outcomes].toSorted(), ['new+old:old', 'old:new', 'old:old'])
})

test('Disk.syncDirectory() makes a rename last', async () => {
  for (const seed of SEEDS) {
    const { machine, effects, done } = rig(seed)
    const { disk } = effects
    await done(disk.makeDirectory('d'))
    await done(disk.syncDirectory(''))
    const file = await done(disk.open('d/new', 'create'))
    await done(file.write(0, utf8('text')))
    await done(file.sync())
    await done(disk.rename('d/new', 'd/name'))
    await done(disk.syncDirectory('d'))
    machine.losePower()
    const bytes = await done(machine.effects().disk.read('d/name'))
    assert.equal(tryText(bytes ?? utf8('gone')), 'text')
  }
})

test('Disk.lock() falls with the program, not while it is paused', async () => {
  const { world, machine, effects, done } = rig(1)
  await done(effects.disk.lock('member'))
  machine.pause()
  const { disk } = world.machine({ diskOf: machine }).effects()
  await assert.rejects(done(disk.lock('member')), (error) => isAnilloError(error, 'DATA_IN_USE'))
  machine.kill()
  await done(disk.lock('member'))
})

test('MediumFaults: full, failing, rotten and misdirecting disks are felt', async () => {
  const { world, machine, effects, done } = rig(3)
  const { faults } = machine.medium
  const file = await done(effects.disk.open('log', 'create'))
  await done(
    file.write(
      0,
      Uint8Array.from({ length: 2_048 }, (_, index) => index >> 9),
    ),
  )
  faults.full = true
  await assert.rejects(done(file.write(2_048, utf8('x'))), (e) => isAnilloError(e, 'DISK_FULL'))
  await done(file.write(0, utf8('x')))
  faults.full = false
  faults.syncsFail = true
  await assert.rejects(done(file.sync()), (error) => isAnilloError(error, 'DATA_DAMAGED'))
  faults.syncsFail = false
  await done(file.sync())
  faults.misdirectedReads = 1
  assert.equal((await done(file.read(512, 1)))[0], 2)
  faults.misdirectedReads = 0
  const before = await done(file.read(0, 2_048))
  assert.equal(machine.medium.flipBit(world.chance), true)
  const after = await done(file.read(0, 2_048))
  const changed = before.filter((byte, index) => byte !== after[index])
  assert.equal(changed.length, 1)
})

function put(value: number): DatabaseWrite[] {
  return [
    { kind: 'put', key: utf8('a'), value: new Uint8Array([value]) },
    { kind: 'put', key: utf8('b'), value: new Uint8Array([value]) },
  ]
}

test('Database loses only whole batches, the last ones, and none that was synced', async () => {
  const seen = new Set<number | undefined>()
  for (const seed of SEEDS) {
    const { world, machine, effects, done } = rig(seed)
    const database = await done(effects.databases.open('state'))
    await done(database.write(put(1)))
    await done(database.write(put(2)))
    await done(database.checkpoint())
    await done(database.write(put(3)))
    await done(database.write(put(4)))
    void database.write(put(5))
    await world.pass(0)
    machine.losePower()
    const again = await done(machine.effects().databases.open('state'))
    const value = again.get(utf8('a'))?.[0]
    assert.equal(again.get(utf8('b'))?.[0], value)
    seen.add(value)
  }
  assert.deepEqual(seen, new Set([2, 3, 4, 5]))
})

test('Databases.open() tells a damaged one', async () => {
  const { machine, effects, done } = rig(1)
  await done(effects.databases.open('state'))
  const stored = machine.medium.databases.get('state')
  assert.ok(stored)
  stored.damaged = true
  const opening = done(effects.databases.open('state'))
  await assert.rejects(opening, (error) => isAnilloError(error, 'DATA_DAMAGED'))
})
