import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { collected, inPieces, largeBytes } from './archive.test-helper.ts'
import { unzipped } from './unzip.test-helper.ts'
import { zipOf, type ZipFile } from './zip.ts'

const AT_MS = Date.parse('2026-11-21T10:20:30Z')
const FILES: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['archive/a.warc.gz', largeBytes(200_000)],
  ['empty', utf8('')],
  ['pages/ñ.jsonl', utf8('{}\n')],
]

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
