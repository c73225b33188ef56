import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'

import { concat, utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { DATE, gathered, inPieces, sampleRecords, written } from './archive.test-helper.ts'
import { cdxLine, indexWarc, packedIndex, sortedLines, type CdxEntry } from './cdxj.ts'

const OPTIONS = { bytesMax: 10_000_000, filename: 'sample.warc.gz' }

async function indexOf(archive: Uint8Array): Promise<CdxEntry[]> {
  return gathered(indexWarc(inPieces(archive), platformGzip, OPTIONS))
}

test('cdxLine() is a line as pywb and Browsertrix write it', () => {
  const entry: CdxEntry = {
    url: 'https://www.example.org/Bahía?b&a',
    date: DATE,
    mime: 'text/html',
    status: 200,
    digest: 'sha256:00',
    extent: { offset: 265, length: 489 },
    filename: 'data.warc.gz',
  }
  assert.equal(
    cdxLine(entry),
    'org,example)/bah%c3%ada?a&b 20261121102030 {"url":"https://www.example.org/Bah\\u00eda?b&a",' +
      '"mime":"text/html","status":"200","digest":"sha256:00","length":"489","offset":"265",' +
      '"filename":"data.warc.gz"}',
  )
  const short = { ...entry, date: '2026-11', mime: undefined, status: undefined, digest: undefined }
  assert.match(cdxLine(short), / 20261101000000 \{"url":"[^"]+","length"/)
  assert.match(cdxLine({ ...entry, url: 'urn:x:\u2028\ud83d\ude00' }), /^[\x20-\x7e]+$/)
})

test('indexWarc() finds what a person may ask for, where it lies', async () => {
  for (const kind of ['packed', 'plain'] as const) {
    const { bytes, extents } = await written(sampleRecords(), kind)
    const entries = await indexOf(bytes)
    assert.deepEqual(
      entries.map(({ url, mime, status, extent }) => [url, mime, status, extent]),
      [
        ['https://example.org/bay?tide=high', 'text/html', 200, extents[1]],
        ['https://example.org/again', 'warc/revisit', 200, extents[4]],
        ['https://example.org/bay?tide=high', 'image/png', undefined, extents[5]],
        ['https://example.org/large', 'text/html', 200, extents[6]],
        ['https://example.org/empty', 'text/html', 200, extents[7]],
      ],
    )
    assert.equal(entries[4]?.digest, `sha256:${sha256Hex('')}`)
    assert.deepEqual(new Set(entries.map(({ filename }) => filename)), new Set(['sample.warc.gz']))
  }
})

const response = (block: string): string =>
  'WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x.test/\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n' +
  `Content-Type: application/http; msgtype=response\r\nContent-Length: ${String(block.length)}\r\n\r\n${block}\r\n\r\n`

test('indexWarc() takes answers that are hardly HTTP', async () => {
  const odd: readonly (readonly [
    block: string,
    facts: readonly (string | number | undefined)[],
  ])[] = [
    ['HTTP/1.1 404\nContent-Type: a/b ; c\n\n', [404, 'a/b']],
    ['HTTP/2 200 \r\ncontent-type:\r\n\r\n', [200, undefined]],
    ['HTTP/1.1 304 Not Modified\r\nContent-Type: a/b\r\n', [304, 'a/b']],
    ['ICY 200 OK\r\n\r\n', [undefined, undefined]],
    [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, [undefined, undefined]],
    ['', [undefined, undefined]],
  ]
  for (const [block, facts] of odd) {
    const [entry] = await indexOf(utf8(response(block)))
    assert.deepEqual([entry?.status, entry?.mime], facts, block.slice(0, 40))
  }
})

test('indexWarc() refuses an archive of which no record can be read by itself', async () => {
  const both = new Uint8Array(gzipSync(response('') + response('')))
  await assert.rejects(indexOf(both), (thrown) => isAnilloError(thrown, 'ARCHIVE_BROKEN'))
})

test('sortedLines() has the order of bytes', () => {
  const lines = ['com,a)/ 2', 'com,a)/b 1', 'com,a)/ 1', 'com,a,b)/ 1', 'com,a)/B 1']
  assert.deepEqual(
    sortedLines(lines).map(utf8),
    lines.map(utf8).toSorted((a, b) => Buffer.compare(a, b)),
  )
})

test('packedIndex() packs lines in blocks that are found by their first', async () => {
  const lines = Array.from(
    { length: 700 },
    (_, at) => `k${String(at).padStart(3, '0')} 20260101000000 {}`,
  )
  const blocks = await gathered(packedIndex(lines, platformGzip))
  const whole = concat(blocks.map(({ packed }) => packed))
  assert.equal(gunzipSync(whole).toString(), lines.map((line) => `${line}\n`).join(''))
  let offset = 0
  for (const [at, { packed, line }] of blocks.entries()) {
    const where = JSON.stringify({ offset, length: packed.length })
    assert.equal(line, `k${String(300 * at).padStart(3, '0')} 20260101000000 ${where}`)
    offset += packed.length
  }
  assert.equal(blocks.length, 3)
})
