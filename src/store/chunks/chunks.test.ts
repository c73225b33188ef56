import assert from 'node:assert/strict'
import { test } from 'node:test'

import { LOSSY } from '../../../sim/world/links.ts'
import { present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { KIB, MIB } from '../../base/limits.ts'
import { SeededChance } from '../../base/random.ts'
import { BLOCK_BYTES, chunkBlock } from '../../wire/chunk-methods.ts'
import { partitionOf, partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { ChunkRef } from '../types.ts'
import { ChunkRing, type ChunkMember } from './chunk-ring.test-helper.ts'
import { chunkOf } from './sound-chunk.ts'

/** Where records of these tests lie. */
const RECORD = { table: 't', pk: 'p' } as const
const HOME = partitionOf(RECORD.table, RECORD.pk)

function bytesOf(length: number, seed = 1): Uint8Array {
  const chance = new SeededChance(seed)
  return new Uint8Array(length).map(() => chance.below(256))
}

const BYTES = bytesOf(3 * BLOCK_BYTES + 77)
const { hash: HASH } = chunkOf(BYTES)
const GROUP = partitionOfHash(HASH)
const GROUPS: readonly PartitionId[] = [...new Set([HOME, GROUP])]

async function put(ring: ChunkRing, member: ChunkMember, bytes = BYTES) {
  const upload = ring.upload(HOME)
  const chunk = await ring.settle(member.here.store.chunks.put(bytes, upload), 'put')
  return { upload, chunk }
}

async function refer(
  ring: ChunkRing,
  member: ChunkMember,
  { chunk, upload }: { readonly chunk: ChunkRef; readonly upload?: string },
): Promise<void> {
  const links = { reference: 'r', chunks: [{ hash: chunk.hash, bytes: chunk.bytes }] }
  const changes = upload === undefined ? { refer: links } : { refer: links, upload }
  await transact(ring, member, changes)
}

async function transact(ring: ChunkRing, { here }: ChunkMember, chunks: object): Promise<void> {
  const writes = [{ kind: 'put', sk: 's', value: utf8('v') }] as const
  const request = { ...RECORD, conditions: [], writes, chunks }
  const outcome = await ring.settle(here.store.transact(request), 'transact')
  assert.equal(outcome.kind, 'done')
}

function get(ring: ChunkRing, { here }: ChunkMember, hash = HASH): Promise<Uint8Array> {
  return ring.settle(here.store.chunks.get(hash), 'get')
}

async function flip(member: ChunkMember, hash: string, at: number): Promise<void> {
  const { ring, machine } = member
  const { disk } = machine.effects()
  const file = await ring.settle(disk.open(`chunks/${hash.slice(0, 2)}/${hash}`, 'write'))
  const [byte = 0] = await ring.settle(file.read(at, 1))
  await ring.settle(file.write(at, Uint8Array.of(byte ^ 1)))
}

test('put() brings a chunk to three of five hosts, get() has it everywhere', async () => {
  const ring = await ChunkRing.founded({ members: 5, groups: GROUPS })
  const { chunk } = await put(ring, ring.member(0))
  assert.deepEqual(chunk, { hash: HASH, bytes: BYTES.length, isDegraded: false })
  assert.equal(ring.holdersOf(HASH).length, 3)
  for (const member of ring.members) assert.deepEqual(await get(ring, member), BYTES)
})

/** How often each member is asked for a block. */
function countBlocks(ring: ChunkRing): ReadonlyMap<number, number> {
  const asked = new Map<number, number>()
  ring.network.onAsked(({ to, method }) => {
    const number = ring.members.findIndex(({ id }) => id === to)
    if (method === chunkBlock.name) asked.set(number, (asked.get(number) ?? 0) + 1)
  })
  return asked
}

test('put() gives each block away once: it passes from holder to holder', async () => {
  const blocks = Math.ceil(BYTES.length / BLOCK_BYTES)
  for (const entry of [0, 1, 2, 3, 4]) {
    const ring = await ChunkRing.founded({ members: 5, groups: GROUPS })
    const asked = countBlocks(ring)
    await put(ring, ring.member(entry))
    const takers = ring.holdersOf(HASH).filter((holder) => holder !== entry)
    assert.equal(asked.get(entry), blocks)
    assert.deepEqual(
      [...asked.values()],
      takers.map(() => blocks),
    )
  }
})

test('put() reaches its holders though one of them is cut off from the one before it', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  const [one, other] = [1, 2].map((number) => ring.member(number).machine.address)
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    ring.world.links.block({ from: present(from, 'one'), to: present(to, 'other') })
  }
  const { chunk } = await put(ring, ring.member(0))
  assert.equal(chunk.isDegraded, false)
  assert.equal(ring.holdersOf(HASH).length, 3)
})

