/**
 * A client that keeps files: each is a record of its own that refers to one chunk. It puts the
 * chunk, dawdles, then commits the record; replaces files, deletes them, and reads them back.
 */
import { assert, AssertionError, present } from '../../src/base/assert.ts'
import { equalBytes, utf8 } from '../../src/base/bytes.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Etag, StoredRecord } from '../../src/store/partition/procedure.ts'
import type { ChunkChanges, TransactOutcome, TransactRequest } from '../../src/store/types.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import { EXPECTED, type Reply } from '../store/doors.ts'
import type { World } from '../world/world.ts'
import type { AskedOfMember, ChunkedRing, Content } from './ring.ts'

export const FILE_TABLE = 'files'
const SK = 'file'
const TIMEOUT_MS = 4 * SECOND_MS
/** Some uploads so grow too old between the put and the record. */
const DAWDLE_MS_MAX = 14 * SECOND_MS
const PAUSE_MS_MAX = SECOND_MS

export interface FileOfRecord {
  readonly etag: Etag
  /** Number of the content: all that the record says. */
  readonly content: number
}

export interface ClientParts {
  readonly world: World
  readonly ring: ChunkedRing
  readonly contents: readonly Content[]
  /** Files of this client alone. */
  readonly names: readonly string[]
  readonly chance: SeededChance
  readonly number: number
}

/** Reads a file's record. */
export function fileIn(record: StoredRecord | undefined): FileOfRecord | undefined {
  if (record === undefined) return undefined
  return { etag: record.etag, content: Number(new TextDecoder().decode(record.value)) }
}

export class FileClient {
  readonly #parts: ClientParts
  #uploads = 0

  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  async live(untilMs: number): Promise<void> {
    const { chance, names, ring, world } = this.#parts
    while (world.nowMs < untilMs) {
      const name = pick(chance, names)
      const kind = chance.below(4)
      if (kind === 0) await this.#delete(name)
      else if (kind === 1) await this.read(name)
      else await this.#write(name)
      await ring.stores.doors.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  /** @returns whether the file was read, or surely is not there */
  async read(name: string): Promise<boolean> {
    const before = await this.#find(name)
    if (before.kind !== 'answer') return false
    const file = before.value
    if (file === undefined) return true
    const { bytes, ref } = this.#content(file)
    const got = await this.#ask((_, chunks) => chunks.get(ref.hash, { timeoutMs: TIMEOUT_MS }))
    const { tally } = this.#parts.world
    if (got.kind === 'answer') {
      tally.add('check: a chunk has the bytes of its hash')
      assert(equalBytes(got.value, bytes), `${name} has other bytes than were put`)
      return true
    }
    if (got.kind === 'silence' || !GONE.has(got.code)) return false
    const after = await this.#find(name)
    if (after.kind !== 'answer') return false
    tally.add('check: what a record refers to is there')
    // Replaced meanwhile, it may be collected.
    if (after.value?.etag.index !== file.etag.index) return false
    throw new AssertionError(`${name} refers to a chunk that is told as ${got.code}`)
  }

  async #write(name: string): Promise<void> {
    const { chance, contents, number, ring, world } = this.#parts
    const content = chance.below(contents.length)
    const { bytes, ref } = present(contents[content], 'content')
    const id = `${number}${String(++this.#uploads).padStart(31, '0')}`
    const upload = { id, partition: partitionOf(FILE_TABLE, name) }
    const put = await this.#ask((_, chunks) => chunks.put(bytes, upload, { timeoutMs: TIMEOUT_MS }))
    if (put.kind !== 'answer') return
    // Most commit at once, some only when the upload is about to be given up.
    const isSlow = chance.below(3) === 0
    await ring.stores.doors.pause(isSlow ? DAWDLE_MS_MAX * chance.fraction() : 0)
    const before = await this.#find(name)
    if (before.kind !== 'answer') return
    const told = await this.#commit(name, before.value, {
      writes: [{ kind: 'put', sk: SK, value: utf8(String(content)) }],
      chunks: { upload: id, refer: { reference: name, chunks: [ref] } },
    })
    if (told.kind === 'error' && told.code === 'UPLOAD_VOID') {
      world.tally.add('chunks: an upload was given up')
    } else if (told.kind === 'answer') world.tally.add('chunks: a file was written')
  }

  async #delete(name: string): Promise<void> {
    const before = await this.#find(name)
    if (before.kind !== 'answer' || before.value === undefined) return
    const writes = [{ kind: 'delete', sk: SK }] as const
    const told = await this.#commit(name, before.value, { writes, chunks: {} })
    if (told.kind === 'answer') this.#parts.world.tally.add('chunks: a file was deleted')
  }

  /** Where the file still is what was read; what it referred to is let go. */
  #commit(
    name: string,
    before: FileOfRecord | undefined,
    change: Pick<TransactRequest, 'writes'> & { readonly chunks: ChunkChanges },
  ): Promise<Reply<TransactOutcome>> {
    const unrefer =
      before === undefined
        ? {}
        : { unrefer: { reference: name, chunks: [this.#content(before).ref] } }
    const request: TransactRequest = {
      table: FILE_TABLE,
      pk: name,
      conditions: [{ sk: SK, is: before?.etag ?? 'absent' }],
      writes: change.writes,
      chunks: { ...change.chunks, ...unrefer },
    }
    return this.#ask((records) => records.transact(request, { timeoutMs: TIMEOUT_MS }))
  }

  async #find(name: string): Promise<Reply<FileOfRecord | undefined>> {
    return this.#ask(async (records) => {
      const key = { table: FILE_TABLE, pk: name, sk: SK }
      return fileIn(await records.get(key, { timeoutMs: TIMEOUT_MS }))
    })
  }

  #content({ content }: FileOfRecord): Content {
    return present(this.#parts.contents[content], 'the content of a file')
  }

  async #ask<T>(run: AskedOfMember<T>): Promise<Reply<T>> {
    const { chance, ring } = this.#parts
    const reply = await ring.ask(chance.below(ring.stores.seats.length), run)
    const isExpected = reply.kind !== 'error' || EXPECTED_HERE.has(reply.code)
    assert(isExpected, `a store with chunks failed with ${JSON.stringify(reply)}`)
    return reply
  }
}

/** What a reader is told of a chunk that nobody has. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'CHUNK_LOST'])

const EXPECTED_HERE: ReadonlySet<string> = new Set([
  ...EXPECTED,
  ...GONE,
  'RPC_CANCELLED',
  'UPLOAD_VOID',
])
