/** An archive of dweets that somebody chose: its files, unpacked as they are read. */
import { AnilloError } from '../../../src/base/errors.ts'
import {
  isZip,
  zipDataOf,
  zipDirectoryAt,
  zipEntriesIn,
  ZIP_HEAD_BYTES,
  ZIP_TAIL_BYTES,
  type ZipEntry,
} from '../../../src/base/zip-directory.ts'
import {
  ARCHIVE_FILE_BYTES_MAX,
  ARCHIVE_FILES,
  archiveFileOf,
  type ArchiveFile,
} from '../../../src/wire/dweet-archive/read-archive.ts'

export interface ArchivedFile {
  readonly name: ArchiveFile
  /** Unpacked, as the archive says. */
  readonly bytes: number
  /** @throws AnilloError ARCHIVE_BROKEN */
  readonly pieces: () => AsyncIterable<Uint8Array>
}

/** In the order in which they are to be read. @throws AnilloError ARCHIVE_BROKEN */
export async function filesOf(file: File): Promise<readonly ArchivedFile[]> {
  if (!isZip(await bytesOf(file.slice(0, 4)))) return [listOf(file)]
  const tail = await bytesOf(file.slice(Math.max(0, file.size - ZIP_TAIL_BYTES)))
  const { bytes, offset } = zipDirectoryAt(tail, file.size)
  const found = new Map<ArchiveFile, ZipEntry>()
  for (const entry of zipEntriesIn(await bytesOf(file.slice(offset, offset + bytes)))) {
    const name = archiveFileOf(entry.name)
    if (name !== undefined && !found.has(name)) found.set(name, entry)
  }
  if (!found.has('actor.json')) throw broken('there is no actor.json in it')
  return ARCHIVE_FILES.flatMap((name) => {
    const entry = found.get(name)
    if (entry === undefined) return []
    return [{ name, bytes: entry.bytes, pieces: () => unpacked(file, entry) }]
  })
}

/** A list by itself, as Mastodon’s settings export it. */
function listOf(file: File): ArchivedFile {
  const name = archiveFileOf(file.name)
  if (name?.endsWith('.csv') !== true) throw broken('it is neither a ZIP nor a list of people')
  return { name, bytes: file.size, pieces: () => piecesOf(file.stream()) }
}

async function* unpacked(file: File, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  if (entry.method === 'unknown') throw broken(`${entry.name} is packed in a strange way`)
  const head = await bytesOf(file.slice(entry.headAt, entry.headAt + ZIP_HEAD_BYTES))
  const { bytes, offset } = zipDataOf(entry, head, file.size)
  const packed = file.slice(offset, offset + bytes).stream()
  const isPacked = entry.method === 'deflated'
  const stream = isPacked ? packed.pipeThrough(new DecompressionStream('deflate-raw')) : packed
  let left = ARCHIVE_FILE_BYTES_MAX
  for await (const piece of piecesOf(stream)) {
    left -= piece.length
    if (left < 0) throw broken(`${entry.name} is too large`)
    yield piece
  }
}

/** Not all browsers iterate over streams. */
async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const step = await reader.read().catch((thrown: unknown) => {
        throw broken('it cannot be unpacked', thrown)
      })
      if (step.done) return
      yield step.value
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

async function bytesOf(part: Blob): Promise<Uint8Array> {
  return new Uint8Array(await part.arrayBuffer())
}

function broken(problem: string, cause?: unknown): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset: 0, problem }, { cause })
}
