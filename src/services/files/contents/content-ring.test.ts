/** Contents over members on the machines of a virtual world, some of which die. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { KIB, MIB, SECOND_MS } from '../../../base/limits.ts'
import { ChunkRing, type ChunkMember } from '../../../store/chunks/chunk-ring.test-helper.ts'
import { createContents } from './contents.ts'
import { CUT_BYTES_MAX } from './fast-cdc.ts'
import { UNSAFE_BYTES_MAX } from './limits.ts'
import { noise } from './noise.test-helper.ts'
import { CONTENT_PROCEDURES } from './procedures.ts'
import { chunksIn } from './reading.ts'
import type { Body, ByteRange, Contents, ContentWriter, SealedBody } from './types.ts'

const ADA = { nick: 'ada' }
const PIECE_BYTES = 256 * KIB
/** What a client bears without noticing (design: files, numbers). */
const STALL_MS_MAX = 3 * SECOND_MS

function founded(members: number): Promise<ChunkRing> {
  return ChunkRing.founded({ members, procedures: CONTENT_PROCEDURES })
}

function contentsAt({ here, machine }: ChunkMember): Contents {
  return createContents({ effects: machine.effects(), store: here.store })
}

async function push(ring: ChunkRing, writer: ContentWriter, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    await ring.settle(writer.push(bytes.subarray(at, at + PIECE_BYTES)), 'push')
  }
}

async function write(ring: ChunkRing, member: ChunkMember, bytes: Uint8Array): Promise<SealedBody> {
  const writer = contentsAt(member).begin(ADA)
  await push(ring, writer, bytes)
  return ring.settle(writer.seal(), 'seal')
}

/** `onPiece` is called with the number of each piece that came. */
async function read(
  ring: ChunkRing,
  contents: Contents,
  { body, range }: { readonly body: Body; readonly range: ByteRange },
  onPiece: (count: number) => void = () => undefined,
): Promise<{ readonly bytes: Uint8Array; readonly longestMs: number }> {
  const pieces: Uint8Array[] = []
  const reading = contents.read(body, range)[Symbol.asyncIterator]()
  let longestMs = 0
  for (;;) {
    const sinceMs = ring.world.nowMs
    const { done, value } = await ring.settle(reading.next(), 'a piece')
    longestMs = Math.max(longestMs, ring.world.nowMs - sinceMs)
    if (done === true) return { bytes: Buffer.concat(pieces), longestMs }
    pieces.push(value.slice())
    onPiece(pieces.length)
  }
}

async function hashesOf(
  ring: ChunkRing,
  { here }: ChunkMember,
  body: SealedBody,
): Promise<readonly string[]> {
  assert.ok(body.kind === 'content')
  const hashes: string[] = []
  const chunks = chunksIn(here, { id: body.id, from: 0, to: body.bytes })
  const all = (async () => {
    for await (const { hash } of chunks) hashes.push(hash)
  })()
  await ring.settle(all, 'chunks')
  return hashes
}

test('the writer’s member dies in mid-upload: another goes on at what is told, 8 MiB at most are sent again', async () => {
  const ring = await founded(5)
  const bytes = noise(24 * MIB, 1)
  const writer = contentsAt(ring.member(0)).begin(ADA)
  const sent = 16 * MIB
  await push(ring, writer, bytes.subarray(0, sent))
  // One more is on its way when it dies.
  writer.push(bytes.subarray(sent, sent + MIB)).catch(() => undefined)
  ring.member(0).kill()
  const elsewhere = contentsAt(ring.member(3))
  const head = present(await ring.settle(elsewhere.head(writer.id), 'head'), 'head')
  assert.equal(head.state, 'open')
  assert.ok(head.bytes >= sent - UNSAFE_BYTES_MAX, `${head.bytes} bytes are durable`)
  const again = await ring.settle(elsewhere.resume(writer.id, ADA), 'resume')
  assert.equal(again.at, head.bytes)
  await push(ring, again, bytes.subarray(again.at))
  const body = await ring.settle(again.seal(), 'seal')
  assert.equal(body.sha256, sha256Hex(bytes))
  const range = { from: 0, to: bytes.length }
  const back = await read(ring, contentsAt(ring.member(1)), { body, range })
  assert.ok(Buffer.from(bytes).equals(back.bytes))
})

test('two of five holders die in mid-read: the reader goes on within 3 s', async () => {
  const ring = await founded(5)
  const bytes = noise(24 * MIB, 2)
  const body = await write(ring, ring.member(0), bytes)
  const range = { from: 1_000, to: bytes.length - 1_000 }
  const at = contentsAt(ring.member(1))
  const back = await read(ring, at, { body, range }, (count) => {
    if (count === 3) ring.member(0).kill()
    if (count === 6) ring.member(4).kill()
  })
  assert.ok(Buffer.from(bytes.subarray(range.from, range.to)).equals(back.bytes))
  assert.ok(back.longestMs <= STALL_MS_MAX, `${back.longestMs} ms without a piece`)
})

test('copies that are damaged or gone are not seen by the reader', async () => {
  const ring = await founded(3)
  const bytes = noise(8 * MIB, 3)
  const body = await write(ring, ring.member(0), bytes)
  for (const hash of await hashesOf(ring, ring.member(0), body)) {
    const { disk } = ring.member(1).machine.effects()
    await ring.settle(disk.remove(`chunks/${hash.slice(0, 2)}/${hash}`), 'gone')
    await damage(ring, ring.member(2), hash)
  }
  const range = { from: 0, to: bytes.length }
  for (const member of ring.members) {
    const back = await read(ring, contentsAt(member), { body, range })
    assert.ok(Buffer.from(bytes).equals(back.bytes))
  }
  assert.ok(ring.member(2).damaged.length > 0)
})

/** One byte of its file is another. */
async function damage(ring: ChunkRing, { machine }: ChunkMember, hash: string): Promise<void> {
  const path = `chunks/${hash.slice(0, 2)}/${hash}`
  const file = await ring.settle(machine.effects().disk.open(path, 'write'))
  await ring.settle(file.write(5_000, Uint8Array.of(1, 2, 3)))
}

test('the same content again stores no new chunk, and 1 MiB in front few', async () => {
  const ring = await founded(3)
  const bytes = noise(64 * MIB, 4)
  const first = await write(ring, ring.member(0), bytes)
  const known = new Set(await hashesOf(ring, ring.member(0), first))
  const second = await write(ring, ring.member(1), bytes)
  assert.ok((await hashesOf(ring, ring.member(1), second)).every((hash) => known.has(hash)))
  const longer = Buffer.concat([noise(MIB, 5), bytes])
  const third = await write(ring, ring.member(2), longer)
  assert.ok(third.kind === 'content')
  const chunks = chunksIn(ring.member(0).here, { id: third.id, from: 0, to: third.bytes })
  let stored = 0
  const all = (async () => {
    for await (const { bytes: size, hash } of chunks) stored += known.has(hash) ? 0 : size
  })()
  await ring.settle(all, 'chunks')
  // How much of a file of 128 MiB it is, fast-cdc.test.ts tells.
  assert.ok(stored <= MIB + CUT_BYTES_MAX, `${stored} new bytes`)
})
