/**
 * The pages of this one member: records in a database, bodies in files named by the hash of their
 * content. Thin on purpose; how many members hold a page is nobody's business here.
 *
 * On disk under `pages/`: `index` (the database), `bodies/ab/abcd…` (content), `incoming/` (bodies
 * on their way; emptied at every start). A body is synced and has its name before a record names
 * it, so a record that is there has its body, and a body without a record is rubbish of a crash.
 */
import { present } from '../../base/assert.ts'
import { tryText, utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { Sha256 } from '../../base/hash.ts'
import { parsePosition, type Position } from '../../base/ids.ts'
import type { Database, DatabaseEntry, Databases, DatabaseWrite } from '../../effects/database.ts'
import type { Disk, DiskFile } from '../../effects/disk.ts'
import type { Log } from '../../effects/log.ts'
import { readPageRecord, type PageRecord } from '../../wire/pages.ts'
import { BODY_PIECE_BYTES } from './limits.ts'
import { changedAtMs, merged } from './page-record.ts'

export interface ShelfCounts {
  /** With a body; what could not be downloaded is on record, and is no page. */
  readonly pages: number
  /** Of bodies on disk; two pages with the same body count once. */
  readonly bytes: number
}

export interface ShelfEntry {
  readonly id: Position
  readonly changedAtMs: number
  /** Of the body; `undefined` where only a failure is on record. */
  readonly hash: string | undefined
}

/** A body that arrives. Exactly one of `keep` (with the shelf) and `discard` ends it. */
export interface Draft {
  write(piece: Uint8Array): Promise<void>
  discard(): Promise<void>
}

/** The narrow door to whatever keeps pages. */
export interface PageShelf {
  get(id: string): PageRecord | undefined
  /** When the newest attempt on record was made, ms since 1970; costs no reading. */
  changedAtMs(id: string): number | undefined
  holdsBody(hash: string): boolean
  draft(): Promise<Draft>
  /**
   * Merges the record into what is held and puts it, with its body, onto the disk for good. The
   * body is the draft's, or one that is held already. @returns what is held afterwards
   */
  keep(record: PageRecord, draft?: Draft): Promise<PageRecord>
  /**
   * From the offset to the end. @throws AnilloError NOT_FOUND, DATA_DAMAGED (the copy is then gone)
   */
  body(hash: string, offset: number): AsyncIterable<Uint8Array>
  /** All that is held, in no order; about 300 bytes of memory a page. */
  entries(): IteratorObject<ShelfEntry>
  counts(): ShelfCounts
  close(): Promise<void>
}

export interface ShelfTools {
  readonly disk: Disk
  readonly databases: Databases
  readonly log: Log
}

const PAGES = 'pages'
/** What could not be read at the last start that found it so, for whoever wants to look into it. */
const DAMAGED = 'pages.damaged'
const DATABASE = 'pages/index'
const INCOMING = 'pages/incoming'
const BODIES = 'pages/bodies'
/** Records read at once while starting. */
const SCAN_LIMIT = 200

/**
 * Opens or makes the shelf, and clears away what a crash left. A shelf whose database cannot be
 * read is put aside, and an empty one takes its place: the other holders give copies of what was on
 * it, while a member that did not start could not even take them.
 */
export async function openPageShelf(tools: ShelfTools): Promise<PageShelf> {
  try {
    return await openShelf(tools)
  } catch (thrown) {
    if (!isAnilloError(thrown, 'DATA_DAMAGED')) throw thrown
    tools.log.error('the pages are damaged and put aside', { as: DAMAGED, problem: thrown.message })
    await tools.disk.remove(DAMAGED)
    await tools.disk.rename(PAGES, DAMAGED)
    return openShelf(tools)
  }
}

async function openShelf(tools: ShelfTools): Promise<PageShelf> {
  const { disk } = tools
  await disk.remove(INCOMING)
  await disk.makeDirectory(INCOMING)
  await disk.makeDirectory(BODIES)
  // A body is only as safe as the names that lead to it.
  await disk.syncDirectory(PAGES)
  await disk.syncDirectory('')
  const database = await tools.databases.open(DATABASE)
  const shelf = new DiskShelf(tools, database)
  try {
    await shelf.load()
  } catch (thrown) {
    await database.close()
    throw thrown
  }
  return shelf
}

interface Body {
  readonly bytes: number
  readonly ids: Set<string>
}

class DiskShelf implements PageShelf {
  readonly #tools: ShelfTools
  readonly #database: Database
  readonly #index = new Map<string, ShelfEntry>()
  readonly #bodies = new Map<string, Body>()
  #pages = 0
  #bytes = 0
  #drafts = 0
  /** Changes of names and records, one after another. */
  #changing: Promise<unknown> = Promise.resolve()

  constructor(tools: ShelfTools, database: Database) {
    this.#tools = tools
    this.#database = database
  }

  async load(): Promise<void> {
    const onDisk = await this.#bodiesOnDisk()
    const lost: Uint8Array[] = []
    for (const { key, value } of this.#entries()) {
      const record = decoded(value)
      const hash = record?.page?.hash
      if (record === undefined || (hash !== undefined && !onDisk.has(hash))) lost.push(key)
      else this.#add(record)
    }
    for (const hash of onDisk)
      if (!this.#bodies.has(hash)) await this.#tools.disk.remove(pathOf(hash))
    if (lost.length === 0) return
    // Other members hold copies; what is left of these would only stand in their way.
    this.#tools.log.error('damaged pages are dropped', { count: lost.length })
    await this.#writeDurably(lost.map((key) => ({ kind: 'delete', key })))
  }

  get(id: string): PageRecord | undefined {
    const value = this.#index.has(id) ? this.#database.get(utf8(id)) : undefined
    return value === undefined ? undefined : decoded(value)
  }

  changedAtMs(id: string): number | undefined {
    return this.#index.get(id)?.changedAtMs
  }

  holdsBody(hash: string): boolean {
    return this.#bodies.has(hash)
  }

  async draft(): Promise<Draft> {
    this.#drafts++
    const path = `${INCOMING}/${String(this.#drafts)}`
    return new FileDraft(this.#tools.disk, path, await this.#tools.disk.open(path, 'create'))
  }

  async keep(record: PageRecord, draft?: Draft): Promise<PageRecord> {
    try {
      if (draft instanceof FileDraft) await draft.finish()
      return await this.#change(() => this.#keep(record, draft))
    } catch (thrown) {
      await draft?.discard()
      throw thrown
    }
  }

  async *body(hash: string, offset: number): AsyncGenerator<Uint8Array> {
    const body = this.#bodies.get(hash)
    if (body === undefined) throw new AnilloError('NOT_FOUND', { what: `content ${hash} here` })
    const file = await this.#tools.disk.open(pathOf(hash), 'read')
    try {
      yield* this.#verified(file, { hash, offset, bytes: body.bytes })
    } finally {
      await file.close()
    }
  }

  *entries(): Generator<ShelfEntry> {
    yield* this.#index.values()
  }

  counts(): ShelfCounts {
    return { pages: this.#pages, bytes: this.#bytes }
  }

  async close(): Promise<void> {
    await this.#changing
    await this.#database.close()
  }

  async #keep(record: PageRecord, draft: Draft | undefined): Promise<PageRecord> {
    const before = this.get(record.id)
    const after = before === undefined ? record : merged(before, record)
    await this.#settleBody(after.page?.hash, draft)
    const put = { kind: 'put', key: utf8(record.id), value: encoded(after) } as const
    await this.#writeDurably([put])
    const old = this.#drop(record.id)
    this.#add(after)
    if (old !== undefined && !this.#bodies.has(old)) await this.#tools.disk.remove(pathOf(old))
    return after
  }

  /** Gives the body of the record its name, or the draft up when it is not wanted. */
  async #settleBody(hash: string | undefined, draft: Draft | undefined): Promise<void> {
    if (hash === undefined || this.#bodies.has(hash) || !(draft instanceof FileDraft)) {
      await draft?.discard()
      return
    }
    const directory = directoryOf(hash)
    await this.#tools.disk.makeDirectory(directory)
    await this.#tools.disk.rename(draft.path, pathOf(hash))
    await this.#tools.disk.syncDirectory(directory)
    await this.#tools.disk.syncDirectory(BODIES)
  }

  /**
   * Read whole, the content is checked against its name before its last piece is given: a reader
   * never has all of a damaged body.
   */
  async *#verified(file: DiskFile, wanted: Wanted): AsyncGenerator<Uint8Array> {
    const hash = wanted.offset === 0 ? new Sha256() : undefined
    let at = wanted.offset
    while (at < wanted.bytes) {
      const piece = await file.read(at, Math.min(BODY_PIECE_BYTES, wanted.bytes - at))
      at += piece.length
      hash?.update(piece)
      const isEnd = at >= wanted.bytes || piece.length === 0
      if (piece.length === 0 || (isEnd && hash !== undefined && hash.digestHex() !== wanted.hash)) {
        await this.#condemn(wanted.hash)
        throw new AnilloError('DATA_DAMAGED', {
          path: pathOf(wanted.hash),
          problem: 'the content changed',
        })
      }
      yield piece
    }
  }

  /** A damaged body goes with the records that name it: other members hold copies. */
  async #condemn(hash: string): Promise<void> {
    this.#tools.log.error('content is damaged', { hash })
    await this.#change(async () => {
      const ids = [...(this.#bodies.get(hash)?.ids ?? [])]
      await this.#writeDurably(ids.map((id) => ({ kind: 'delete', key: utf8(id) })))
      for (const id of ids) this.#drop(id)
      await this.#tools.disk.remove(pathOf(hash))
    })
  }

  async #writeDurably(batch: readonly DatabaseWrite[]): Promise<void> {
    await this.#database.write(batch)
    await this.#database.checkpoint()
  }

  #change<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(run)
    this.#changing = done.catch(() => undefined)
    return done
  }

  #add(record: PageRecord): void {
    const { page, id } = record
    const entry = { id: parsePosition(id), changedAtMs: changedAtMs(record), hash: page?.hash }
    this.#index.set(id, entry)
    if (page === undefined) return
    this.#pages++
    const body = this.#bodies.get(page.hash)
    if (body !== undefined) {
      body.ids.add(id)
      return
    }
    this.#bodies.set(page.hash, { bytes: page.bytes, ids: new Set([id]) })
    this.#bytes += page.bytes
  }

  /** @returns the hash of the body that it named. */
  #drop(id: string): string | undefined {
    const hash = this.#index.get(id)?.hash
    this.#index.delete(id)
    if (hash === undefined) return undefined
    this.#pages--
    const body = present(this.#bodies.get(hash), 'body of a page')
    body.ids.delete(id)
    if (body.ids.size === 0) {
      this.#bodies.delete(hash)
      this.#bytes -= body.bytes
    }
    return hash
  }

  *#entries(): Generator<DatabaseEntry> {
    let from = new Uint8Array(0)
    for (;;) {
      const entries = this.#database.scan({ from, limit: SCAN_LIMIT })
      yield* entries
      const last = entries.at(-1)
      if (last === undefined || entries.length < SCAN_LIMIT) return
      // The least key behind the last one.
      from = new Uint8Array([...last.key, 0])
    }
  }

  async #bodiesOnDisk(): Promise<Set<string>> {
    const found = new Set<string>()
    for (const directory of await this.#tools.disk.list(BODIES)) {
      for (const name of await this.#tools.disk.list(`${BODIES}/${directory}`)) found.add(name)
    }
    return found
  }
}

