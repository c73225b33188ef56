import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import { concat, utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import { captureOf, collected, idOf, inPieces, written } from './archive.test-helper.ts'
import { readAnswer } from './http-answer.ts'
import { readWarc } from './warc-reader.ts'
import { responseRecord } from './warc-record.ts'

const TEXT = 'All the tides of the bay. '.repeat(20)
const BOUNDS = { bytesMax: 10_000_000 }

function archiveOf(head: string, body: Uint8Array): Uint8Array {
  const block = concat([utf8(`HTTP/1.1 200 Very OK\r\n${head}\r\n`), body])
  const length = `Content-Length: ${String(block.length)}\r\n\r\n`
  return concat([utf8(`WARC/1.0\r\nWARC-Type: response\r\n${length}`), block, utf8('\r\n\r\n')])
}

function chunked(body: Uint8Array, chunkBytes = 100): Uint8Array {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < body.length; at += chunkBytes) {
    const data = body.subarray(at, at + chunkBytes)
    pieces.push(utf8(`${data.length.toString(16)};x=y\r\n`), data, utf8('\r\n'))
  }
  return concat([...pieces, utf8('0\r\nTrailer: z\r\n\r\n')])
}

/** Of each record: its body as text. */
async function bodiesOf(archive: Uint8Array, pieceBytes: number): Promise<string[]> {
  const bodies: string[] = []
  for await (const record of readWarc(inPieces(archive, pieceBytes), platformGzip, BOUNDS)) {
    const answer = await readAnswer(record, platformUnpack)
    assert.ok(answer !== undefined)
    assert.equal(answer.status, 200)
    bodies.push(Buffer.from(await collected(answer.body)).toString())
  }
  return bodies
}

const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const GZIP = 'Content-Encoding: gzip\r\n'
const PACKED = new Uint8Array(gzipSync(TEXT))

test('readAnswer() gives the content of answers as they came over the wire', async () => {
  const answers: readonly (readonly [head: string, body: Uint8Array])[] = [
    ['', utf8(TEXT)],
    [CHUNKED, chunked(utf8(TEXT))],
    [GZIP, PACKED],
    [CHUNKED + GZIP, chunked(PACKED)],
    ['content-encoding: br\r\n', brotliCompressSync(TEXT)],
    // Decoded by who wrote it, under headers that say otherwise.
    [CHUNKED, utf8(TEXT)],
    [GZIP, utf8(TEXT)],
    [CHUNKED + GZIP, utf8(TEXT)],
    [`X-Crawler-${CHUNKED}X-Crawler-${GZIP}`, utf8(TEXT)],
  ]
  for (const [head, body] of answers) {
    for (const pieceBytes of [10_000, 7, 1]) {
      assert.deepEqual(await bodiesOf(archiveOf(head, body), pieceBytes), [TEXT], head)
    }
  }
})

test('readAnswer() gives the content and headers that were written here', async () => {
  const capture = captureOf('https://example.org/', TEXT)
  const { bytes } = await written([responseRecord({ id: idOf(1) }, capture)])
  for await (const record of readWarc(inPieces(bytes), platformGzip, BOUNDS)) {
    const answer = await readAnswer(record, platformUnpack)
    assert.deepEqual(answer?.headers, capture.headers)
    assert.equal(answer.statusText, 'OK')
    assert.equal(Buffer.from(await collected(answer.body)).toString(), TEXT)
  }
})

test('readAnswer() of chunks that end early gives what there is', async () => {
  const whole = chunked(utf8(TEXT))
  const [body = ''] = await bodiesOf(archiveOf(CHUNKED, whole.subarray(0, 250)), 10)
  assert.ok(body.length > 200 && TEXT.startsWith(body))
  assert.deepEqual(await bodiesOf(archiveOf(CHUNKED, utf8('')), 10), [''])
  assert.deepEqual(await bodiesOf(archiveOf(CHUNKED, utf8('a')), 10), ['a'])
  assert.deepEqual(await bodiesOf(archiveOf(GZIP, utf8('')), 10), [''])
})

test('readAnswer() says where bodies are damaged', async () => {
  const damaged: readonly (readonly [head: string, body: Uint8Array])[] = [
    [CHUNKED, utf8('3\r\nabcd\r\n0\r\n\r\n')],
    [CHUNKED, utf8('3\r\nabc\r\nno size\r\n')],
    [CHUNKED, utf8(`3\r\nabc\r\n${'1'.repeat(2_000)}`)],
    [GZIP, PACKED.subarray(0, 40)],
    ['Content-Encoding: rot13\r\n', utf8(TEXT)],
  ]
  for (const [head, body] of damaged) {
    await assert.rejects(
      bodiesOf(archiveOf(head, body), 10),
      (thrown) => isAnilloError(thrown, 'ARCHIVE_BROKEN') && thrown.details['offset'] === 0,
    )
  }
})

test('readAnswer() goes on with the next record, however much of a body was read', async () => {
  const one = archiveOf(CHUNKED + GZIP, chunked(PACKED))
  let records = 0
  for await (const record of readWarc(inPieces(concat([one, one, one])), platformGzip, BOUNDS)) {
    const answer = await readAnswer(record, platformUnpack)
    records += 1
    if (records === 2) continue
    for await (const piece of answer?.body ?? []) if (piece.length > 0) break
  }
  assert.equal(records, 3)
})
