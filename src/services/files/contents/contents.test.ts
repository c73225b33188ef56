import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { KIB, MIB } from '../../../base/limits.ts'
import { SeededChance } from '../../../base/random.ts'
import { CHUNK_BYTES_MAX } from '../../../wire/chunks.ts'
import {
  DURABLE_EVERY_MS,
  KEEP_EVERY_MS,
  LIFE_MS,
  SMALL_BODY_BYTES,
  UNSAFE_BYTES_MAX,
} from './limits.ts'
import { bytesRead, cutsOf, MemoryContents, push } from './memory-contents.test-helper.ts'
import { noise } from './noise.test-helper.ts'
import type { SealedBody } from './types.ts'

const ADA = { nick: 'ada' }

test('what is written in any pieces is read in any ranges', async () => {
  const world = new MemoryContents()
  const bytes = noise(7 * MIB + 123, 1)
  const writer = world.contents.begin(ADA)
  assert.equal(writer.at, 0)
  const chance = new SeededChance(2)
  for (let at = 0; at < bytes.length;) {
    const length = 1 + chance.below(600_000)
    await writer.push(bytes.slice(at, at + length))
    at += length
  }
  const body = await writer.seal()
  assert.deepEqual(body, {
    kind: 'content',
    id: writer.id,
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
  })
  assert.deepEqual(await world.contents.head(writer.id), {
    state: 'sealed',
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
    atMs: world.store.nowMs,
  })
  assert.ok(Buffer.from(bytes).equals(await bytesRead(world.contents, body)))
  const ranges = [
    [0, 1],
    [0, 0],
    [bytes.length - 1, bytes.length],
    [bytes.length - 1, bytes.length + 100],
    [MIB, 3 * MIB],
    [5 * MIB + 17, 5 * MIB + 18],
  ] as const
  for (const [from, to] of ranges) {
    const read = await bytesRead(world.contents, body, { from, to })
    assert.ok(Buffer.from(bytes.subarray(from, to)).equals(read), `${from} to ${to}`)
  }
  assert.deepEqual(new Set(world.chunks.held.keys()), new Set(cutsOf(bytes)))
})

test('less than 8 KiB stay here, and nothing is stored', async () => {
  const world = new MemoryContents()
  for (const length of [0, 1, SMALL_BODY_BYTES - 1]) {
    const bytes = noise(length, 3)
    const writer = world.contents.begin(ADA)
    await push(writer, bytes, 1_000)
    const body = await writer.seal()
    assert.deepEqual(body, { kind: 'here', bytes, sha256: sha256Hex(bytes) })
    assert.ok(Buffer.from(bytes).equals(await bytesRead(world.contents, body)))
  }
  assert.equal(world.chunks.held.size, 0)
  const writer = world.contents.begin(ADA)
  await writer.push(noise(SMALL_BODY_BYTES, 3))
  assert.equal((await writer.seal()).kind, 'content')
})

test('push waits where 8 MiB are not durable', async () => {
  const world = new MemoryContents()
  const { contents, die } = world.member()
  const writer = contents.begin(ADA)
  die()
  // Chunks are as long as can be: two are on their way.
  const piece = new Uint8Array(256 * KIB)
  let taken = 0
  for (;;) {
    const waits = new Promise<boolean>((resolve) => setImmediate(resolve, true))
    if (await Promise.race([writer.push(piece).then(() => false), waits])) break
    taken += piece.length
  }
  assert.equal(taken, UNSAFE_BYTES_MAX)
})

test('an upload goes on at another member exactly where it is durable, and is cut as if it had not broken off', async () => {
  const world = new MemoryContents()
  const bytes = noise(12 * MIB, 5)
  const first = world.contents.begin(ADA)
  await push(first, bytes.subarray(0, 5 * MIB + 5))
  await first.leave()
  const head = await world.contents.head(first.id)
  assert.deepEqual(head, { state: 'open', bytes: 5 * MIB + 5, atMs: world.store.nowMs })
  const second = await world.other().resume(first.id, ADA)
  assert.equal(second.at, 5 * MIB + 5)
  await push(second, bytes.subarray(5 * MIB + 5, 10 * MIB))
  assert.equal(await second.makeDurable(), 10 * MIB)
  const third = await world.other().resume(first.id, ADA)
  await push(third, bytes.subarray(10 * MIB))
  const body = await third.seal()
  assert.equal(body.sha256, sha256Hex(bytes))
  assert.ok(Buffer.from(bytes).equals(await bytesRead(world.contents, body)))
  assert.deepEqual(await world.hashesOf(first.id), cutsOf(bytes))
})

