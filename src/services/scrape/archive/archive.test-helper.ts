/** Bytes in pieces, and archives to try things on. */
import { concat, utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import {
  metadataRecord,
  requestRecord,
  responseRecord,
  resourceRecord,
  revisitRecord,
  warcinfoRecord,
  type Capture,
  type OutgoingRecord,
  type WarcBody,
} from './warc-record.ts'
import { WarcWriter, type Extent } from './warc-writer.ts'

export const DATE = '2026-11-21T10:20:30.456Z'

export async function* inPieces(bytes: Uint8Array, pieceBytes = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

export async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(new Uint8Array(piece))
  return concat(all)
}

export function bodyOf(bytes: Uint8Array): WarcBody {
  return { bytes: bytes.length, hash: sha256Hex(bytes), pieces: inPieces(bytes) }
}

export function captureOf(url: string, body: string | Uint8Array): Capture {
  const bytes = typeof body === 'string' ? utf8(body) : body
  const headers = [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Content-Encoding', 'gzip'],
    ['Transfer-Encoding', 'chunked'],
    ['X-Café', 'd\xe9j\xe0 vu'],
  ] as const
  const answer = { url, date: DATE, status: 200, statusText: 'OK', headers }
  return { ...answer, ipAddress: '192.0.2.7', body: bodyOf(bytes) }
}

export function idOf(number: number): string {
  return `<urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, '0')}>`
}

/** A record of each type. */
export function sampleRecords(): OutgoingRecord[] {
  const url = 'https://example.org/bay?tide=high'
  const page = captureOf(url, '<title>The bay</title>'.repeat(200))
  const about = { url, date: DATE }
  return [
    warcinfoRecord(
      { id: idOf(1) },
      { date: DATE, filename: 'sample.warc.gz', fields: [['software', 'anillo/0.1.0']] },
    ),
    responseRecord({ id: idOf(2), warcinfoId: idOf(1) }, page),
    requestRecord(
      { id: idOf(3), concurrentTo: [idOf(2)] },
      { ...about, headers: [['Host', 'example.org']] },
    ),
    metadataRecord(
      { id: idOf(4), concurrentTo: [idOf(2)] },
      { ...about, fields: [['fetchTimeMs', '12']] },
    ),
    revisitRecord({ id: idOf(5) }, captureOf('https://example.org/again', '<title>'), {
      ...about,
      id: idOf(2),
    }),
    resourceRecord(
      { id: idOf(6) },
      { ...about, contentType: 'image/png', body: bodyOf(Uint8Array.of(137, 80, 78, 71)) },
    ),
    responseRecord({ id: idOf(7) }, captureOf('https://example.org/large', largeBytes(300_000))),
    responseRecord({ id: idOf(8) }, captureOf('https://example.org/empty', '')),
  ]
}

export function largeBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * at) >>> 7)
}

export interface Written {
  readonly bytes: Uint8Array
  readonly extents: readonly Extent[]
}

export async function written(
  records: readonly OutgoingRecord[],
  kind: 'packed' | 'plain' = 'packed',
): Promise<Written> {
  const writer = new WarcWriter(kind === 'packed' ? platformGzip : undefined)
  const pieces: Uint8Array[] = []
  const extents: Extent[] = []
  for (const record of records) {
    const bytes = writer.write(record)
    let step = await bytes.next()
    for (; step.done !== true; step = await bytes.next()) pieces.push(new Uint8Array(step.value))
    extents.push(step.value)
  }
  return { bytes: concat(pieces), extents }
}

export async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
