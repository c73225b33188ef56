/**
 * What every store keeps of chunks, whatever stands behind `ChunkStore`: a suite that the model in
 * memory passes, and whole members.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import type { ChunkRef, ChunkStore, Store, Upload } from '../../src/store/types.ts'
import { CHUNK_BYTES_MAX } from '../../src/wire/chunks.ts'
import { partitionOf, partitionOfHash } from '../../src/wire/partition.ts'
import { SUITE_PARTITIONS } from './store.ts'

/** A store, and the world that it needs to go on. */
export interface ChunkSubject {
  /** As two doors see it. */
  readonly stores: readonly [Store, Store]
  /** Lets the world go on until the body has ended. */
  run(body: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

export interface ChunkSuite {
  /** Which store, for the names of the tests. */
  readonly store: string
  readonly make: () => Promise<ChunkSubject>
}

const HOME = { table: 'notes', pk: 'p' }
const UPLOAD: Upload = { id: 'a'.repeat(32), partition: partitionOf(HOME.table, HOME.pk) }

/** So many bytes, of a hash whose group the subject has; another for each `kind`. */
function content(bytes: number, kind = 0): Uint8Array {
  const made = new Uint8Array(bytes).fill(kind)
  for (let salt = 0; ; salt++) {
    new DataView(made.buffer).setUint16(0, salt)
    if (SUITE_PARTITIONS.includes(partitionOfHash(sha256Hex(made)))) return made
  }
}

async function* streamOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

async function readAll(chunks: ChunkStore, refs: readonly ChunkRef[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of chunks.read(refs)) pieces.push(piece.slice())
  return Buffer.concat(pieces)
}

async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => isAnilloError(thrown, code) || assert.fail(String(thrown)))
}

function sameBytes(a: Uint8Array, b: Uint8Array): void {
  assert.equal(sha256Hex(a), sha256Hex(b))
}

export function chunkSuite(suite: ChunkSuite): void {
  function promise(name: string, body: (store: Store, other: Store) => Promise<void>): void {
    test(`${suite.store}: ${name}`, async () => {
      const subject = await suite.make()
      try {
        await subject.run(() => body(...subject.stores))
      } finally {
        await subject.close()
      }
    })
  }

  promise('get() gives at any door what put() took, by its SHA-256', async (store, other) => {
    for (const bytes of [content(2), content(300_001, 1), content(CHUNK_BYTES_MAX, 2)]) {
      const put = await store.chunks.put(bytes, UPLOAD)
      assert.deepEqual([put.hash, put.bytes], [sha256Hex(bytes), bytes.length])
      for (const { chunks } of [store, other]) sameBytes(await chunks.get(put.hash), bytes)
    }
  })

  promise('put() of what is there gives the same chunk', async (store, other) => {
    const bytes = content(100)
    const first = await store.chunks.put(bytes, UPLOAD)
    const again = await other.chunks.put(bytes, { ...UPLOAD, id: 'b'.repeat(32) })
    assert.equal(again.hash, first.hash)
    sameBytes(await store.chunks.get(first.hash), bytes)
  })

  promise('read() gives chunks in the order asked for, one twice too', async (store, other) => {
    const all = [content(10), content(700_000, 1), content(20, 2)]
    const refs: ChunkRef[] = []
    for (const bytes of all) refs.push(await store.chunks.put(bytes, UPLOAD))
    const [a, b, c] = refs
    assert.ok(a !== undefined && b !== undefined && c !== undefined)
    const wanted = [c, a, b, a].map(({ hash }) => all[refs.findIndex((ref) => ref.hash === hash)])
    const read = await readAll(other.chunks, [c, a, b, a])
    sameBytes(read, Buffer.concat(wanted.map((bytes) => bytes ?? assert.fail())))
    assert.equal((await readAll(other.chunks, [])).length, 0)
  })

  promise('write() cuts a stream into chunks that read() joins again', async (store, other) => {
    const whole = Buffer.concat([content(CHUNK_BYTES_MAX, 3), content(5_000, 4)])
    const pieces = [whole.subarray(0, 1), whole.subarray(1, 3_000_000), whole.subarray(3_000_000)]
    const refs = await store.chunks.write(streamOf(pieces), UPLOAD)
    assert.deepEqual(
      refs.map(({ bytes }) => bytes),
      [CHUNK_BYTES_MAX, 5_000],
    )
    sameBytes(await readAll(other.chunks, refs), whole)
    assert.deepEqual(await store.chunks.write(streamOf([]), UPLOAD), [])
  })

  promise('a transaction refers to chunks that were put', async (store, other) => {
    const { hash, bytes } = await store.chunks.put(content(50), UPLOAD)
    const refer = { reference: 'notes p a', chunks: [{ hash, bytes }] }
    const writes = [{ kind: 'put', sk: 'a', value: new Uint8Array(1) } as const]
    const chunks = { upload: UPLOAD.id, refer }
    const outcome = await store.transact({ ...HOME, conditions: [], writes, chunks })
    assert.equal(outcome.kind, 'done')
    assert.equal((await other.chunks.get(hash)).length, 50)
  })

  promise('what is no chunk is refused', async ({ chunks }) => {
    await refuses(chunks.get('0'.repeat(64).replace('0', 'x')), 'BAD_REQUEST')
    await refuses(chunks.get(sha256Hex(content(9, 9))), 'NOT_FOUND')
    await refuses(chunks.put(new Uint8Array(0), UPLOAD), 'BAD_REQUEST')
    await refuses(chunks.put(content(9), { ...UPLOAD, id: 'none' }), 'BAD_REQUEST')
    await refuses(chunks.put(new Uint8Array(CHUNK_BYTES_MAX + 1), UPLOAD), 'TOO_LARGE')
  })
}