test('a long upload that goes on is read back beside the writing', async () => {
  const world = new MemoryContents()
  const bytes = noise(40 * MIB, 6)
  const first = world.contents.begin(ADA)
  await push(first, bytes.subarray(0, 24 * MIB))
  await first.leave()
  const second = await world.other().resume(first.id, ADA)
  await push(second, bytes.subarray(24 * MIB))
  assert.equal((await second.seal()).sha256, sha256Hex(bytes))
  const third = world.contents.begin(ADA)
  await push(third, bytes.subarray(0, 24 * MIB))
  await third.leave()
  const fourth = await world.other().resume(third.id, ADA)
  assert.equal((await fourth.seal()).sha256, sha256Hex(bytes.subarray(0, 24 * MIB)))
})

test('of two writers of one content one is refused, and what the other wrote is whole', async () => {
  const world = new MemoryContents()
  const bytes = noise(3 * MIB, 7)
  const first = world.contents.begin(ADA)
  await push(first, bytes.subarray(0, MIB))
  await first.makeDurable()
  const second = await world.other().resume(first.id, ADA)
  await push(first, bytes.subarray(0, MIB))
  await push(second, bytes.subarray(MIB))
  const body = await second.seal()
  await assert.rejects(first.seal(), { code: 'UPLOAD_OFFSET' })
  await assert.rejects(first.leave(), { code: 'UPLOAD_OFFSET' })
  await first.discard()
  assert.ok(Buffer.from(bytes).equals(await bytesRead(world.contents, body)))
})

test('an upload that was complete is told as it is, and takes no more', async () => {
  const world = new MemoryContents()
  const bytes = noise(SMALL_BODY_BYTES, 8)
  const first = world.contents.begin(ADA)
  await first.push(bytes)
  const body = await first.seal()
  const second = await world.other().resume(first.id, ADA)
  assert.equal(second.at, bytes.length)
  await assert.rejects(second.push(bytes), { code: 'BAD_REQUEST' })
  await second.discard()
  assert.deepEqual(await second.seal(), body)
})

test('a small upload that broke off comes here once it is complete', async () => {
  const world = new MemoryContents()
  const bytes = noise(5_000, 9)
  const first = world.contents.begin(ADA)
  await first.push(bytes.subarray(0, 100))
  await first.leave()
  const second = await world.other().resume(first.id, ADA)
  await second.push(bytes.subarray(100))
  assert.deepEqual(await second.seal(), { kind: 'here', bytes, sha256: sha256Hex(bytes) })
  assert.equal(await world.contents.head(first.id), undefined)
})

test('resume() of what is gone is refused', async () => {
  const world = new MemoryContents()
  await assert.rejects(world.contents.resume('0'.repeat(32), ADA), { code: 'NO_ENTRY' })
  const writer = world.contents.begin(ADA)
  await writer.push(noise(100, 1))
  await writer.leave()
  world.store.nowMs += LIFE_MS
  await world.sweep(writer.id)
  await assert.rejects(world.contents.resume(writer.id, ADA), { code: 'NO_ENTRY' })
})

test('read() of what is gone is refused', async () => {
  const { contents } = new MemoryContents()
  const body = { kind: 'content', id: '0'.repeat(32), bytes: 9 } as const
  await assert.rejects(bytesRead(contents, body), { code: 'NO_ENTRY' })
})

test('who reads slowly gets all of what nobody holds any more', async () => {
  const world = new MemoryContents()
  const bytes = noise(20 * MIB, 21)
  const writer = world.contents.begin(ADA)
  await push(writer, bytes)
  const body = await writer.seal()
  const pieces: Uint8Array[] = []
  for await (const piece of world.contents.read(body, { from: 0, to: bytes.length })) {
    pieces.push(piece.slice())
    world.clock.advance(KEEP_EVERY_MS)
    world.store.nowMs += KEEP_EVERY_MS
    await world.sweep(writer.id)
    assert.ok((await world.contents.head(writer.id)) !== undefined, 'it is there')
  }
  assert.ok(pieces.length * KEEP_EVERY_MS > 2 * LIFE_MS)
  assert.ok(Buffer.from(bytes).equals(Buffer.concat(pieces)))
  world.store.nowMs += LIFE_MS
  await world.sweep(writer.id)
  assert.equal(await world.contents.head(writer.id), undefined)
})

