import assert from 'node:assert/strict'
import { test } from 'node:test'

import { concat, utf8 } from '../base/bytes.ts'
import { AnilloError, isAnilloError } from '../base/errors.ts'
import { unzipped } from './unzip.test-helper.ts'
import { zipOf, type ZipFile } from './zip.ts'

const AT_MS = Date.parse('2026-11-21T10:20:30Z')
const LARGE = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 7_919) % 251)

const FILES: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['archive/a.warc.gz', LARGE],
  ['empty', utf8('')],
  ['pages/ñ.jsonl', utf8('{}\n')],
]

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000)
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(new Uint8Array(piece))
  return concat(all)
}

async function* files(): AsyncGenerator<ZipFile> {
  for (const [name, bytes] of FILES) yield { name, changedAtMs: AT_MS, pieces: inPieces(bytes) }
}

test('zipOf() stores files under their names, with their time in UTC', async () => {
  const seen = unzipped(await collected(zipOf(files())))
  assert.deepEqual(
    seen.map(({ name, bytes }) => [name, bytes]),
    FILES,
  )
  const day = ((2026 - 1980) << 9) | (11 << 5) | 21
  const time = (10 << 11) | (20 << 5) | (30 >> 1)
  for (const { stamp } of seen) assert.equal(stamp, day * 2 ** 16 + time)
})

test('zipOf() begins a file when the one before was taken', async () => {
  const begun: string[] = []
  async function* watched(): AsyncGenerator<ZipFile> {
    for await (const file of files()) {
      begun.push(file.name)
      yield file
    }
  }
  let taken = 0
  for await (const piece of zipOf(watched())) {
    taken += piece.length
    if (taken > 50_000 && taken < 150_000) assert.deepEqual(begun, ['archive/a.warc.gz'])
  }
  assert.equal(begun.length, 3)
})

test('zipOf() lets a file go when the reader leaves, and passes on why one failed', async () => {
  const released: string[] = []
  async function* held(failure: AnilloError | undefined): AsyncGenerator<ZipFile> {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; i < 100; i++) yield utf8('tide')
        if (failure !== undefined) throw failure
      } finally {
        released.push('file')
      }
    }
    try {
      yield { name: 'a', changedAtMs: AT_MS, pieces: pieces() }
    } finally {
      released.push('files')
    }
  }
  let left = 20
  for await (const piece of zipOf(held(undefined))) if (piece.length >= 0 && --left === 0) break
  assert.deepEqual(released.toSorted(), ['file', 'files'])
  const failing = collected(zipOf(held(new AnilloError('BUSY', { what: 'this test' }))))
  await assert.rejects(failing, (thrown) => isAnilloError(thrown, 'BUSY'))
})

test('zipOf() has folders, also empty ones, and more files than 16 bits count', async () => {
  async function* many(): AsyncGenerator<ZipFile> {
    yield { name: 'empty/', changedAtMs: AT_MS }
    for (let at = 0; at < 66_000; at++) {
      yield { name: `f${at}`, changedAtMs: AT_MS, pieces: inPieces(utf8('')) }
    }
  }
  const zip = Buffer.from(await collected(zipOf(many())))
  const record = zip.indexOf(Buffer.from('PK\x06\x06', 'latin1'))
  assert.ok(record > 0, 'a ZIP64 end of central directory (APPNOTE 4.3.14)')
  assert.equal(zip.readBigUInt64LE(record + 32), 66_001n)
  assert.equal(zip.toString('latin1', 30, 36), 'empty/')
})