interface Wanted {
  readonly hash: string
  readonly offset: number
  readonly bytes: number
}

class FileDraft implements Draft {
  readonly path: string
  readonly #disk: Disk
  readonly #file: DiskFile
  #length = 0
  #isClosed = false

  constructor(disk: Disk, path: string, file: DiskFile) {
    this.#disk = disk
    this.path = path
    this.#file = file
  }

  async write(piece: Uint8Array): Promise<void> {
    const at = this.#length
    this.#length += piece.length
    await this.#file.write(at, piece)
  }

  /** All that was written is on the medium; only the name is still to come. */
  async finish(): Promise<void> {
    await this.#file.sync()
    await this.#close()
  }

  async discard(): Promise<void> {
    await this.#close()
    await this.#disk.remove(this.path)
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#file.close()
  }
}

function directoryOf(hash: string): string {
  return `${BODIES}/${hash.slice(0, 2)}`
}

function pathOf(hash: string): string {
  return `${directoryOf(hash)}/${hash}`
}

function encoded(record: PageRecord): Uint8Array {
  return utf8(JSON.stringify(record))
}

/** `undefined` when it is no record: the medium's fault, or a stranger's hand. */
function decoded(value: Uint8Array): PageRecord | undefined {
  return readPageRecord(parsed(tryText(value) ?? ''))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