test('a slow upload is made durable in the midst of a chunk', async () => {
  const world = new MemoryContents()
  const writer = world.contents.begin(ADA)
  for (const [bytes, sum] of [
    [1_000, 1_000],
    [500, 1_500],
  ] as const) {
    await writer.push(noise(bytes, 10))
    world.clock.advance(DURABLE_EVERY_MS)
    // It takes its turn behind what the timer began.
    await writer.push(new Uint8Array(0))
    assert.equal((await world.contents.head(writer.id))?.bytes, sum)
  }
  await writer.discard()
  assert.equal(world.clock.waiting, 0)
})

test('a failure is told to whoever asks next; what was durable stays', async () => {
  const world = new MemoryContents()
  const bytes = noise(9 * MIB, 11)
  const writer = world.contents.begin(ADA)
  await push(writer, bytes.subarray(0, MIB))
  assert.equal(await writer.makeDurable(), MIB)
  world.chunks.failing = new AnilloError('DISK_FULL', { path: 'the data of m1' })
  await assert.rejects(push(writer, bytes.subarray(MIB)), { code: 'DISK_FULL' })
  world.chunks.failing = undefined
  await assert.rejects(writer.seal(), { code: 'DISK_FULL' })
  const again = await world.other().resume(writer.id, ADA)
  assert.equal(again.at, MIB)
  await push(again, bytes.subarray(MIB))
  assert.equal((await again.seal()).sha256, sha256Hex(bytes))
})

test('whoever gives up by a signal is told so at once, and what came by then can be left', async () => {
  const world = new MemoryContents()
  const bytes = noise(3 * MIB, 12)
  const ending = new AbortController()
  const writer = world.contents.begin({ ...ADA, signal: ending.signal })
  await push(writer, bytes)
  const last = writer.push(bytes)
  ending.abort()
  await assert.rejects(last, { code: 'RPC_CANCELLED' })
  await assert.rejects(writer.push(bytes), { code: 'RPC_CANCELLED' })
  await writer.leave()
  await writer.leave()
  const again = await world.other().resume(writer.id, ADA)
  assert.ok(again.at >= bytes.length && again.at <= 2 * bytes.length, `${again.at} bytes`)
  await again.push(bytes.subarray(again.at - bytes.length))
  assert.equal((await again.seal()).sha256, sha256Hex(Buffer.concat([bytes, bytes])))
})

test('seal() is told again, also to whoever did not wait for it', async () => {
  const world = new MemoryContents()
  const bytes = noise(MIB, 20)
  const writer = world.contents.begin(ADA)
  await push(writer, bytes)
  const ending = new AbortController()
  const sealing = writer.seal({ signal: ending.signal })
  ending.abort()
  await assert.rejects(sealing, { code: 'RPC_CANCELLED' })
  const body = await writer.seal()
  assert.deepEqual(await writer.seal(), body)
  assert.equal(body.sha256, sha256Hex(bytes))
  await assert.rejects(writer.push(bytes), { code: 'BAD_REQUEST' })
  await writer.leave()
  await writer.discard()
  assert.equal((await world.contents.head(writer.id))?.state, 'sealed')
})

test('the same content again stores no new chunk; in one piece or broken off', async () => {
  const world = new MemoryContents()
  const bytes = noise(6 * MIB, 13)
  const first = world.contents.begin(ADA)
  await push(first, bytes)
  await first.seal()
  const held = new Set(world.chunks.held.keys())
  const second = world.contents.begin(ADA)
  await push(second, bytes, 100_001)
  await second.seal()
  assert.deepEqual(new Set(world.chunks.held.keys()), held)
})

