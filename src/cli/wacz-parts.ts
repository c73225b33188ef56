/**
 * Where the WARCs of a WACZ lie in its file: they are stored as they are (WACZ 1.1.1, 5.2.1), so
 * that each is a part of it. By the directory at the end of the ZIP (APPNOTE 6.3.9, 4.3.12).
 */
import { AnilloError } from '../base/errors.ts'
import { KIB, MIB } from '../base/limits.ts'
import { shown } from './run/pages.ts'

export interface FilePart {
  readonly name: string
  readonly offset: number
  readonly bytes: number
}

/** So many bytes of a file, from there on. */
export type ReadAt = (offset: number, bytes: number) => Promise<Buffer>

const END = 0x06054b50
const END_64 = 0x06064b50
const END_64_PLACE = 0x07064b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const END_64_BYTES = 56
const END_64_PLACE_BYTES = 20
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
/** What may stand behind the end: a comment. */
const COMMENT_BYTES_MAX = 64 * KIB
/** Of the directory: a hundred thousand files, and collections have a dozen. */
const DIRECTORY_BYTES_MAX = 16 * MIB
const IN_64 = 0xffffffff
const EXTRA_64 = 1
const STORED = 0

export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4
}

/** @throws AnilloError ARCHIVE_BROKEN */
export async function warcsOfWacz(readAt: ReadAt, fileBytes: number): Promise<readonly FilePart[]> {
  const { bytes, offset } = await directoryOf(readAt, fileBytes)
  if (bytes > DIRECTORY_BYTES_MAX || offset + bytes > fileBytes) {
    throw broken(offset, 'the directory of the ZIP is none')
  }
  const directory = await readAt(offset, bytes)
  const parts: FilePart[] = []
  for (let at = 0; at + ENTRY_BYTES <= directory.length;) {
    if (directory.readUInt32LE(at) !== ENTRY) throw broken(offset + at, 'no file is told of here')
    const nameBytes = directory.readUInt16LE(at + 28)
    const extraBytes = directory.readUInt16LE(at + 30)
    const end = at + ENTRY_BYTES + nameBytes + extraBytes + directory.readUInt16LE(at + 32)
    if (end > directory.length) throw broken(offset + at, 'the directory of the ZIP is cut short')
    const entry = directory.subarray(at, end)
    const name = shown(entry.toString('utf8', ENTRY_BYTES, ENTRY_BYTES + nameBytes))
    if (/^archive\/.+\.warc(?:\.gz)?$/.test(name)) {
      parts.push(
        await partOf(readAt, { name, entry, extraFrom: ENTRY_BYTES + nameBytes, fileBytes }),
      )
    }
    at = end
  }
  if (parts.length === 0) throw broken(0, 'there is no WARC in it')
  checkApart([...parts, { name: 'the directory of the ZIP', offset, bytes }])
  return parts
}

/** A small file that says that it holds one WARC thousands of times would be sent as often. */
function checkApart(parts: readonly FilePart[]): void {
  const inOrder = parts.filter(({ bytes }) => bytes > 0).toSorted((a, b) => a.offset - b.offset)
  for (const [at, part] of inOrder.entries()) {
    const next = inOrder[at + 1]
    if (next !== undefined && part.offset + part.bytes > next.offset) {
      throw broken(next.offset, `${part.name} and ${next.name} overlap`)
    }
  }
}

interface Span {
  readonly offset: number
  readonly bytes: number
}

async function directoryOf(readAt: ReadAt, fileBytes: number): Promise<Span> {
  const tailBytes = Math.min(fileBytes, END_BYTES + COMMENT_BYTES_MAX + END_64_PLACE_BYTES)
  const tail = await readAt(fileBytes - tailBytes, tailBytes)
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue
    const span = { bytes: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) }
    const isLarge = span.bytes === IN_64 || span.offset === IN_64
    const placeAt = at - END_64_PLACE_BYTES
    const isPlace = placeAt >= 0 && tail.readUInt32LE(placeAt) === END_64_PLACE
    if (!isLarge && !isPlace) return span
    if (!isPlace) break
    const endAt = Number(tail.readBigUInt64LE(placeAt + 8))
    if (endAt + END_64_BYTES > fileBytes) break
    const end = await readAt(endAt, END_64_BYTES)
    if (end.readUInt32LE(0) !== END_64) break
    return { bytes: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) }
  }
  throw broken(fileBytes, 'the end of the ZIP is missing')
}

interface Entry {
  readonly name: string
  readonly entry: Buffer
  readonly extraFrom: number
  readonly fileBytes: number
}

async function partOf(
  readAt: ReadAt,
  { entry, extraFrom, fileBytes, name }: Entry,
): Promise<FilePart> {
  const packed = entry.readUInt32LE(20)
  const plain = entry.readUInt32LE(24)
  const place = entry.readUInt32LE(42)
  const wide = wideIn(entry, extraFrom)
  // Of those that do not fit, in this order (APPNOTE, 4.5.3).
  const plainBytes = plain === IN_64 ? (wide.shift() ?? plain) : plain
  const bytes = packed === IN_64 ? (wide.shift() ?? packed) : packed
  const localAt = place === IN_64 ? (wide.shift() ?? place) : place
  if (entry.readUInt16LE(10) !== STORED || bytes !== plainBytes) {
    throw broken(localAt, `${name} is packed, which a WACZ does not allow`)
  }
  if (localAt + LOCAL_BYTES > fileBytes) throw broken(localAt, `${name} is cut short`)
  const local = await readAt(localAt, LOCAL_BYTES)
  if (local.readUInt32LE(0) !== LOCAL) throw broken(localAt, `${name} does not begin here`)
  const offset = localAt + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28)
  if (offset + bytes > fileBytes) throw broken(localAt, `${name} is cut short`)
  return { name, offset, bytes }
}

function wideIn(entry: Buffer, extraFrom: number): number[] {
  const end = extraFrom + entry.readUInt16LE(30)
  for (let at = extraFrom; at + 4 <= end;) {
    const bytes = entry.readUInt16LE(at + 2)
    if (entry.readUInt16LE(at) === EXTRA_64 && at + 4 + bytes <= end) {
      return Array.from({ length: Math.floor(bytes / 8) }, (_, index) =>
        Number(entry.readBigUInt64LE(at + 4 + 8 * index)),
      )
    }
    at += 4 + bytes
  }
  return []
}

function broken(offset: number, problem: string): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem })
}
