/** The tree with its contents over members on the machines of a virtual world, which die. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { sha256Hex } from '../../base/hash.ts'
import { KIB, MIB } from '../../base/limits.ts'
import { ChunkRing, type ChunkMember } from '../../store/chunks/chunk-ring.test-helper.ts'
import { createContents } from './contents/contents.ts'
import { UNSAFE_BYTES_MAX } from './contents/limits.ts'
import { noise } from './contents/noise.test-helper.ts'
import { CONTENT_PROCEDURES } from './contents/procedures.ts'
import { RingFiles } from './files.ts'
import { TREE_PROCEDURES } from './tree/procedures.ts'
import type { Entry, FileUpload, FileUser, WriteAsk } from './types.ts'

const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
const PIECE_BYTES = 256 * KIB

/** Members, and the files of each. */
class FilesRing {
  readonly ring: ChunkRing

  static async founded(members: number): Promise<FilesRing> {
    const procedures = [...CONTENT_PROCEDURES, ...TREE_PROCEDURES]
    return new FilesRing(await ChunkRing.founded({ members, procedures }))
  }

  private constructor(ring: ChunkRing) {
    this.ring = ring
  }

  member(index: number): ChunkMember {
    return this.ring.member(index)
  }

  at(index: number): RingFiles {
    const { here, machine } = this.member(index)
    const parts = { effects: machine.effects(), store: here.store }
    return new RingFiles({ ...parts, contents: createContents(parts) })
  }

  settle<T>(promise: Promise<T>, what?: string): Promise<T> {
    return this.ring.settle(promise, what)
  }

  begin(index: number, path: string, ask: WriteAsk): Promise<FileUpload> {
    return this.settle(this.at(index).write(ANA, path, ask), 'write')
  }

  async push(upload: FileUpload, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await this.settle(upload.push(bytes.subarray(at, at + PIECE_BYTES)), 'push')
    }
  }

  async write(
    index: number,
    path: string,
    { ask = { how: 'replace' }, bytes }: { readonly bytes: Uint8Array; readonly ask?: WriteAsk },
  ): Promise<Entry> {
    const upload = await this.begin(index, path, ask)
    await this.push(upload, bytes)
    return this.settle(upload.commit(), 'commit')
  }

  /** Read whole; `onPiece` is called with the number of each piece that came. */
  async same(
    index: number,
    path: string,
    {
      bytes,
      onPiece,
      version,
    }: { bytes: Uint8Array; version?: number; onPiece?: (count: number) => void },
  ): Promise<void> {
    const options = version === undefined ? {} : { version }
    const opened = await this.settle(this.at(index).open(ANA, path, options), 'open')
    assert.equal(opened.entry.bytes, bytes.length)
    assert.equal(opened.entry.sha256, sha256Hex(bytes))
    const pieces: Uint8Array[] = []
    const reading = opened.read({ from: 0, to: bytes.length })[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await this.settle(reading.next(), 'a piece')
      if (done === true) break
      pieces.push(value.slice())
      onPiece?.(pieces.length)
    }
    assert.equal(sha256Hex(Buffer.concat(pieces)), sha256Hex(bytes))
  }
}

test('a file is written at one member, read at others, replaced, appended to, copied and combined', async () => {
  const ring = await FilesRing.founded(3)
  const bytes = noise(5 * MIB, 1)
  const tail = noise(9_000, 2)
  const made = await ring.write(0, '/shared/f', { bytes })
  assert.deepEqual([made.bytes, made.sha256, made.owner], [bytes.length, sha256Hex(bytes), 'ana'])
  for (const index of [0, 1, 2]) await ring.same(index, '/shared/f', { bytes })
  await ring.write(1, '/shared/f', { bytes: tail, ask: { how: 'append' } })
  const longer = Buffer.concat([bytes, tail])
  await ring.same(2, '/shared/f', { bytes: longer })
  await ring.same(0, '/shared/f', { bytes, version: 1 })
  await ring.settle(ring.at(2).copy(ANA, '/shared/f', '/shared/g'), 'copy')
  await ring.settle(ring.at(0).combine(ANA, '/shared/all', ['/shared/g', '/shared/f']), 'combine')
  await ring.settle(ring.at(1).remove(ANA, '/shared/f'), 'remove')
  await ring.same(0, '/shared/g', { bytes: longer })
  await ring.same(1, '/shared/all', { bytes: Buffer.concat([longer, longer]) })
})

test('the member of an upload dies: at another one it goes on at exactly the size that is told', async () => {
  const ring = await FilesRing.founded(5)
  const old = noise(100, 3)
  const bytes = noise(20 * MIB, 4)
  await ring.write(1, '/shared/f', { bytes: old })
  const upload = await ring.begin(0, '/shared/f', { how: 'replace' })
  const sent = 14 * MIB
  await ring.push(upload, bytes.subarray(0, sent))
  ring.member(0).kill()
  await ring.same(2, '/shared/f', { bytes: old })
  const partial = present(await ring.settle(ring.at(3).partial(ANA, '/shared/f')), 'partial')
  assert.ok(partial.bytes >= sent - UNSAFE_BYTES_MAX, `${partial.bytes} bytes are durable`)
  const again = await ring.begin(3, '/shared/f', { how: 'resume', at: partial.bytes })
  assert.equal(again.at, partial.bytes)
  await ring.push(again, bytes.subarray(again.at))
  await ring.same(4, '/shared/f', { bytes: old })
  await ring.settle(again.commit(), 'commit')
  await ring.same(1, '/shared/f', { bytes })
  assert.equal(await ring.settle(ring.at(2).partial(ANA, '/shared/f')), undefined)
})

test('two of five members die in mid-download: whoever reads gets it all', async () => {
  const ring = await FilesRing.founded(5)
  const bytes = noise(16 * MIB, 5)
  await ring.write(0, '/shared/f', { bytes })
  await ring.same(1, '/shared/f', {
    bytes,
    onPiece: (count) => {
      if (count === 2) ring.member(0).kill()
      if (count === 5) ring.member(2).kill()
    },
  })
})

test('a caller who is gone leaves what came, though its signal is over', async () => {
  const ring = await FilesRing.founded(1)
  const bytes = noise(3 * MIB, 6)
  const ending = new AbortController()
  const upload = await ring.begin(0, '/shared/f', { how: 'replace', signal: ending.signal })
  await ring.settle(upload.push(bytes.subarray(0, 1_000)), 'push')
  ending.abort()
  await assert.rejects(upload.push(bytes), { code: 'RPC_CANCELLED' })
  await ring.settle(upload.leave(), 'leave')
  const partial = await ring.settle(ring.at(0).partial(ANA, '/shared/f'))
  assert.equal(partial?.bytes, 1_000)
  const again = await ring.begin(0, '/shared/f', { how: 'resume', at: 1_000 })
  await ring.push(again, bytes.subarray(1_000))
  await ring.settle(again.commit(), 'commit')
  await ring.same(0, '/shared/f', { bytes })
})

test('of an append whose caller is gone, what came is behind the file', async () => {
  const ring = await FilesRing.founded(1)
  const bytes = noise(2 * MIB, 7)
  await ring.write(0, '/shared/log', { bytes: bytes.subarray(0, MIB) })
  const ending = new AbortController()
  const upload = await ring.begin(0, '/shared/log', { how: 'append', signal: ending.signal })
  await ring.push(upload, bytes.subarray(MIB))
  ending.abort()
  await ring.settle(upload.leave(), 'leave')
  await ring.same(0, '/shared/log', { bytes })
})