test('join() refers to chunks, cuts anew where bodies meet, and hashes the whole', async () => {
  const world = new MemoryContents()
  const parts = [noise(5 * MIB, 14), noise(300, 15), noise(4 * MIB, 16), noise(0, 0)]
  const bodies = []
  for (const bytes of parts) {
    const writer = world.contents.begin(ADA)
    await push(writer, bytes)
    bodies.push(await writer.seal())
  }
  const whole = Buffer.concat(parts)
  const putBefore = world.puts
  const joined = await world.contents.join(bodies, ADA)
  assert.equal(joined.sha256, sha256Hex(whole))
  assert.ok(whole.equals(await bytesRead(world.contents, joined)))
  assert.ok(joined.kind === 'content')
  assert.deepEqual(await world.hashesOf(joined.id), cutsOf(whole))
  assert.ok(world.puts - putBefore < cutsOf(whole).length - 3, 'most chunks are not put again')
  for (const [at, body] of bodies.entries()) {
    assert.ok(Buffer.from(parts[at] ?? []).equals(await bytesRead(world.contents, body)))
  }
})

test('join() that keeps cuts writes nothing anew', async () => {
  const world = new MemoryContents()
  const pieces = [1, 2, 3].map((seed) => noise(MIB, seed))
  const bodies: SealedBody[] = []
  for (const piece of pieces) {
    const writer = world.contents.begin(ADA)
    await push(writer, piece)
    bodies.push(await writer.seal())
  }
  const { puts } = world
  const joined = await world.contents.join(bodies, { ...ADA, keepsCuts: true })
  assert.equal(world.puts, puts)
  assert.equal(joined.sha256, sha256Hex(Buffer.concat(pieces)))
  assert.ok(Buffer.concat(pieces).equals(await bytesRead(world.contents, joined)))
})

test('join() of what grows reads its end alone, but for the first time', async () => {
  const world = new MemoryContents()
  let readBytes = 0
  const { get } = world.chunks
  world.chunks.get = async (hash) => {
    const bytes = await get(hash)
    readBytes += bytes.length
    return bytes
  }
  const first = world.contents.begin(ADA)
  let whole: Uint8Array = noise(9 * MIB, 20)
  await push(first, whole)
  let body: SealedBody = await first.seal()
  for (const [at, length] of [1, 63, 70_000, 3 * MIB, 8, 20_000].entries()) {
    const added = noise(length, 21 + at)
    const writer = world.contents.begin(ADA)
    await push(writer, added)
    readBytes = 0
    body = await world.contents.join([body, await writer.seal()], { ...ADA, isGrowing: true })
    const addedRead = length < SMALL_BODY_BYTES ? 0 : length
    if (at === 0) assert.equal(readBytes, whole.length)
    // The end of the old one, and a chunk before it where the last block begins in that.
    else assert.ok(readBytes <= addedRead + 2 * CHUNK_BYTES_MAX, `${at}: ${readBytes} are read`)
    whole = Buffer.concat([whole, added])
    assert.equal(body.sha256, sha256Hex(whole), `${at}`)
    assert.ok(Buffer.from(whole).equals(await bytesRead(world.contents, body)))
    assert.ok(body.kind === 'content')
    assert.deepEqual(await world.hashesOf(body.id), cutsOf(whole))
  }
})

test('join() of one body that has bytes is that body', async () => {
  const world = new MemoryContents()
  const writer = world.contents.begin(ADA)
  await push(writer, noise(MIB, 17))
  const body = await writer.seal()
  const empty = { kind: 'here', bytes: new Uint8Array(0) } as const
  assert.deepEqual(await world.contents.join([empty, body], ADA), body)
  assert.deepEqual(await world.contents.join([], ADA), { ...empty, sha256: sha256Hex('') })
})

test('join() refuses what is open, or gone', async () => {
  const world = new MemoryContents()
  const writer = world.contents.begin(ADA)
  await push(writer, noise(MIB, 18))
  await writer.leave()
  const open = { kind: 'content', id: writer.id, bytes: MIB } as const
  const gone = { kind: 'content', id: '0'.repeat(32), bytes: MIB } as const
  await assert.rejects(world.contents.join([open, open], ADA), { code: 'BAD_REQUEST' })
  await assert.rejects(world.contents.join([gone], ADA), { code: 'NO_ENTRY' })
})