test('a ring of one and of two has as many copies as hosts, and is not degraded', async () => {
  for (const members of [1, 2]) {
    const ring = await ChunkRing.founded({ members, groups: GROUPS })
    const { chunk } = await put(ring, ring.member(0))
    assert.equal(chunk.isDegraded, false)
    assert.equal(ring.holdersOf(HASH).length, members)
  }
})

test('two members on one host count once', async () => {
  const ring = new ChunkRing({ members: 4, groups: GROUPS })
  ring.hosts.set(ring.member(0).id, 'one').set(ring.member(1).id, 'one')
  for (const member of ring.members) await member.start()
  await ring.settle(ring.member(0).here.host.found())
  for (const group of ring.groups)
    await ring.change(
      group,
      ring.members.map(({ id }) => id),
    )
  await put(ring, ring.member(0))
  const holders = ring.holdersOf(HASH)
  assert.equal(holders.length, 3)
  assert.ok(!(holders.includes(0) && holders.includes(1)))
})

test('with two of five down it is on the three that live; with one of three it is degraded', async () => {
  for (const [members, down] of [
    [5, 2],
    [3, 1],
  ] as const) {
    const ring = await ChunkRing.founded({ members, groups: GROUPS })
    for (const member of ring.members.slice(members - down)) member.kill()
    const { chunk } = await put(ring, ring.member(0))
    assert.equal(chunk.isDegraded, members === 3)
    assert.equal(ring.holdersOf(HASH).length, members - down)
  }
})

test('what was put is there after a loss of power everywhere', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  await put(ring, ring.member(1))
  for (const member of ring.members) member.losePower()
  for (const member of ring.members) await member.restart()
  await ring.leader(GROUP)
  assert.deepEqual(await get(ring, ring.member(2)), BYTES)
  assert.deepEqual(ring.holdersOf(HASH), [0, 1, 2])
})

test('a second put of the same sends nothing and is pinned all the same', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  const first = await put(ring, ring.member(0))
  const second = await put(ring, ring.member(1))
  assert.deepEqual(second.chunk, first.chunk)
  const pins = (await ring.leader(GROUP)).here.host
    .replica(GROUP)
    ?.list({ table: 'chunkPins', pk: HASH, limit: 9 })
  assert.equal(pins?.items.length, 2)
})

test('put() refuses nothing at all, too much, and what is no upload', async () => {
  const ring = await ChunkRing.founded({ members: 1, groups: GROUPS })
  const { chunks } = ring.member(0).here.store
  const upload = ring.upload(HOME)
  await assert.rejects(chunks.put(new Uint8Array(0), upload), { code: 'BAD_REQUEST' })
  await assert.rejects(chunks.put(new Uint8Array(4 * MIB + 1), upload), { code: 'TOO_LARGE' })
  await assert.rejects(chunks.put(BYTES, { ...upload, id: 'x' }), { code: 'BAD_REQUEST' })
  await assert.rejects(chunks.get('x'), { code: 'BAD_REQUEST' })
})

test('get() tells what never was from what is lost', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  await assert.rejects(get(ring, ring.member(0)), { code: 'NOT_FOUND' })
  const { chunk, upload } = await put(ring, ring.member(0))
  await refer(ring, ring.member(0), { chunk, upload: upload.id })
  for (const member of ring.members) {
    const path = `chunks/${HASH.slice(0, 2)}/${HASH}`
    await ring.settle(member.machine.effects().disk.remove(path))
    // Nor has anybody opened it for another.
    member.kill()
    await member.restart()
  }
  await assert.rejects(get(ring, ring.member(0)), { code: 'CHUNK_LOST' })
})

