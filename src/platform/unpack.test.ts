import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'

import { isAnilloError } from '../base/errors.ts'
import type { ContentCoding } from '../effects/unpack.ts'
import { platformUnpack } from './unpack.ts'

const BODY = Buffer.from('All the tides of the bay, page after page. '.repeat(10_000))
const PACKED: readonly (readonly [coding: ContentCoding, bytes: Buffer])[] = [
  ['gzip', gzipSync(BODY)],
  ['gzip', Buffer.concat([gzipSync(BODY.subarray(0, 1_000)), gzipSync(BODY.subarray(1_000))])],
  ['deflate', deflateSync(BODY)],
  ['deflate', deflateRawSync(BODY)],
  ['br', brotliCompressSync(BODY)],
  ['zstd', zstdCompressSync(BODY)],
]

test('unpack() gives back what was packed, however it was cut, in pieces of at most 64 KiB', async () => {
  for (const [coding, bytes] of PACKED) {
    for (const pieceBytes of [1_000_000, 1_000, 1]) {
      const pieces: Uint8Array[] = []
      for await (const piece of platformUnpack.unpack(coding, cut(bytes, pieceBytes)))
        pieces.push(piece)
      assert.ok(pieces.every((piece) => piece.length <= 64 * 1024))
      assert.ok(Buffer.concat(pieces).equals(BODY), `${coding} in pieces of ${String(pieceBytes)}`)
    }
  }
})

test('unpack() of nothing is nothing', async () => {
  for (const [coding] of PACKED) {
    assert.deepEqual(await collect(platformUnpack.unpack(coding, cut(Buffer.alloc(0), 1))), [])
  }
})

test('unpack() refuses data that is cut short or of another coding with FETCH_BROKEN', async () => {
  for (const [coding, bytes] of PACKED) {
    for (const bad of [
      bytes.subarray(0, bytes.length - 9),
      Buffer.from('\x08plain text, no coding at all'),
    ]) {
      await assert.rejects(
        collect(platformUnpack.unpack(coding, cut(bad, 4_096))),
        (thrown) => isAnilloError(thrown, 'FETCH_BROKEN'),
        coding,
      )
    }
  }
})

test('unpack() lets the source go when the reader leaves', async () => {
  let isReleased = false
  const { promise, resolve } = Promise.withResolvers<void>()
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (const [, bytes] of PACKED) for (;;) yield bytes
    } finally {
      isReleased = true
      resolve()
    }
  }
  for await (const piece of platformUnpack.unpack('gzip', source())) {
    if (piece.length > 0) break
  }
  await promise
  assert.ok(isReleased)
})

test('unpack() passes on why its source failed', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield gzipSync(BODY).subarray(0, 10)
    throw new Error('cable cut')
  }
  await assert.rejects(collect(platformUnpack.unpack('gzip', source())), (thrown) =>
    isAnilloError(thrown, 'FETCH_BROKEN'),
  )
})

async function* cut(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}
