/**
 * Reads WARC 1.0 and 1.1 (ISO 28500:2009 and :2017) as it arrives, packed a record or not at all,
 * by whoever wrote it, with no more in memory than a header and a piece.
 *
 * Forgiven, because archives have it: lines that end in LF alone, folded fields, more or fewer
 * empty lines between records, several records in one gzip member, addresses in angle brackets.
 */
import { assert } from '../../../base/assert.ts'
import { utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import { KIB, MIB } from '../../../base/limits.ts'
import type { Gzip } from '../../../effects/gzip.ts'
import { archiveBytes, type ArchiveBytes } from './archive-bytes.ts'
import { fieldOf, HeadReader, parseHead, type Fields } from './fields.ts'
import type { Extent } from './warc-writer.ts'

/** A record says some 20 lines of itself; this leaves room for addresses of any length. */
export const WARC_HEADER_BYTES_MAX = 64 * KIB
export const WARC_HEADER_FIELDS_MAX = 500
const MAGIC = utf8('WARC/')
/** Of one record. Films are archived; nothing larger is one answer of a site. */
export const WARC_RECORD_BYTES_MAX = 16 * KIB * MIB
/** Between two records; the standard says four. */
const BLANK_BYTES_MAX = 64
/** ISO 28500:2017, 4: two empty lines. */
const CLOSING_BYTES = 4

export interface WarcBounds {
  /** Of the whole archive, unpacked: what an unpacked bomb may cost. */
  readonly bytesMax: number
  /** Of one record; `WARC_RECORD_BYTES_MAX` where absent. */
  readonly recordBytesMax?: number
}

export interface WarcRecord {
  readonly type: string
  /** `WARC-Target-URI`. */
  readonly url: string | undefined
  readonly date: string | undefined
  readonly fields: Fields
  /** Of the block. */
  readonly bytes: number
  /** Where the record, or the gzip member that it is in, begins. */
  readonly offset: number
  /** To be read once, before the next record is asked for; what is left of it is passed over. */
  readonly block: AsyncIterable<Uint8Array>
  /**
   * Passes over what is left of the block and tells where the record lies. `undefined`: it shares
   * a gzip member with others, and cannot be read by itself.
   * @throws AnilloError ARCHIVE_BROKEN
   */
  finish(): Promise<Extent | undefined>
}

/**
 * The records in their order. Whole records are given before an error is thrown.
 * @throws AnilloError ARCHIVE_BROKEN with the offset of the record that is cut short or damaged,
 * or TOO_LARGE; whatever the source throws
 */
export async function* readWarc(
  source: AsyncIterable<Uint8Array>,
  gzip: Gzip,
  bounds: WarcBounds,
): AsyncGenerator<WarcRecord> {
  const bytes = await archiveBytes(source, gzip, bounds.bytesMax)
  try {
    while (await bytes.toNextRecord(BLANK_BYTES_MAX)) {
      const record = new Incoming(bytes, await readHeader(bytes), bounds)
      yield record
      await record.finish()
    }
  } finally {
    await bytes.close()
  }
}

interface Header {
  readonly offset: number
  readonly fields: Fields
}

async function readHeader(bytes: ArchiveBytes): Promise<Header> {
  const offset = bytes.recordOffset
  const reader = new HeadReader(WARC_HEADER_BYTES_MAX)
  for (;;) {
    const piece = await bytes.take(WARC_HEADER_BYTES_MAX)
    if (piece === undefined) throw broken(offset, 'it is cut short in a header')
    const isOther = reader.held.length === 0 && !couldBeWarc(piece)
    if (isOther) throw broken(offset, 'no record of WARC begins here')
    const read = reader.push(piece)
    if (read === 'tooLong') throw broken(offset, 'a header does not end')
    if (read === 'more') continue
    bytes.giveBack(read.rest.length)
    const { firstLine, fields } = parseHead(new TextDecoder().decode(read.head))
    if (!/^WARC\/(?:1\.[01]|0\.1[678])$/.test(firstLine))
      throw broken(offset, 'it is WARC of an unknown version, or none')
    if (fields.length > WARC_HEADER_FIELDS_MAX) throw broken(offset, 'a header has too many fields')
    return { offset, fields }
  }
}

/** Data of another kind may have no line end for gigabytes. */
function couldBeWarc(piece: Uint8Array): boolean {
  return MAGIC.every((byte, at) => piece[at] === undefined || piece[at] === byte)
}

class Incoming implements WarcRecord {
  readonly type: string
  readonly url: string | undefined
  readonly date: string | undefined
  readonly fields: Fields
  readonly bytes: number
  readonly offset: number
  readonly block: AsyncIterable<Uint8Array>
  readonly #source: ArchiveBytes
  #left: number
  #finished: Promise<Extent | undefined> | undefined

  constructor(source: ArchiveBytes, { offset, fields }: Header, bounds: WarcBounds) {
    const type = fieldOf(fields, 'WARC-Type')
    if (type === undefined || type === '') throw broken(offset, 'a record says no type')
    this.type = type.toLowerCase()
    this.url = fieldOf(fields, 'WARC-Target-URI')?.replace(/^<(.*)>$/, '$1')
    this.date = fieldOf(fields, 'WARC-Date')
    this.fields = fields
    this.offset = offset
    this.bytes = lengthOf(fields, offset)
    const limit = bounds.recordBytesMax ?? WARC_RECORD_BYTES_MAX
    if (this.bytes > limit) throw new AnilloError('TOO_LARGE', { what: 'a record', limit })
    this.#source = source
    this.#left = this.bytes
    this.block = this.#pieces()
  }

  finish(): Promise<Extent | undefined> {
    this.#finished ??= this.#passOver()
    return this.#finished
  }

  async #passOver(): Promise<Extent | undefined> {
    while (this.#left > 0) await this.#next()
    const { extent, blanks } = await this.#source.endRecord(BLANK_BYTES_MAX)
    // What is packed has its check sum.
    const mayBeCut = blanks < CLOSING_BYTES && !this.#source.isPacked
    if (mayBeCut && (await this.#source.isAtEnd()))
      throw broken(this.offset, 'it is cut short behind a record')
    return extent
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    while (this.#left > 0) yield await this.#next()
  }

  async #next(): Promise<Uint8Array> {
    assert(
      this.#finished === undefined || this.#left > 0,
      'a block is read before it is passed over',
    )
    const piece = await this.#source.take(this.#left)
    if (piece === undefined) throw broken(this.offset, 'it is cut short in a record')
    this.#left -= piece.length
    return piece
  }
}

function lengthOf(fields: Fields, offset: number): number {
  const said = fields.filter(([name]) => name.toLowerCase() === 'content-length')
  const text = said[0]?.[1] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw broken(offset, 'a record says no length')
  if (said.some(([, each]) => each !== text)) throw broken(offset, 'a record says two lengths')
  return Number(text)
}

function broken(offset: number, problem: string): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem })
}