test('put() on full disks says whose they are', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  for (const number of [1, 2]) ring.member(number).machine.medium.faults.freeBytes = 100 * MIB
  const { chunks } = ring.member(0).here.store
  const putting = chunks.put(BYTES, ring.upload(HOME), { timeoutMs: 1_000 })
  await assert.rejects(ring.settle(putting), {
    code: 'DISK_FULL',
    details: { path: 'the data of m1, m2' },
  })
})

/** The file cannot be read, nor written, until the answer is called. */
function block({ machine }: ChunkMember, hash: string): () => void {
  const { medium } = machine
  const path = `chunks/${hash.slice(0, 2)}/${hash}`
  const isThere = medium.find(path) !== undefined
  if (isThere) medium.rename(path, `${path}.away`)
  medium.makeDirectory(path)
  return () => {
    medium.remove(path)
    if (isThere) medium.rename(`${path}.away`, path)
  }
}

test('put() goes round its own member, too, where that cannot take the chunk', async () => {
  const ring = await ChunkRing.founded({ members: 4, groups: GROUPS })
  await put(ring, ring.member(0))
  const [holder = 0] = ring.holdersOf(HASH)
  block(ring.member(holder), HASH)
  assert.equal((await put(ring, ring.member(holder))).chunk.isDegraded, false)
})

test('get() has a chunk that its holder could not read for a while', async () => {
  const ring = await ChunkRing.founded({ members: 2, voters: 1, groups: GROUPS })
  await put(ring, ring.member(0))
  const unblock = block(ring.member(0), HASH)
  await assert.rejects(get(ring, ring.member(1)), { code: 'STORE_UNAVAILABLE' })
  unblock()
  assert.deepEqual(await get(ring, ring.member(1)), BYTES)
})

test('streams of many chunks come back in order, a cancelled one ends', async () => {
  const ring = await ChunkRing.founded({ members: 3 })
  const { chunks } = ring.member(0).here.store
  const parts = Array.from({ length: 37 }, (_, at) => bytesOf(300 * KIB, at))
  const content = (async function* () {
    yield* parts
  })()
  const written = await ring.settle(chunks.write(content, ring.upload(HOME)), 'write')
  assert.deepEqual(
    written.map(({ bytes }) => bytes),
    [4 * MIB, 4 * MIB, 37 * 300 * KIB - 8 * MIB],
  )
  const back: Uint8Array[] = []
  const reading = (async () => {
    const pieces = ring.member(2).here.store.chunks.read(written)
    for await (const bytes of pieces) back.push(bytes.slice())
  })()
  await ring.settle(reading, 'read')
  assert.ok(Buffer.concat(back).equals(Buffer.concat(parts)))
  const ending = new AbortController()
  ending.abort()
  const late = chunks.write(
    (async function* () {
      yield* parts
    })(),
    ring.upload(HOME),
    {
      signal: ending.signal,
    },
  )
  await assert.rejects(ring.settle(late), { code: 'RPC_CANCELLED' })
})

test('a flipped bit is noticed on reading, answered from elsewhere, and healed', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  const { chunk, upload } = await put(ring, ring.member(0))
  await refer(ring, ring.member(0), { chunk, upload: upload.id })
  const member = ring.member(1)
  await flip(member, HASH, 5_000)
  assert.deepEqual(await get(ring, member), BYTES)
  await ring.until(() => member.healed.length === 1, 'it is healed')
  assert.deepEqual(member.damaged, [HASH])
  assert.deepEqual(ring.holdersOf(HASH), [0, 1, 2])
  assert.equal(member.here.chunks.counters.healed, 1)
})

test('a holder with a damaged copy serves nobody with it', async () => {
  const ring = await ChunkRing.founded({ members: 4, voters: 3, groups: GROUPS })
  await put(ring, ring.member(0))
  for (const member of ring.members.slice(0, 2)) await flip(member, HASH, 100)
  assert.deepEqual(await get(ring, ring.member(3)), BYTES)
})

test('scrub() finds what nobody reads', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS })
  await put(ring, ring.member(0))
  const member = ring.member(2)
  await flip(member, HASH, 99)
  const range = { first: '00', last: 'ff', bytesPerSecond: MIB }
  const seen = await ring.settle(member.here.chunks.scrub(range), 'scrub')
  assert.deepEqual(seen, { chunks: 1, bytes: 0, damaged: 1 })
  await ring.until(() => member.healed.length === 1, 'it is healed')
  const again = await ring.settle(member.here.chunks.scrub(range), 'scrub')
  assert.deepEqual(again, { chunks: 1, bytes: BYTES.length, damaged: 0 })
})

