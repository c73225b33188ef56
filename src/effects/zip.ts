/**
 * ZIP as it is read: files stored as they are, of any size and number (APPNOTE 6.3.10; ZIP64 where
 * it is needed). Sizes and checksums stand behind each file, and in the directory at the end, so
 * that nothing must be known before.
 */
import { assert } from '../base/assert.ts'
import { concat, utf8 } from '../base/bytes.ts'
import { crc32 } from '../base/crc32.ts'

export interface ZipFile {
  /** With slashes between; of at most 65,535 bytes. */
  readonly name: string
  /** Ms since 1970. */
  readonly changedAtMs: number
  /** Absent: a folder, whose name ends with a slash. */
  readonly pieces?: AsyncIterable<Uint8Array>
}

/** What 32 and 16 bits hold; the last value says that ZIP64 has the true one. */
const MAX_32 = 0xffff_ffff
const MAX_16 = 0xffff
const VERSION = 45
/** By whom the attributes are: UNIX. */
const MADE_BY = (3 << 8) | VERSION
/** Sizes stand behind the bytes; names are UTF-8. */
const FLAGS = (1 << 3) | (1 << 11)
const FILE_ATTRIBUTES = 0o100644 * 2 ** 16
const FOLDER_ATTRIBUTES = 0o040755 * 2 ** 16 + 0x10

interface Stored {
  readonly name: Uint8Array
  readonly changedAtMs: number
  readonly isFolder: boolean
  readonly at: number
  readonly bytes: number
  readonly crc: number
}

/**
 * One file after the other: the next is asked for when all of the one before was taken. Leaving the
 * loop lets the files go. In memory stays what the directory says of each file.
 */
export async function* zipOf(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const directory: Uint8Array[] = []
  let at = 0
  for await (const { changedAtMs, name: text, pieces } of files) {
    const name = utf8(text)
    assert(name.length > 0 && name.length <= MAX_16, 'a name of a ZIP has its length in 16 bits')
    assert(text.endsWith('/') === (pieces === undefined), 'names of folders end with a slash')
    const head = localHead(name, changedAtMs)
    yield head
    let [bytes, crc] = [0, 0]
    for await (const piece of pieces ?? []) {
      crc = crc32(piece, crc)
      bytes += piece.length
      yield piece
    }
    const end = descriptor(bytes, crc)
    yield end
    const isFolder = pieces === undefined
    directory.push(directoryRow({ name, changedAtMs, isFolder, at, bytes, crc }))
    at += head.length + bytes + end.length
  }
  for (const row of directory) yield row
  const bytes = directory.reduce((sum, row) => sum + row.length, 0)
  yield endOf({ at, bytes, rows: directory.length })
}

/** 4.3.7 */
function localHead(name: Uint8Array, changedAtMs: number): Uint8Array {
  const extra = timeField(changedAtMs)
  const head = new Writer(30)
    .u32(0x0403_4b50)
    .u16(VERSION, FLAGS, 0)
    .u32(stamp(changedAtMs), 0, 0, 0)
    .u16(name.length, extra.length)
  return concat([head.bytes, name, extra])
}

/** 4.3.9; sizes of 64 bits where 32 do not do. */
function descriptor(bytes: number, crc: number): Uint8Array {
  const isLarge = bytes >= MAX_32
  const writer = new Writer(isLarge ? 24 : 16).u32(0x0807_4b50, crc)
  return (isLarge ? writer.u64(bytes, bytes) : writer.u32(bytes, bytes)).bytes
}

/** 4.3.12, and 4.5.3 where 32 bits do not do. */
function directoryRow({ at, bytes, changedAtMs, crc, isFolder, name }: Stored): Uint8Array {
  const large = [...(bytes >= MAX_32 ? [bytes, bytes] : []), ...(at >= MAX_32 ? [at] : [])]
  const zip64 = new Writer(large.length === 0 ? 0 : 4 + 8 * large.length)
  if (large.length > 0) zip64.u16(0x0001, 8 * large.length).u64(...large)
  const extra = concat([timeField(changedAtMs), zip64.bytes])
  const head = new Writer(46)
    .u32(0x0201_4b50)
    .u16(MADE_BY, VERSION, FLAGS, 0)
    .u32(stamp(changedAtMs), crc, Math.min(bytes, MAX_32), Math.min(bytes, MAX_32))
    .u16(name.length, extra.length, 0, 0, 0)
    .u32(isFolder ? FOLDER_ATTRIBUTES : FILE_ATTRIBUTES, Math.min(at, MAX_32))
  return concat([head.bytes, name, extra])
}

interface Directory {
  readonly at: number
  readonly bytes: number
  readonly rows: number
}

/** 4.3.14 to 4.3.16 */
function endOf({ at, bytes, rows }: Directory): Uint8Array {
  const end = new Writer(22)
    .u32(0x0605_4b50)
    .u16(0, 0, Math.min(rows, MAX_16), Math.min(rows, MAX_16))
    .u32(Math.min(bytes, MAX_32), Math.min(at, MAX_32))
    .u16(0)
  if (rows < MAX_16 && bytes < MAX_32 && at < MAX_32) return end.bytes
  const record = new Writer(56)
    .u32(0x0606_4b50)
    .u64(56 - 12)
    .u16(MADE_BY, VERSION)
    .u32(0, 0)
    .u64(rows, rows, bytes, at)
  const locator = new Writer(20)
    .u32(0x0706_4b50, 0)
    .u64(at + bytes)
    .u32(1)
  return concat([record.bytes, locator.bytes, end.bytes])
}

/** In seconds since 1970, which all programs understand; the stamp beside it knows no time zone. */
function timeField(changedAtMs: number): Uint8Array {
  const seconds = Math.floor(changedAtMs / 1_000)
  if (seconds < 0 || seconds >= 2 ** 31) return new Uint8Array(0)
  return new Writer(9).u16(0x5455, 5).u8(1).u32(seconds).bytes
}

const FIRST_MS = Date.parse('1980-01-01T00:00:00Z')
const LAST_MS = Date.parse('2107-12-31T23:59:58Z')

/** Day and time in the words of MS-DOS (4.4.6), in UTC: the same files give the same bytes. */
function stamp(atMs: number): number {
  const at = new Date(Math.min(Math.max(atMs, FIRST_MS), LAST_MS))
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  const seconds = at.getUTCSeconds() >> 1
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | seconds
  return day * 2 ** 16 + time
}

/** Little-endian, as many bytes as are told. */
class Writer {
  readonly bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(length: number) {
    this.bytes = new Uint8Array(length)
    this.#view = new DataView(this.bytes.buffer)
  }

  u8(value: number): this {
    this.#view.setUint8(this.#at++, value)
    return this
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true)
      this.#at += 2
    }
    return this
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true)
      this.#at += 4
    }
    return this
  }

  u64(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setBigUint64(this.#at, BigInt(value), true)
      this.#at += 8
    }
    return this
  }
}
