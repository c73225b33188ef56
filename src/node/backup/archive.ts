/**
 * Where a backup lies: a folder with a file for each part, to which further backups add what
 * changed; or one file. A part is a list of blocks, each with its length (4 bytes, big endian) in
 * front; what is in them is sealed.
 */
import { basename, dirname } from 'node:path'

import { concat, tryText, utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import type { Disk, DiskFile, DiskLock } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

/** A chunk, sealed; rows come in far smaller blocks. */
const BLOCK_BYTES_MAX = 5 * MIB
const LENGTH_BYTES = 4

const HEADER = 'backup.json'
const UNFINISHED = '.unfinished'

export type Blocks = AsyncIterable<Uint8Array>

export interface Archive {
  /** How its key is locked; `undefined`: nothing is here yet. In clear. */
  readHeader(): Promise<string | undefined>
  writeHeader(text: string): Promise<void>
  /** Whole and on the medium when it resolves. Parts are written one after the other. */
  write(name: string, blocks: Blocks): Promise<void>
  /** @throws AnilloError BACKUP_DAMAGED where there is none or it is cut */
  read(name: string): Blocks
  has(name: string): Promise<boolean>
  /** Of parts whose name begins so, sorted. */
  names(prefix: string): Promise<readonly string[]>
  /** Nothing counts before. */
  finish(): Promise<void>
  close(): Promise<void>
}

/** `disk` is rooted at the folder. */
export class FolderArchive implements Archive {
  readonly #disk: Disk
  readonly #lock: DiskLock | undefined

  /** To be read. */
  constructor(disk: Disk, lock?: DiskLock) {
    this.#disk = disk
    this.#lock = lock
  }

  /**
   * To be written, by one process at a time: two would write the same parts over one another.
   * @throws AnilloError DATA_IN_USE
   */
  static async create(disk: Disk): Promise<FolderArchive> {
    await disk.makeDirectory('')
    return new FolderArchive(disk, await disk.lock(''))
  }

  readHeader(): Promise<string | undefined> {
    return readText(this.#disk, HEADER)
  }

  async writeHeader(text: string): Promise<void> {
    await writeDurably(this.#disk, HEADER, text)
  }

  async write(name: string, blocks: Blocks): Promise<void> {
    const directory = dirname(name)
    await this.#disk.makeDirectory(directory)
    const file = await this.#disk.open(name + UNFINISHED, 'write')
    try {
      await file.truncate(0)
      await appendBlocks(file, 0, blocks)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.rename(name + UNFINISHED, name)
    await this.#disk.syncDirectory(directory)
  }

  async *read(name: string): Blocks {
    if (!(await this.has(name))) throw damaged(name, 'it is missing')
    const file = await this.#disk.open(name, 'read')
    try {
      yield* blocksFrom(file, { name, start: 0, end: await file.size() })
    } finally {
      await file.close()
    }
  }

  async has(name: string): Promise<boolean> {
    return (await this.#disk.list(dirname(name))).includes(basename(name))
  }

  async names(prefix: string): Promise<readonly string[]> {
    const directory = dirname(`${prefix}x`)
    const names = await this.#disk.list(directory)
    return names
      .map((name) => `${directory}/${name}`)
      .filter((name) => name.startsWith(prefix) && !name.endsWith(UNFINISHED))
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {
    await this.#lock?.release()
  }
}

const MAGIC = utf8('anilloB1')
/** Where the index begins (8 bytes, a double), then the magic again. */
const TRAILER_BYTES = 8 + MAGIC.length

interface Place {
  readonly start: number
  readonly end: number
}

/**
 * One file: magic, header, parts, an index of them, and where it begins. `disk` is rooted where the
 * file is; it is written in a directory beside that, and has its name only when it is finished.
 */
export class FileArchive implements Archive {
  readonly #disk: Disk
  readonly #name: string
  readonly #file: DiskFile
  readonly #parts: Map<string, Place>
  readonly #lock: DiskLock | undefined
  #header: string | undefined
  #end: number

  private constructor(disk: Disk, name: string, opened: Opened) {
    this.#disk = disk
    this.#name = name
    this.#file = opened.file
    this.#parts = opened.parts
    this.#header = opened.header
    this.#end = opened.end
    this.#lock = opened.lock
  }

  /** By one process at a time. @throws AnilloError DATA_IN_USE, DISK_EXISTS */
  static async create(disk: Disk, name: string): Promise<FileArchive> {
    const directory = name + UNFINISHED
    await disk.makeDirectory(directory)
    const lock = await disk.lock(directory)
    try {
      if ((await disk.list('')).includes(name)) throw new AnilloError('DISK_EXISTS', { path: name })
      const file = await disk.open(contentOf(name), 'write')
      await file.truncate(0)
      await file.write(0, MAGIC)
      const end = MAGIC.length
      return new FileArchive(disk, name, { file, parts: new Map(), header: undefined, end, lock })
    } catch (thrown) {
      await disk.remove(directory)
      await lock.release()
      throw thrown
    }
  }

  /** @throws AnilloError BACKUP_ABSENT, BACKUP_DAMAGED */
  static async open(disk: Disk, name: string): Promise<FileArchive> {
    if (!(await disk.list('')).includes(name))
      throw new AnilloError('BACKUP_ABSENT', { path: name })
    const file = await disk.open(name, 'read')
    try {
      return new FileArchive(disk, name, { file, ...(await readIndex(file, name)) })
    } catch (thrown) {
      await file.close()
      throw thrown
    }
  }

  async readHeader(): Promise<string | undefined> {
    return this.#header
  }

  async writeHeader(text: string): Promise<void> {
    this.#header = text
  }

  async write(name: string, blocks: Blocks): Promise<void> {
    const start = this.#end
    this.#end = await appendBlocks(this.#file, start, blocks)
    this.#parts.set(name, { start, end: this.#end })
  }

  read(name: string): Blocks {
    const place = this.#parts.get(name)
    if (place === undefined) throw damaged(name, 'it is missing')
    return blocksFrom(this.#file, { name, ...place })
  }

  async has(name: string): Promise<boolean> {
    return this.#parts.has(name)
  }

  async names(prefix: string): Promise<readonly string[]> {
    return [...this.#parts.keys()].filter((name) => name.startsWith(prefix)).toSorted()
  }

  async finish(): Promise<void> {
    const index = { header: this.#header, parts: Object.fromEntries(this.#parts) }
    const text = utf8(JSON.stringify(index))
    const trailer = new Uint8Array(TRAILER_BYTES)
    new DataView(trailer.buffer).setFloat64(0, this.#end)
    trailer.set(MAGIC, 8)
    await this.#file.write(this.#end, concat([text, trailer]))
    await this.#file.sync()
    await this.#disk.rename(contentOf(this.#name), this.#name)
    await this.#disk.syncDirectory('')
  }

  async close(): Promise<void> {
    await this.#file.close()
    if (this.#lock === undefined) return
    await this.#disk.remove(this.#name + UNFINISHED)
    await this.#lock.release()
  }
}

function contentOf(name: string): string {
  return `${name}${UNFINISHED}/content`
}

interface Opened {
  readonly file: DiskFile
  readonly parts: Map<string, Place>
  readonly header: string | undefined
  readonly end: number
  /** Of one that is being written. */
  readonly lock?: DiskLock
}

/** What is not whole is told by the seals of the parts; here by what stands at both ends. */
async function readIndex(file: DiskFile, name: string): Promise<Omit<Opened, 'file'>> {
  const size = await file.size()
  const trailer = await file.read(Math.max(0, size - TRAILER_BYTES), TRAILER_BYTES)
  if (trailer.length < TRAILER_BYTES || tryText(trailer.subarray(8)) !== tryText(MAGIC)) {
    throw damaged(name, 'it is cut off, or no backup')
  }
  const start = new DataView(trailer.buffer, trailer.byteOffset).getFloat64(0)
  const length = size - TRAILER_BYTES - start
  if (!isPlace(start) || length <= 0) throw damaged(name, 'its index is gone')
  const index = parsed(tryText(await file.read(start, length)))
  if (index === undefined) throw damaged(name, 'its index cannot be read')
  return { ...index, end: start }
}

function parsed(
  text: string | undefined,
): { readonly header: string | undefined; readonly parts: Map<string, Place> } | undefined {
  const index: unknown = text === undefined ? undefined : jsonOf(text)
  if (!isObject(index) || !isObject(index['parts'])) return undefined
  const { header } = index
  const parts = new Map<string, Place>()
  for (const [name, place] of Object.entries(index['parts'])) {
    if (!isObject(place)) return undefined
    const { start, end } = place
    if (!isPlace(start) || !isPlace(end)) return undefined
    parts.set(name, { start, end })
  }
  return { header: typeof header === 'string' ? header : undefined, parts }
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** @returns where it ends. */
async function appendBlocks(file: DiskFile, start: number, blocks: Blocks): Promise<number> {
  let at = start
  for await (const block of blocks) {
    const length = new Uint8Array(LENGTH_BYTES)
    new DataView(length.buffer).setUint32(0, block.length)
    await file.write(at, concat([length, block]))
    at += LENGTH_BYTES + block.length
  }
  return at
}

async function* blocksFrom(file: DiskFile, place: Place & { readonly name: string }): Blocks {
  let at = place.start
  while (at < place.end) {
    const head = await file.read(at, LENGTH_BYTES)
    if (head.length < LENGTH_BYTES) throw damaged(place.name, 'it is cut off')
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0)
    if (length > BLOCK_BYTES_MAX) throw damaged(place.name, 'a length in it is impossible')
    const block = await file.read(at + LENGTH_BYTES, length)
    if (block.length < length) throw damaged(place.name, 'it is cut off')
    yield block
    at += LENGTH_BYTES + length
  }
}

export function damaged(part: string, problem: string): AnilloError {
  return new AnilloError('BACKUP_DAMAGED', { part, problem })
}
