import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { fc } from '../../../../test/properties.ts'
import { concat, utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { EMPTY_MEMBERS_MAX } from './archive-bytes.ts'
import {
  bodyOf,
  captureOf,
  collected,
  idOf,
  inPieces,
  sampleRecords,
  written,
  type Written,
} from './archive.test-helper.ts'
import { readWarc, WARC_HEADER_BYTES_MAX } from './warc-reader.ts'
import { resourceRecord, responseRecord } from './warc-record.ts'
import type { Extent } from './warc-writer.ts'

const BOUNDS = { bytesMax: 64 * 1024 * 1024 }

interface Seen {
  readonly type: string
  readonly url: string | undefined
  readonly block: Uint8Array
  readonly extent: Extent | undefined
}

async function read(
  archive: Uint8Array,
  options: { readonly pieceBytes?: number; readonly bytesMax?: number } = {},
): Promise<{ readonly seen: readonly Seen[]; readonly thrown: unknown }> {
  const seen: Seen[] = []
  const { pieceBytes = 4_096, ...bounds } = options
  const source = inPieces(archive, pieceBytes)
  try {
    for await (const record of readWarc(source, platformGzip, { ...BOUNDS, ...bounds })) {
      const block = await collected(record.block)
      assert.equal(block.length, record.bytes)
      seen.push({ type: record.type, url: record.url, block, extent: await record.finish() })
    }
  } catch (thrown) {
    return { seen, thrown }
  }
  return { seen, thrown: undefined }
}

async function refused(archive: Uint8Array | string, offset: number): Promise<void> {
  const bytes = typeof archive === 'string' ? utf8(archive) : archive
  const { thrown } = await read(bytes)
  assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'), String(thrown))
  assert.equal(thrown.details['offset'], offset)
}

test('readWarc() gives back what was written, packed and plain, however it was cut', async () => {
  for (const kind of ['packed', 'plain'] as const) {
    const archive = await written(sampleRecords(), kind)
    for (const pieceBytes of [archive.bytes.length, 4_096, 13]) {
      const { seen, thrown } = await read(archive.bytes, { pieceBytes })
      assert.equal(thrown, undefined)
      assert.deepEqual(
        seen.map(({ type }) => type),
        sampleRecords().map(({ type }) => type),
      )
      assert.deepEqual(
        seen.map(({ extent }) => extent),
        archive.extents,
      )
      assert.equal(Buffer.from(seen[5]?.block ?? []).toString('latin1'), '\x89PNG')
    }
  }
})

test('readWarc() passes over what nobody reads', async () => {
  for (const kind of ['packed', 'plain'] as const) {
    const { bytes } = await written(sampleRecords(), kind)
    const types: string[] = []
    for await (const record of readWarc(inPieces(bytes), platformGzip, BOUNDS)) {
      for await (const piece of record.block) if (piece.length > 0) break
      types.push(record.type)
    }
    assert.equal(types.length, sampleRecords().length)
  }
})

test('readWarc() of any records gives them back (property)', async () => {
  const resource = fc.record({ body: fc.uint8Array({ maxLength: 300 }), path: fc.webPath() })
  const archives = fc.array(resource, { maxLength: 5 })
  const property = fc.asyncProperty(
    archives,
    fc.boolean(),
    fc.integer({ min: 1, max: 99 }),
    async (all, isPacked, pieceBytes) => {
      const records = all.map(({ body, path }, at) => {
        const facts = { url: `http://x.test${path}`, date: '2026-01-01T00:00:00Z' }
        const content = { ...facts, contentType: 'a/b', body: bodyOf(body) }
        return resourceRecord({ id: idOf(at) }, content)
      })
      const { bytes, extents } = await written(records, isPacked ? 'packed' : 'plain')
      const { seen, thrown } = await read(bytes, { pieceBytes })
      assert.equal(thrown, undefined)
      assert.deepEqual(
        seen.map(({ block, extent }) => [...block, extent]),
        all.map(({ body }, at) => [...body, extents[at]]),
      )
    },
  )
  await fc.assert(property, { numRuns: 25 })
})

/** Two records of which the second is cut at each byte. */
async function eachCut(archive: Written): Promise<void> {
  const [first, second] = archive.extents
  assert.ok(first !== undefined && second !== undefined)
  for (let length = 1; length < archive.bytes.length; length++) {
    const { seen, thrown } = await read(archive.bytes.subarray(0, length), { pieceBytes: 64 })
    const isBetween = length === second.offset
    assert.equal(seen.length, length < second.offset ? 0 : 1, String(length))
    if (isBetween) assert.equal(thrown, undefined)
    else {
      assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'), `${String(length)}: ${String(thrown)}`)
      const offset: number = length < second.offset ? 0 : second.offset
      assert.equal(thrown.details['offset'], offset, String(length))
    }
  }
}

test('readWarc() of an archive cut at any byte gives what is whole, then where it broke', async () => {
  const make = () =>
    ['ebb', 'flow'].map((body, at) => {
      return responseRecord({ id: idOf(at) }, captureOf('http://x.test/', body))
    })
  await eachCut(await written(make(), 'packed'))
  await eachCut(await written(make(), 'plain'))
})

const HEADER = 'WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 3\r\n'

test('readWarc() forgives what other writers do', async () => {
  const forgiven: readonly (readonly [archive: string, records: number])[] = [
    ['WARC/1.0\nWARC-Type: resource\nContent-Length: 3\n\nabc\n\n\n\n', 1],
    [`${HEADER}WARC-Target-URI: <http://x.test/>\r\n\r\nabc\r\n\r\n`, 1],
    [`\r\n${HEADER}X: a\r\n b\r\nno colon\r\n\r\nabc\r\n\r\n\r\n\r\n${HEADER}\r\nabc\r\n\r\n`, 2],
    [`${HEADER}\r\nabc\r\n${HEADER}\r\nabc\r\n\r\n`, 2],
    ['', 0],
  ]
  for (const [archive, records] of forgiven) {
    const { seen, thrown } = await read(utf8(archive))
    assert.equal(thrown, undefined, archive)
    assert.equal(seen.length, records)
    for (const { block } of seen) assert.equal(Buffer.from(block).toString(), 'abc')
  }
  const [, [bracketed] = ['']] = forgiven
  assert.equal((await read(utf8(bracketed))).seen[0]?.url, 'http://x.test/')
})

test('readWarc() reads records that share a gzip member, and says that they do', async () => {
  const record = utf8(`${HEADER}\r\nabc\r\n\r\n`)
  const alone = new Uint8Array(gzipSync(record))
  const both = new Uint8Array(gzipSync(concat([record, record])))
  const halves = [record.subarray(0, 20), record.subarray(20)].map((half) => gzipSync(half))
  const { seen, thrown } = await read(concat([alone, both, ...halves, alone]))
  assert.equal(thrown, undefined)
  assert.deepEqual(
    seen.map(({ extent }) => extent !== undefined),
    [true, false, false, false, true],
  )
})

test('readWarc() refuses what is no archive, and says where', async () => {
  const good = `${HEADER}\r\nabc\r\n\r\n`
  await refused('<!doctype html><p>No archive', 0)
  await refused(`${good}garbage`, good.length)
  await refused('WARC/9.9\r\nWARC-Type: resource\r\nContent-Length: 0\r\n\r\n\r\n\r\n', 0)
  await refused('WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n', 0)
  await refused('WARC/1.1\r\nWARC-Type: resource\r\n\r\n\r\n\r\n', 0)
  await refused(`${HEADER}Content-Length: 4\r\n\r\nabcd\r\n\r\n`, 0)
  await refused('WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: -1\r\n\r\n', 0)
  await refused(`WARC/1.1\r\n${'X: y\r\n'.repeat(600)}\r\n`, 0)
  await refused(`WARC/1.1\r\nX: ${'y'.repeat(WARC_HEADER_BYTES_MAX)}\r\n\r\n`, 0)
  await refused(concat([Uint8Array.of(0x1f, 0x8b), utf8('no gzip')]), 0)
})

test('readWarc() passes over empty gzip members, and not over thousands of them', async () => {
  const record = await written(sampleRecords().slice(0, 1))
  const empty = gzipSync('')
  const emptied = (count: number) => concat(Array.from({ length: count }, () => empty))
  const few = await read(concat([emptied(EMPTY_MEMBERS_MAX), record.bytes, emptied(1)]))
  assert.deepEqual([few.seen.length, few.thrown], [1, undefined])
  const many = concat([record.bytes, emptied(EMPTY_MEMBERS_MAX + 1)])
  await refused(many, record.bytes.length + EMPTY_MEMBERS_MAX * empty.length)
})

test('readWarc() stops at what a bomb unpacks to, without holding it', async () => {
  const length = 40 * 1024 * 1024
  const said = utf8(`WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: ${String(length)}\r\n\r\n`)
  const bomb = new Uint8Array(gzipSync(concat([said, new Uint8Array(length)])))
  assert.ok(bomb.length < 50_000)
  const { thrown } = await read(bomb, { bytesMax: 1024 * 1024 })
  assert.ok(isAnilloError(thrown, 'TOO_LARGE'))
  const endless = new Uint8Array(gzipSync(new Uint8Array(length)))
  await refused(endless, 0)
  const bounded = readWarc(inPieces(bomb), platformGzip, { ...BOUNDS, recordBytesMax: 1_000 })
  await assert.rejects(bounded.next(), (thrown) => isAnilloError(thrown, 'TOO_LARGE'))
})

test('readWarc() of damaged bytes ends with what it can name (property)', async () => {
  const make = () => sampleRecords().filter(({ body }) => (body?.bytes ?? 0) < 10_000)
  const archives = [(await written(make(), 'plain')).bytes, (await written(make())).bytes]
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 10, 13, 32, 48, 57, 58, 255)), {
    minLength: 1,
    maxLength: 4,
  })
  const property = fc.asyncProperty(
    damage,
    fc.constantFrom(...archives),
    async (places, archive) => {
      const bytes = new Uint8Array(archive)
      for (const [place, byte] of places) bytes[place % bytes.length] = byte
      const { seen, thrown } = await read(bytes)
      assert.ok(seen.length <= make().length + 1)
      const isNamed = isAnilloError(thrown, 'ARCHIVE_BROKEN') || isAnilloError(thrown, 'TOO_LARGE')
      assert.ok(thrown === undefined || isNamed, String(thrown))
    },
  )
  await fc.assert(property, { numRuns: 25 })
})

test('readWarc() lets its source go when the reader leaves', async () => {
  const { bytes } = await written(sampleRecords())
  let isReleased = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* inPieces(bytes)
    } finally {
      isReleased = true
    }
  }
  for await (const record of readWarc(source(), platformGzip, BOUNDS)) if (record.type !== '') break
  assert.ok(isReleased)
})
