import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { MIB } from '../../../base/limits.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { bodyOf, captureOf, idOf, sampleRecords, written } from './archive.test-helper.ts'
import { capturesOf } from './page-captures.ts'
import { archivedHeaders, recordId, responseRecord, sentHeaders } from './warc-record.ts'
import { WarcWriter } from './warc-writer.ts'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

test('WarcWriter.write() writes a response as WARC 1.1 has it, byte for byte', async () => {
  const capture = captureOf('https://example.org/', 'tides')
  const record = responseRecord({ id: idOf(2), warcinfoId: idOf(1) }, capture)
  const block =
    'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Orig-Content-Encoding: gzip\r\n' +
    'X-Orig-Transfer-Encoding: chunked\r\nX-Caf\xe9: d\xe9j\xe0 vu\r\nContent-Length: 5\r\n\r\ntides'
  const expected = [
    'WARC/1.1',
    'WARC-Type: response',
    `WARC-Record-ID: ${idOf(2)}`,
    'WARC-Date: 2026-11-21T10:20:30.456Z',
    `WARC-Warcinfo-ID: ${idOf(1)}`,
    'WARC-Target-URI: https://example.org/',
    'WARC-IP-Address: 192.0.2.7',
    'Content-Type: application/http; msgtype=response',
    `WARC-Block-Digest: sha256:${sha256Hex(Buffer.from(block, 'latin1'))}`,
    `WARC-Payload-Digest: sha256:${sha256Hex('tides')}`,
    `Content-Length: ${String(block.length)}`,
    '',
    `${block}\r\n\r\n`,
  ].join('\r\n')
  assert.equal(text((await written([record], 'plain')).bytes), expected)
})

test('WarcWriter.write() packs each record by itself, and tells where it lies', async () => {
  const records = sampleRecords()
  const { bytes, extents } = await written(records)
  const plain = await written(sampleRecords(), 'plain')
  assert.equal(extents.at(-1)?.offset, bytes.length - (extents.at(-1)?.length ?? 0))
  for (const [at, { offset, length }] of extents.entries()) {
    const member = gunzipSync(bytes.subarray(offset, offset + length))
    const { offset: from = 0, length: long = 0 } = plain.extents[at] ?? {}
    assert.ok(member.equals(plain.bytes.subarray(from, from + long)))
    assert.ok(text(member).startsWith('WARC/1.1\r\nWARC-Type: '))
    assert.ok(text(member).endsWith('\r\n\r\n'))
  }
})

test('WarcWriter.write() refuses a body that is not what its record says', async () => {
  const good = bodyOf(utf8('tides'))
  for (const wrong of [{ bytes: 4 }, { bytes: 6 }, { hash: sha256Hex('ebb') }]) {
    const pieces = bodyOf(utf8('tides')).pieces
    const body = { ...good, pieces, ...wrong }
    const record = responseRecord({ id: idOf(1) }, { ...captureOf('http://x/', ''), body })
    await assert.rejects(written([record]), (thrown) => isAnilloError(thrown, 'ARCHIVE_BROKEN'))
  }
})

test('WarcWriter.write() holds a few pieces of a large body, not all of it', async () => {
  const piece = new Uint8Array(MIB).fill(7)
  const count = 40
  const hash = sha256Hex(new Uint8Array(count * MIB).fill(7))
  let ahead = 0
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < count; sent++) {
      ahead += 1
      yield piece
    }
  }
  const body = { bytes: count * MIB, hash, pieces: pieces() }
  const record = responseRecord({ id: idOf(1) }, { ...captureOf('http://x/', ''), body })
  const bytes = new WarcWriter(undefined).write(record)
  let most = 0
  let taken = 0
  for (let step = await bytes.next(); step.done !== true; step = await bytes.next()) {
    taken += step.value.length
    most = Math.max(most, ahead * MIB - taken)
  }
  assert.ok(most <= 2 * MIB, `${String(most)} bytes were held`)
  for await (const packed of new WarcWriter(platformGzip).write({ ...record, body: undefined }))
    assert.ok(packed.length > 0)
})

test('archivedHeaders() leaves headers that hold alone, and sentHeaders() undoes the rest', () => {
  const asSent = [['content-length', '5'] as const, ['Date', 'x'] as const]
  assert.deepEqual(archivedHeaders(asSent, 5), [
    ['Date', 'x'],
    ['Content-Length', '5'],
  ])
  const packed = [['content-length', '5'] as const, ['content-encoding', 'br'] as const]
  const archived = archivedHeaders(packed, 9)
  assert.deepEqual(archived, [
    ['X-Orig-content-length', '5'],
    ['X-Orig-content-encoding', 'br'],
    ['Content-Length', '9'],
  ])
  assert.deepEqual(sentHeaders(archived), { headers: packed, isDecoded: true })
  assert.deepEqual(sentHeaders(asSent), { headers: asSent, isDecoded: false })
  const ofAnother = [
    ['X-Crawler-Content-Encoding', 'gzip'] as const,
    ['Content-Length', '1'] as const,
  ]
  assert.deepEqual(sentHeaders(ofAnother).headers, [['Content-Encoding', 'gzip']])
})

test('a header cannot bring in a line of its own', async () => {
  const capture = {
    ...captureOf('https://example.org/', 'x'),
    statusText: 'OK\r\nSet-Cookie: a=b',
    headers: [['X', 'y\r\n\r\nWARC/1.1\r\n\0z']] as const,
  }
  const { bytes } = await written([responseRecord({ id: idOf(1) }, capture)], 'plain')
  assert.match(text(bytes), /HTTP\/1\.1 200 OK Set-Cookie: a=b\r\nX: y WARC\/1\.1 z\r\n/)
})

test('recordId() is a UUID of version 4 made of the chance that it is given', () => {
  const random = { bytes: (length: number) => new Uint8Array(length).fill(255) }
  assert.equal(recordId(random), '<urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff>')
})

test('capturesOf() gives the redirects on the way, each at its own address', () => {
  const page = {
    id: '',
    url: 'http://a.test/',
    finalUrl: 'https://a.test/home',
    redirects: [
      { status: 301, url: 'https://a.test/' },
      { status: 302, url: 'https://a.test/home' },
    ],
    status: 200,
    statusText: 'OK',
    headers: [],
    contentType: 'text/plain',
    charset: null,
    title: null,
    bytes: 1,
    wireBytes: 1,
    hash: sha256Hex('x'),
    fetchedAt: '2026-11-21T10:20:30.456Z',
    durationMs: 1,
    remoteAddress: '192.0.2.1',
    fetchedBy: { id: '', address: '', name: '', position: '' },
  }
  const captures = capturesOf(page, bodyOf(utf8('x')).pieces)
  assert.deepEqual(
    captures.map(({ url, status, headers }) => [url, status, headers]),
    [
      ['http://a.test/', 301, [['Location', 'https://a.test/']]],
      ['https://a.test/', 302, [['Location', 'https://a.test/home']]],
      ['https://a.test/home', 200, []],
    ],
  )
})