test('a lost file, and a lost disk of chunks, are made good by the leader', async () => {
  const ring = await ChunkRing.founded({
    members: 3,
    groups: GROUPS,
    settings: { auditEveryMs: 5_000 },
  })
  const { chunk, upload } = await put(ring, ring.member(0))
  await refer(ring, ring.member(0), { chunk, upload: upload.id })
  await ring.settle(ring.member(1).machine.effects().disk.remove('chunks'))
  await ring.until(() => ring.holdersOf(HASH).length === 3, 'three copies')
  const leader = await ring.leader(GROUP)
  await ring.until(() => leader.here.chunks.copiesOf(GROUP) === 3, 'it says so')
  assert.equal(leader.here.chunks.progress().bytesLeft, 0)
})

function slowDown({ members, world }: ChunkRing, slow: ChunkMember): void {
  const quality = { ...LOSSY, delayMsMin: 300, jitterMsMean: 10, lossChance: 0 }
  for (const { machine } of members) {
    if (machine === slow.machine) continue
    const [from, to] = [machine.address, slow.machine.address]
    world.links.setLinkQuality({ from, to }, quality)
    world.links.setLinkQuality({ from: to, to: from }, quality)
  }
}

function* chunksOfGroup(): Generator<Uint8Array> {
  for (let seed = 2; ; seed++) {
    const bytes = bytesOf(100, seed)
    if (partitionOfHash(chunkOf(bytes).hash) === GROUP) yield bytes
  }
}

test('what is put while a leader looks is not told as lost; what is nowhere is', async () => {
  const ring = await ChunkRing.founded({
    members: 5,
    groups: GROUPS,
    settings: { auditEveryMs: 1 },
  })
  // A look waits for what the slowest tells, while others already hold what it did not see.
  slowDown(ring, ring.member(4))
  let told = 0
  ring.world.log.onLogged(({ event }) => (told += Number(event === 'chunks lost')))
  const chunks = chunksOfGroup()
  for (let i = 0; i < 200; i++) {
    const bytes = present(chunks.next().value, 'one of many')
    const { chunk, upload } = await put(ring, ring.member(0), bytes)
    await refer(ring, ring.member(0), { chunk, upload: upload.id })
  }
  assert.equal(told, 0)
  for (const { machine } of ring.members) {
    await ring.settle(machine.effects().disk.remove('chunks'))
  }
  await ring.until(() => told > 0, 'it is told')
  assert.ok(ring.members.some(({ running }) => (running?.chunks.care().lost ?? 0) > 0))
})

/** Of virtual time: everything comes within a test. */
const settings = { graceMs: 3_000, pinAgeMs: 8_000, auditEveryMs: 3_000 }

test('what is referred to no more goes, on every disk, after the grace', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS, settings })
  const { chunk, upload } = await put(ring, ring.member(0))
  await refer(ring, ring.member(0), { chunk, upload: upload.id })
  await ring.world.pass(20_000)
  assert.deepEqual(ring.holdersOf(HASH), [0, 1, 2])
  await transact(ring, ring.member(1), { unrefer: { reference: 'r', chunks: [chunk] } })
  await ring.world.pass(1_000)
  assert.deepEqual(ring.holdersOf(HASH), [0, 1, 2])
  await ring.until(() => ring.holdersOf(HASH).length === 0, 'it is gone')
  await assert.rejects(get(ring, ring.member(0)), { code: 'NOT_FOUND' })
})

test('an upload that never commits is settled, its chunks go, and it cannot commit', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS, settings })
  const { chunk, upload } = await put(ring, ring.member(0))
  await ring.world.pass(5_000)
  assert.deepEqual(ring.holdersOf(HASH), [0, 1, 2])
  await ring.until(() => ring.holdersOf(HASH).length === 0, 'it is gone')
  await assert.rejects(refer(ring, ring.member(1), { chunk, upload: upload.id }), {
    code: 'UPLOAD_VOID',
  })
})

