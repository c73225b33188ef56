/**
 * Entries of a folder in the order of their names. They stand in the order of hashes, so that all
 * of them are read to tell the first: what was sorted is kept, and used again while the folder
 * counts no change.
 */
import { tryBase64, base64Of } from '../../../base/base64.ts'
import { compareBytes, tryText, utf8 } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { CallOptions } from '../../../store/types.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { ENTRY_PREFIX, FILES_TABLE, type Place } from './places.ts'
import { readEntryRow, type EntryRow } from './rows.ts'
import type { TreeStore } from './tree-store.ts'

export interface Listed {
  readonly place: Place
  readonly row: EntryRow
}

interface Sorted extends Listed {
  /** Of the NFC name. */
  readonly order: Uint8Array
}

interface Kept {
  readonly changes: number
  readonly entries: readonly Sorted[]
}

export interface NamePage {
  readonly entries: readonly Listed[]
  readonly cursor: string | undefined
}

/** Entries of folders kept in memory, some 500 bytes each. */
const KEPT_ENTRIES_MAX = 100_000
/** Then a list is read that is of one moment only part by part. */
const STALE_TRIES_MAX = 4

export class Listing {
  readonly #tree: TreeStore
  /** The folder used last is the last one. */
  readonly #kept = new Map<string, Kept>()

  constructor(tree: TreeStore) {
    this.#tree = tree
  }

  /** In the order of their names; marked ones too. */
  async page(
    folder: string,
    ask: { readonly prefix?: string; readonly cursor?: string; readonly limit: number },
    options?: CallOptions,
  ): Promise<NamePage> {
    const prefix = utf8((ask.prefix ?? '').normalize('NFC'))
    const after = ask.cursor === undefined ? undefined : readCursor(ask.cursor)
    const all = await this.sorted(folder, options)
    const entries: Sorted[] = []
    for (let at = firstFrom(all, after ?? prefix); at < all.length; at++) {
      const one = all[at]
      if (one === undefined || !startsWith(one.order, prefix)) {
        if (one !== undefined && compareBytes(one.order, prefix) < 0) continue
        break
      }
      if (after !== undefined && compareBytes(one.order, after) <= 0) continue
      if (entries.length === ask.limit) {
        const last = entries.at(-1)
        return { entries, cursor: last && base64Of(last.order) }
      }
      entries.push(one)
    }
    return { entries, cursor: undefined }
  }

  async sorted(folder: string, options?: CallOptions): Promise<readonly Sorted[]> {
    const kept = this.#kept.get(folder)
    const before = await this.#tree.folder(folder, options)
    if (before === undefined) return []
    if (kept?.changes === before.changes) {
      this.#kept.delete(folder)
      this.#kept.set(folder, kept)
      return kept.entries
    }
    const records = await this.#read(folder, options)
    const entries = records.map((record) => sortedOf(folder, record))
    entries.sort((a, b) => compareBytes(a.order, b.order))
    const self = await this.#tree.folder(folder, options)
    if (self?.changes === before.changes) this.#keep(folder, { changes: self.changes, entries })
    return entries
  }

  #keep(folder: string, kept: Kept): void {
    this.#kept.delete(folder)
    this.#kept.set(folder, kept)
    let count = 0
    for (const { entries } of this.#kept.values()) count += entries.length
    for (const [oldest, { entries }] of this.#kept) {
      if (count <= KEPT_ENTRIES_MAX) return
      this.#kept.delete(oldest)
      count -= entries.length
    }
  }

  async #read(folder: string, options?: CallOptions): Promise<StoredRecord[]> {
    for (let tries = 1; tries <= STALE_TRIES_MAX; tries++) {
      const records = await this.#readAtOnce(folder, options)
      if (records !== undefined) return records
    }
    return this.#readInParts(folder, options)
  }

  /** `undefined`: it changed meanwhile. */
  async #readAtOnce(folder: string, options?: CallOptions): Promise<StoredRecord[] | undefined> {
    const records: StoredRecord[] = []
    let cursor: string | undefined
    try {
      do {
        const more = cursor === undefined ? {} : { cursor }
        const page = await this.#tree.store.list({ ...rangeOf(folder), ...more }, options)
        records.push(...page.items)
        cursor = page.cursor
      } while (cursor !== undefined)
    } catch (thrown) {
      if (isAnilloError(thrown) && thrown.code === 'CURSOR_STALE') return undefined
      throw thrown
    }
    return records
  }

  async #readInParts(folder: string, options?: CallOptions): Promise<StoredRecord[]> {
    const records: StoredRecord[] = []
    for (;;) {
      const last = records.at(-1)
      const start = last === undefined ? {} : { start: `${last.sk}\0` }
      const page = await this.#tree.store.list({ ...rangeOf(folder), ...start }, options)
      records.push(...page.items)
      if (page.cursor === undefined) return records
    }
  }
}

function rangeOf(folder: string) {
  return { table: FILES_TABLE, pk: folder, prefix: ENTRY_PREFIX, limit: LIST_RECORDS_MAX }
}

function sortedOf(folder: string, record: StoredRecord): Sorted {
  const row = readEntryRow(record)
  const place = { folder, key: record.sk.slice(ENTRY_PREFIX.length) }
  return { place, row, order: utf8(row.name.normalize('NFC')) }
}

function firstFrom(all: readonly Sorted[], from: Uint8Array): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = all[middle]?.order
    if (order !== undefined && compareBytes(order, from) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return compareBytes(bytes.subarray(0, prefix.length), prefix) === 0
}

/** @throws AnilloError BAD_REQUEST */
function readCursor(text: string): Uint8Array {
  const bytes = tryBase64(text)
  if (bytes !== undefined && tryText(bytes) !== undefined) return bytes
  throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of a list' })
}
