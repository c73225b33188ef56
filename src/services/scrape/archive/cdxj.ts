/**
 * CDXJ, the index of archives as pywb and Browsertrix have it: a line a capture, `key timestamp
 * {...}`, in the order of its bytes.
 */
import { concat, utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { Gzip } from '../../../effects/gzip.ts'
import { fieldOf } from './fields.ts'
import { readAnswerHead } from './http-answer.ts'
import { surtOf } from './surt.ts'
import { readWarc, type WarcBounds, type WarcRecord } from './warc-reader.ts'
import { WARC_FIELDS_TYPE } from './warc-record.ts'
import type { Extent } from './warc-writer.ts'

/** Where one capture is, and what it is. */
export interface CdxEntry {
  readonly url: string
  /** ISO 8601. */
  readonly date: string
  /** `warc/revisit` of one whose content is elsewhere. */
  readonly mime: string | undefined
  readonly status: number | undefined
  /** With its algorithm: `sha256:...`. */
  readonly digest: string | undefined
  readonly extent: Extent
  /** Of the archive. */
  readonly filename: string
}

export const REVISIT_MIME = 'warc/revisit'

/** ASCII without a line end: so texts compare as bytes do. */
export function cdxLine(entry: CdxEntry): string {
  const { url, mime, status, digest, extent, filename } = entry
  const facts = {
    url,
    mime,
    // Numbers are texts in it, as others write them.
    status: status === undefined ? undefined : String(status),
    digest,
    length: String(extent.length),
    offset: String(extent.offset),
    filename,
  }
  return `${surtOf(url)} ${timestampOf(entry.date)} ${asciiJson(facts)}`
}

/** 14 digits: `20261121102030`. A date may be no more than a year (ISO 28500:2017, 5.4). */
function timestampOf(date: string): string {
  const [year = '', month = '01', day = '01', ...time] = date.match(/\d+/g) ?? []
  const [hours = '00', minutes = '00', seconds = '00'] = time
  return `${year.padStart(4, '0')}${month}${day}${hours}${minutes}${seconds}`.slice(0, 14)
}

/** With all beyond ASCII escaped. */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(/[\x7f-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/**
 * The captures of an archive, in its order.
 * @throws AnilloError as `readWarc()`, and ARCHIVE_BROKEN where records share a gzip member: no
 * index can point at one of them
 */
export async function* indexWarc(
  source: AsyncIterable<Uint8Array>,
  gzip: Gzip,
  options: WarcBounds & { readonly filename: string },
): AsyncGenerator<CdxEntry> {
  for await (const record of readWarc(source, gzip, options)) {
    const { url, date } = record
    if (url === undefined || date === undefined || !isIndexed(record)) continue
    const answer = isHttp(record) ? await readAnswerHead(record) : undefined
    const extent = await record.finish()
    if (extent === undefined) {
      const problem = 'several records share a gzip member'
      throw new AnilloError('ARCHIVE_BROKEN', { offset: record.offset, problem })
    }
    const described = isHttp(record) ? (answer?.headers ?? []) : record.fields
    const mime = mimeOf(fieldOf(described, 'Content-Type'))
    yield {
      url,
      date,
      mime: record.type === 'revisit' ? REVISIT_MIME : mime,
      status: answer?.status,
      digest: fieldOf(record.fields, 'WARC-Payload-Digest'),
      extent,
      filename: options.filename,
    }
  }
}

function isIndexed({ type, fields }: WarcRecord): boolean {
  if (type === 'metadata') return mimeOf(fieldOf(fields, 'Content-Type')) !== WARC_FIELDS_TYPE
  return type === 'response' || type === 'revisit' || type === 'resource'
}

function isHttp({ type, fields }: WarcRecord): boolean {
  const isAnswer = type === 'response' || type === 'revisit'
  return isAnswer && mimeOf(fieldOf(fields, 'Content-Type')) === 'application/http'
}

/** Without parameters. */
export function mimeOf(contentType: string | undefined): string | undefined {
  const mime = contentType?.split(/[;\s]/, 1)[0]
  return mime === '' ? undefined : mime
}

/** In the order of an index. */
export function sortedLines(lines: Iterable<string>): string[] {
  return [...lines].toSorted(compareText)
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Of a packed index that is unpacked for one look-up. */
const LINES_PER_BLOCK = 300

export interface IndexBlock {
  /** A gzip member. */
  readonly packed: Uint8Array
  /** Of the index of the index: `key timestamp {"offset":...,"length":...}`. */
  readonly line: string
}

/** An index in blocks, each found through its first line (“ZipNum”, as pywb and WACZ have it). */
export async function* packedIndex(
  sorted: readonly string[],
  gzip: Gzip,
): AsyncGenerator<IndexBlock> {
  let offset = 0
  for (let at = 0; at < sorted.length; at += LINES_PER_BLOCK) {
    const lines = sorted.slice(at, at + LINES_PER_BLOCK)
    const packed = await packedLines(lines, gzip)
    const [first = ''] = lines
    const where = { offset, length: packed.length }
    yield { packed, line: `${first.split(' ', 2).join(' ')} ${JSON.stringify(where)}` }
    offset += packed.length
  }
}

async function packedLines(lines: readonly string[], gzip: Gzip): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of gzip.pack(once(utf8(`${lines.join('\n')}\n`)))) pieces.push(piece)
  return concat(pieces)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