test('put again while it is collected, a chunk is there whatever happens to its holders', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const ring = await ChunkRing.founded({ seed, members: 3, groups: GROUPS, settings })
    const first = await put(ring, ring.member(0))
    await refer(ring, ring.member(0), { chunk: first.chunk, upload: first.upload.id })
    await transact(ring, ring.member(0), { unrefer: { reference: 'r', chunks: [first.chunk] } })
    await ring.world.pass(2_500 + 300 * seed)
    const second = await put(ring, ring.member(seed % 3))
    await refer(ring, ring.member(0), { chunk: second.chunk, upload: second.upload.id })
    for (const member of ring.members) member.losePower()
    for (const member of ring.members) await member.restart()
    await ring.leader(GROUP)
    await ring.world.pass(10_000)
    assert.deepEqual(ring.holdersOf(HASH), [0, 1, 2], `seed ${seed}`)
    assert.deepEqual(await get(ring, ring.member(2)), BYTES)
  }
})

test('a file without a row is dropped by an audit', async () => {
  const ring = await ChunkRing.founded({ members: 3, groups: GROUPS, settings })
  const member = ring.member(1)
  await put(ring, ring.member(0))
  member.kill()
  await ring.until(() => ring.rowOf(HASH) === undefined, 'it is collected')
  assert.ok(member.has(HASH))
  await member.restart()
  await ring.until(() => !member.has(HASH), 'it is dropped')
})

test('chunksSafe() holds who leaves until its chunks are elsewhere', async () => {
  const ring = await ChunkRing.founded({ members: 4, voters: 3, groups: GROUPS, settings })
  const { chunk, upload } = await put(ring, ring.member(0))
  await refer(ring, ring.member(0), { chunk, upload: upload.id })
  const [a, b, c, d] = ring.members.map(({ id }) => id)
  assert.ok(a && b && c && d)
  await ring.change(GROUP, [a, b, c], [d])
  const leader = await ring.leader(GROUP)
  const leaving = leader === ring.member(0) ? 1 : 0
  const staying = ring.members.filter((_, at) => at !== leaving).map(({ id }) => id)
  const { chunks } = leader.here
  assert.equal(chunks.chunksSafe(GROUP, staying), false)
  await ring.until(() => chunks.chunksSafe(GROUP, staying), 'it may leave')
  const holders = ring.holdersOf(HASH)
  assert.ok(ring.members.every((_, at) => at === leaving || holders.includes(at)))
  for (let seed = 2; ; seed++) {
    const other = bytesOf(100, seed)
    const { hash } = chunkOf(other)
    if (partitionOfHash(hash) !== GROUP) continue
    await put(ring, ring.member(leaving), other)
    assert.deepEqual(
      ring.holdersOf(hash),
      [0, 1, 2, 3].filter((at) => at !== leaving),
    )
    break
  }
})

test('chunksSafe() looks again where a busy member could not', async () => {
  const ring = await ChunkRing.founded({ members: 4, voters: 3, groups: GROUPS, settings })
  await put(ring, ring.member(0))
  const { here, id } = await ring.leader(GROUP)
  const staying = ring.members.filter((member) => member.id !== id).map((member) => member.id)
  const confirmRead = here.host.confirmRead.bind(here.host)
  let refused = 0
  here.host.confirmRead = async () => {
    refused++
    throw new AnilloError('BUSY', { what: 'reads' })
  }
  assert.equal(here.chunks.chunksSafe(GROUP, staying), false)
  await ring.until(() => refused > 0, 'it looks')
  here.host.confirmRead = confirmRead
  await ring.until(() => here.chunks.chunksSafe(GROUP, staying), 'it may leave')
})

test('who holds a group no more gives its last copies to the group, then drops them', async () => {
  const ring = await ChunkRing.founded({ members: 4, groups: GROUPS, settings })
  const { chunk, upload } = await put(ring, ring.member(0))
  await refer(ring, ring.member(0), { chunk, upload: upload.id })
  const holders = ring.holdersOf(HASH)
  const [last = 0, ...others] = holders
  const rest = ring.members.filter((_, at) => at !== last)
  for (const group of GROUPS)
    await ring.change(
      group,
      rest.map(({ id }) => id),
    )
  for (const at of others) {
    await ring.settle(ring.member(at).machine.effects().disk.remove('chunks'))
  }
  await ring.until(() => !ring.member(last).has(HASH), 'it is dropped there')
  assert.equal(ring.holdersOf(HASH).length, 3)
  assert.deepEqual(await get(ring, ring.member(last)), BYTES)
})
