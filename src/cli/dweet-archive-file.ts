/** An archive of dweets on this disk, as texts of its files: a ZIP, or one list of people. */
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { KIB } from '../base/limits.ts'
import {
  isZip,
  zipDataOf,
  zipDirectoryAt,
  zipEntriesIn,
  ZIP_HEAD_BYTES,
  ZIP_TAIL_BYTES,
  type ZipEntry,
} from '../base/zip-directory.ts'
import { MEDIA_FOLDER } from '../wire/dweet-archive/activities.ts'
import {
  ARCHIVE_FILE_BYTES_MAX,
  ARCHIVE_FILES,
  archiveFileOf,
  type ArchiveFile,
} from '../wire/dweet-archive/read-archive.ts'
import { ATTACHED_BYTES_MAX } from '../wire/dweet-limits.ts'
import { unreadableFile } from './given-file.ts'

const PIECE_BYTES = 64 * KIB

export interface FileOfArchive {
  readonly name: ArchiveFile
  /** As the archive says, unpacked. */
  readonly bytes: number
  /** @throws AnilloError ARCHIVE_BROKEN */
  texts(): AsyncIterable<Uint8Array>
}

export class DweetArchiveFile implements AsyncDisposable {
  readonly #file: FileHandle
  /** In the order in which they are to be read. */
  readonly files: readonly FileOfArchive[]
  readonly #media: ReadonlyMap<string, Media>

  private constructor(file: FileHandle, { files, media }: Contained) {
    this.#file = file
    this.files = files
    this.#media = media
  }

  /** What is shown with a dweet; `undefined`: it is not contained. */
  media(path: string): Media | undefined {
    return this.#media.get(path)
  }

  /** @throws AnilloError USAGE, ARCHIVE_BROKEN */
  static async open(path: string): Promise<DweetArchiveFile> {
    let file: FileHandle | undefined
    try {
      file = await open(path, 'r')
      const source = new Source(file, (await file.stat()).size)
      const isPacked = isZip(await source.read(0, 4))
      const contained = isPacked ? await containedIn(source) : listAt(path, source)
      return new DweetArchiveFile(file, contained)
    } catch (thrown) {
      await file?.close()
      throw isAnilloError(thrown) ? thrown : unreadableFile(path, thrown)
    }
  }

  get bytes(): number {
    return this.files.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

class Source {
  readonly #file: FileHandle
  readonly bytes: number

  constructor(file: FileHandle, bytes: number) {
    this.#file = file
    this.bytes = bytes
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.max(0, Math.min(length, this.bytes - offset)))
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, offset)
    return buffer.subarray(0, bytesRead)
  }

  async *pieces(offset: number, length: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < offset + length;) {
      const piece = await this.read(at, Math.min(PIECE_BYTES, offset + length - at))
      if (piece.length === 0) return
      at += piece.length
      yield piece
    }
  }
}

/** @throws AnilloError ARCHIVE_BROKEN, on the way */
type Media = () => AsyncIterable<Uint8Array>

interface Contained {
  readonly files: readonly FileOfArchive[]
  readonly media: ReadonlyMap<string, Media>
}

async function containedIn(source: Source): Promise<Contained> {
  const tail = await source.read(Math.max(0, source.bytes - ZIP_TAIL_BYTES), ZIP_TAIL_BYTES)
  const { bytes, offset } = zipDirectoryAt(tail, source.bytes)
  const found = new Map<ArchiveFile, ZipEntry>()
  const media = new Map<string, Media>()
  for (const entry of zipEntriesIn(await source.read(offset, bytes))) {
    const name = archiveFileOf(entry.name)
    if (name !== undefined && !found.has(name)) found.set(name, entry)
    const at = mediaPathOf(entry.name)
    if (at !== undefined) media.set(at, () => unpacked(source, entry, ATTACHED_BYTES_MAX + 1))
  }
  if (!found.has('actor.json')) {
    throw new AnilloError('ARCHIVE_BROKEN', { offset, problem: 'there is no actor.json in it' })
  }
  const files = ARCHIVE_FILES.flatMap((name) => {
    const entry = found.get(name)
    return entry === undefined
      ? []
      : [{ name, bytes: entry.bytes, texts: () => unpacked(source, entry, ARCHIVE_FILE_BYTES_MAX) }]
  })
  return { files, media }
}

/** Some programs put all into one folder. */
function mediaPathOf(name: string): string | undefined {
  const at = name.indexOf(`${MEDIA_FOLDER}/`)
  const isFolder = at > 0 && name.indexOf('/') < at - 1
  return at === -1 || isFolder || name.endsWith('/') ? undefined : name.slice(at)
}

/** A list by itself, as Mastodon’s settings export it. */
function listAt(path: string, source: Source): Contained {
  const name = archiveFileOf(basename(path))
  if (name?.endsWith('.csv') !== true) {
    const names = ARCHIVE_FILES.filter((one) => one.endsWith('.csv')).join(', ')
    const problem = `${path} is neither a ZIP nor one of ${names}.`
    throw new AnilloError('USAGE', { problem })
  }
  const texts = () => source.pieces(0, source.bytes)
  return { files: [{ name, bytes: source.bytes, texts }], media: new Map() }
}

async function* unpacked(
  source: Source,
  entry: ZipEntry,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  if (entry.method === 'unknown') {
    throw broken(entry.headAt, `${entry.name} is packed in a strange way`)
  }
  const head = await source.read(entry.headAt, ZIP_HEAD_BYTES)
  const { bytes, offset } = zipDataOf(entry, head, source.bytes)
  const pieces = source.pieces(offset, bytes)
  let left = bytesMax
  for await (const piece of entry.method === 'deflated' ? inflated(pieces, offset) : pieces) {
    left -= piece.length
    if (left < 0) throw broken(offset, `${entry.name} is too large`)
    yield piece
  }
}

async function* inflated(
  pieces: AsyncIterable<Uint8Array>,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const inflating = createInflateRaw()
  const packed = Readable.from(pieces)
  packed.once('error', (thrown) => inflating.destroy(thrown))
  try {
    const out: AsyncIterable<Uint8Array> = packed.pipe(inflating)
    yield* out
  } catch (thrown) {
    throw isAnilloError(thrown) ? thrown : broken(offset, 'it cannot be unpacked', thrown)
  } finally {
    packed.destroy()
    inflating.destroy()
  }
}

function broken(offset: number, problem: string, cause?: unknown): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem }, { cause })
}
