/**
 * What the directory at the end of a ZIP says of its files (APPNOTE 6.3.10, 4.3.12 to 4.3.16).
 * Pure: whoever has the file reads the bytes. Names are told as they stand, and lead nowhere by
 * themselves.
 */
import { AnilloError } from './errors.ts'
import { KIB, MIB } from './limits.ts'

export interface ZipSpan {
  readonly offset: number
  readonly bytes: number
}

export interface ZipEntry {
  readonly name: string
  /** `deflated`: raw deflate (RFC 1951). */
  readonly method: 'stored' | 'deflated' | 'unknown'
  readonly packedBytes: number
  readonly bytes: number
  /** Of its own head; the data stand behind that. */
  readonly headAt: number
}

const END = 0x06054b50
const END_64 = 0x06064b50
const ENTRY = 0x02014b50
const HEAD = 0x04034b50
const END_BYTES = 22
const END_64_BYTES = 56
const ENTRY_BYTES = 46
/** Of the head of a file, without its name. */
export const ZIP_HEAD_BYTES = 30
/** So much of the end of the file tells where the directory is: a comment may stand behind it. */
export const ZIP_TAIL_BYTES = END_BYTES + 64 * KIB + 4 * KIB
/** A hundred thousand files. */
export const ZIP_DIRECTORY_BYTES_MAX = 16 * MIB
const IN_64 = 0xffff_ffff
const EXTRA_64 = 1
const METHODS: Readonly<Record<number, ZipEntry['method']>> = { 0: 'stored', 8: 'deflated' }

export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4
}

/** @param tail the last bytes, `ZIP_TAIL_BYTES` or all. @throws AnilloError ARCHIVE_BROKEN */
export function zipDirectoryAt(tail: Uint8Array, fileBytes: number): ZipSpan {
  const view = viewOf(tail)
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue
    const span = { bytes: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) }
    const isLarge = span.bytes === IN_64 || span.offset === IN_64
    const found = isLarge ? largeSpan(view, at) : span
    if (found === undefined) break
    if (found.bytes > ZIP_DIRECTORY_BYTES_MAX || found.offset + found.bytes > fileBytes) {
      throw broken(found.offset, 'the directory of the ZIP is none')
    }
    return found
  }
  throw broken(fileBytes, 'the end of the ZIP is missing')
}

/** It stands a little before the other end. */
function largeSpan(view: DataView, before: number): ZipSpan | undefined {
  for (let at = before - END_64_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_64) continue
    const [bytes, offset] = [view.getBigUint64(at + 40, true), view.getBigUint64(at + 48, true)]
    return { bytes: Number(bytes), offset: Number(offset) }
  }
  return undefined
}

/** @throws AnilloError ARCHIVE_BROKEN */
export function zipEntriesIn(directory: Uint8Array): ZipEntry[] {
  const view = viewOf(directory)
  const entries: ZipEntry[] = []
  for (let at = 0; at + ENTRY_BYTES <= directory.length;) {
    if (view.getUint32(at, true) !== ENTRY) throw broken(at, 'no file is told of here')
    const nameBytes = view.getUint16(at + 28, true)
    const extraBytes = view.getUint16(at + 30, true)
    const nameAt = at + ENTRY_BYTES
    const end = nameAt + nameBytes + extraBytes + view.getUint16(at + 32, true)
    if (end > directory.length) throw broken(at, 'the directory of the ZIP is cut short')
    const wide = wideIn(view, nameAt + nameBytes, extraBytes)
    // Of those that do not fit, in this order (APPNOTE, 4.5.3).
    const sized = (number: number): number => (number === IN_64 ? (wide.shift() ?? number) : number)
    const bytes = sized(view.getUint32(at + 24, true))
    const packedBytes = sized(view.getUint32(at + 20, true))
    const headAt = sized(view.getUint32(at + 42, true))
    const name = new TextDecoder().decode(directory.subarray(nameAt, nameAt + nameBytes))
    const method = METHODS[view.getUint16(at + 10, true)] ?? 'unknown'
    entries.push({ name, method, packedBytes, bytes, headAt })
    at = end
  }
  return entries
}

/**
 * Where the data of a file stand.
 * @param head its `ZIP_HEAD_BYTES`. @throws AnilloError ARCHIVE_BROKEN
 */
export function zipDataOf(
  { headAt, packedBytes }: ZipEntry,
  head: Uint8Array,
  fileBytes: number,
): ZipSpan {
  const view = viewOf(head)
  if (head.length < ZIP_HEAD_BYTES || view.getUint32(0, true) !== HEAD) {
    throw broken(headAt, 'no file begins here')
  }
  const offset = headAt + ZIP_HEAD_BYTES + view.getUint16(26, true) + view.getUint16(28, true)
  if (offset + packedBytes > fileBytes) throw broken(headAt, 'a file is cut short')
  return { offset, bytes: packedBytes }
}

function wideIn(view: DataView, from: number, length: number): number[] {
  for (let at = from; at + 4 <= from + length;) {
    const bytes = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === EXTRA_64 && at + 4 + bytes <= from + length) {
      return Array.from({ length: Math.floor(bytes / 8) }, (_, i) =>
        Number(view.getBigUint64(at + 4 + 8 * i, true)),
      )
    }
    at += 4 + bytes
  }
  return []
}

function viewOf({ buffer, byteLength, byteOffset }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function broken(offset: number, problem: string): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem })
}
