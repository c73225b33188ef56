import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../base/bytes.ts'
import { isAnilloError } from '../base/errors.ts'
import { zipOf } from '../effects/zip.ts'
import { collected } from '../services/scrape/archive/archive.test-helper.ts'
import { warcsOfWacz } from './wacz-parts.ts'

const ENTRY = 0x02014b50
const PACKED_AT = 20
const PLAIN_AT = 24
const PLACE_AT = 42
const TEXTS = ['first', 'the second'] as const

async function* files(names: readonly string[]) {
  for (const [at, name] of names.entries()) {
    const text = TEXTS[at] ?? ''
    const pieces = (async function* () {
      yield utf8(text)
    })()
    yield { name, changedAtMs: 0, pieces }
  }
}

async function zipNamed(...names: readonly string[]): Promise<Buffer> {
  return Buffer.from(await collected(zipOf(files(names))))
}

/** Where the directory tells of each file. */
function entriesOf(zip: Buffer): number[] {
  const mark = Buffer.alloc(4)
  mark.writeUInt32LE(ENTRY)
  const found: number[] = []
  for (let at = zip.indexOf(mark); at !== -1; at = zip.indexOf(mark, at + 1)) found.push(at)
  return found
}

function partsOf(zip: Buffer) {
  const readAt = async (offset: number, bytes: number) => zip.subarray(offset, offset + bytes)
  return warcsOfWacz(readAt, zip.length)
}

async function refused(zip: Buffer, problem: RegExp): Promise<void> {
  await assert.rejects(partsOf(zip), (thrown) => {
    assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'), String(thrown))
    assert.match(thrown.message, problem)
    return true
  })
}

test('warcsOfWacz() tells where each WARC lies, and nothing else', async () => {
  const zip = await zipNamed('archive/a.warc', 'pages/pages.jsonl', 'archive/b.warc.gz')
  const parts = await partsOf(zip)
  assert.deepEqual(
    parts.map(({ name, bytes }) => [name, bytes]),
    [
      ['archive/a.warc', TEXTS[0].length],
      ['archive/b.warc.gz', 0],
    ],
  )
  const [first] = parts
  const from = first?.offset ?? 0
  assert.equal(zip.toString('utf8', from, from + TEXTS[0].length), TEXTS[0])
})

test('warcsOfWacz() refuses WARCs that lie on each other, or on the directory', async () => {
  const twice = await zipNamed('archive/a.warc', 'archive/b.warc')
  const [first = 0, second = 0] = entriesOf(twice)
  twice.writeUInt32LE(twice.readUInt32LE(first + PLACE_AT), second + PLACE_AT)
  await refused(twice, /overlap/)
  const long = await zipNamed('archive/a.warc')
  const [only = 0] = entriesOf(long)
  for (const at of [PACKED_AT, PLAIN_AT]) long.writeUInt32LE(TEXTS[0].length + 40, only + at)
  await refused(long, /archive\/a\.warc and the directory of the ZIP overlap/)
})

test('warcsOfWacz() says names without what steers a terminal', async () => {
  const zip = await zipNamed('archive/\u001b[31mred\u0007.warc')
  const [first = 0] = entriesOf(zip)
  zip.writeUInt32LE(1, first + PACKED_AT)
  await refused(zip, /archive\/\[31mred\.warc is packed/)
})

test('warcsOfWacz() refuses a ZIP that is cut anywhere', async () => {
  const zip = await zipNamed('archive/a.warc')
  for (let bytes = 0; bytes < zip.length; bytes++) await refused(zip.subarray(0, bytes), /./)
})
