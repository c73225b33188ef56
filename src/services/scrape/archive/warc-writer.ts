/**
 * Writes WARC 1.1 (ISO 28500:2017) as it is read: one record after the other, each a gzip member of
 * its own (Annex D), whatever its size in the memory of one piece.
 */
import { assert } from '../../../base/assert.ts'
import { concat, utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import { Sha256 } from '../../../base/hash.ts'
import { KIB } from '../../../base/limits.ts'
import type { Gzip } from '../../../effects/gzip.ts'
import { fieldLines, type Fields } from './fields.ts'
import type { OutgoingRecord, WarcBody } from './warc-record.ts'

/**
 * Blocks up to here are read before their header is written, for a digest of the block. A larger
 * body would have to be read twice for a number that says no more than that of the payload.
 */
export const BLOCK_DIGEST_BYTES_MAX = 256 * KIB

const BLANK_LINES = utf8('\r\n\r\n')

/** Where a record lies in its file. */
export interface Extent {
  readonly offset: number
  /** With what closes it. */
  readonly length: number
}

export class WarcWriter {
  readonly #gzip: Gzip | undefined
  #offset = 0

  /** `gzip` undefined: nothing is packed. */
  constructor(gzip: Gzip | undefined) {
    this.#gzip = gzip
  }

  /** Bytes so far: where the next record begins. */
  get offset(): number {
    return this.#offset
  }

  /**
   * The bytes of one record, in pieces; its extent when all were taken. One record at a time.
   * @throws AnilloError ARCHIVE_BROKEN when a body is not what it is said to be: what was written
   * of the record must be thrown away
   */
  async *write(record: OutgoingRecord): AsyncGenerator<Uint8Array, Extent> {
    const offset = this.#offset
    const plain = recordPieces(record, offset)
    for await (const piece of this.#gzip === undefined ? plain : this.#gzip.pack(plain)) {
      this.#offset += piece.length
      yield piece
    }
    return { offset, length: this.#offset - offset }
  }
}

async function* recordPieces(record: OutgoingRecord, offset: number): AsyncGenerator<Uint8Array> {
  const { head, body } = record
  const blockBytes = head.length + (body?.bytes ?? 0)
  const isSmall = blockBytes <= BLOCK_DIGEST_BYTES_MAX
  const checked = body === undefined ? none() : checkedPieces(body, offset)
  const small = isSmall ? concat([head, ...(await collected(checked))]) : undefined
  const digests: Fields = [
    ...(small === undefined ? [] : [['WARC-Block-Digest', `sha256:${sha256(small)}`] as const]),
    ...(record.payloadHash === undefined
      ? []
      : [['WARC-Payload-Digest', `sha256:${record.payloadHash}`] as const]),
  ]
  const header: Fields = [
    ['WARC-Type', record.type],
    ['WARC-Record-ID', record.id],
    ['WARC-Date', record.date],
    ...record.fields,
    ...digests,
    ['Content-Length', String(blockBytes)],
  ]
  yield utf8(`WARC/1.1\r\n${fieldLines(header)}\r\n`)
  if (small === undefined) {
    yield head
    yield* checked
  } else if (small.length > 0) yield small
  yield BLANK_LINES
}

/** A reader finds the next record by the length alone: one byte too few or many spoils all. */
async function* checkedPieces(body: WarcBody, offset: number): AsyncGenerator<Uint8Array> {
  assert(/^[0-9a-f]{64}$/.test(body.hash), 'hashes are hex SHA-256')
  const hash = new Sha256()
  let bytes = 0
  for await (const piece of body.pieces) {
    bytes += piece.length
    if (bytes > body.bytes) break
    hash.update(piece)
    yield piece
  }
  if (bytes !== body.bytes || hash.digestHex() !== body.hash) {
    const problem = 'the content that it is made of is not what its record says'
    throw new AnilloError('ARCHIVE_BROKEN', { offset, problem })
  }
}

async function* none(): AsyncGenerator<Uint8Array> {
  // Nothing.
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

function sha256(bytes: Uint8Array): string {
  return new Sha256().update(bytes).digestHex()
}
