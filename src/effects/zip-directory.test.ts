import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { concat, utf8 } from '../base/bytes.ts'
import { isAnilloError } from '../base/errors.ts'
import { zipDataOf, zipDirectoryAt, zipEntriesIn, ZIP_HEAD_BYTES } from '../base/zip-directory.ts'
import { zipOf, type ZipFile } from './zip.ts'

async function zipped(files: readonly { name: string; text: string }[]): Promise<Uint8Array> {
  async function* all(): AsyncGenerator<ZipFile> {
    for (const { name, text } of files) {
      yield { name, changedAtMs: 0, pieces: ReadableStream.from([utf8(text)]) }
    }
  }
  const pieces: Uint8Array[] = []
  for await (const piece of zipOf(all())) pieces.push(piece)
  return concat(pieces)
}

function read(zip: Uint8Array): { name: string; text: string }[] {
  const { bytes, offset } = zipDirectoryAt(zip, zip.length)
  return zipEntriesIn(zip.subarray(offset, offset + bytes)).map((entry) => {
    const head = zip.subarray(entry.headAt, entry.headAt + ZIP_HEAD_BYTES)
    const data = zipDataOf(entry, head, zip.length)
    const text = new TextDecoder().decode(zip.subarray(data.offset, data.offset + data.bytes))
    return { name: entry.name, text }
  })
}

test('a directory tells the files that zipOf() wrote', async () => {
  const files = [
    { name: 'a.json', text: 'one' },
    { name: 'folder/ñ.txt', text: '' },
    { name: '../up', text: 'two' },
  ]
  assert.deepEqual(read(await zipped(files)), files)
  // Behind a comment, too.
  const zip = await zipped(files)
  const commented = concat([zip, utf8('a comment')])
  assert.deepEqual(read(commented), files)
})

test('bytes that are changed, cut or made up are refused, and nothing else happens', async () => {
  const zip = await zipped([
    { name: 'a', text: 'one' },
    { name: 'b', text: 'two' },
  ])
  const orBroken = (bytes: Uint8Array): void => {
    try {
      read(bytes)
    } catch (thrown) {
      assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'), String(thrown))
    }
  }
  for (let length = 0; length < zip.length; length++) {
    assert.throws(
      () => read(zip.subarray(0, length)),
      (thrown) => isAnilloError(thrown, 'ARCHIVE_BROKEN'),
    )
  }
  const change = fc.record({ at: fc.nat({ max: zip.length - 1 }), to: fc.nat({ max: 255 }) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
      const changed = new Uint8Array(zip)
      for (const { at, to } of changes) changed[at] = to
      orBroken(changed)
    }),
    { numRuns: 500 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), orBroken))
})
