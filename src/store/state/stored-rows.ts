/** Rows of one incarnation as they lie in the database, or in a view of it. */
import { byteText } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { KIB } from '../../base/limits.ts'
import type { DatabaseEntry, DatabaseReader, ScanOptions } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { behind, behindPrefix, PREFIX_BYTES, rowKey, rowPrefix, type Incarnation } from './keys.ts'
import type { Sealer } from './sealer.ts'

/** Opens what the database holds. */
export interface Vault {
  readonly sealer: Sealer
  /** Of the database: for errors. */
  readonly path: string
  /** A value is damaged that was read: whoever asked is told, and this member must give up. */
  readonly onDamage: (error: AnilloError) => void
}

/** The value under this key of the database, in clear. @throws AnilloError DATA_DAMAGED */
export function openedValue(vault: Vault, key: Uint8Array, stored: Uint8Array): Uint8Array {
  const value = vault.sealer.open(stored, key)
  if (value !== undefined) return value
  const error = damaged(vault, 'a value is not what was sealed for its key')
  vault.onDamage(error)
  throw error
}

export function damaged({ path }: Pick<Vault, 'path'>, problem: string): AnilloError {
  return new AnilloError('DATA_DAMAGED', { path, problem })
}

/** Which rows, and where they lie. */
export interface Rows {
  readonly vault: Vault
  readonly reader: DatabaseReader
  readonly group: PartitionId
  readonly incarnation: Incarnation
}

interface StoredRow {
  readonly name: string
  readonly entry: DatabaseEntry
}

/** Most scans want few rows; one that goes on gets more at a time. */
const FIRST_ROWS = 32
const MORE_ROWS = 256
/** Fetched at a time, whatever their number: 1 ms of copying, and what memory bears. */
const FETCH_BYTES = 256 * KIB

/** Goes through rows in order, fetching some at a time; opens only those that are asked for. */
export class RowCursor {
  readonly #rows: Rows
  readonly #isReverse: boolean
  #from: Uint8Array
  #to: Uint8Array
  #fetched: readonly DatabaseEntry[] = []
  #at = 0
  #fetchRows: number
  #isEnd = false
  #row: StoredRow | undefined

  constructor(rows: Rows, { from, to, limit = FIRST_ROWS, reverse = false }: ScanOptions) {
    const prefix = rowPrefix(rows.group, rows.incarnation)
    this.#rows = rows
    this.#isReverse = reverse
    this.#from = from === undefined ? prefix : rowKey(prefix, from)
    const end = behindPrefix(rows.group, rows.incarnation)
    this.#to = to === undefined ? end : rowKey(prefix, to)
    this.#fetchRows = Math.max(1, Math.min(limit, FIRST_ROWS))
  }

  /** The row that it stands at; `undefined` behind the last. */
  get row(): StoredRow | undefined {
    if (this.#row !== undefined) return this.#row
    if (this.#at >= this.#fetched.length && !this.#isEnd) this.#fetch()
    const entry = this.#fetched[this.#at]
    if (entry === undefined) return undefined
    this.#row = { name: byteText(entry.key, PREFIX_BYTES), entry }
    return this.#row
  }

  next(): void {
    this.#at++
    this.#row = undefined
  }

  /** @throws AnilloError DATA_DAMAGED */
  opened({ entry: { key, value } }: StoredRow): DatabaseEntry {
    return { key: key.subarray(PREFIX_BYTES), value: openedValue(this.#rows.vault, key, value) }
  }

  #fetch(): void {
    const limit = this.#fetchRows
    this.#fetchRows = MORE_ROWS
    this.#fetched = this.#rows.reader.scan({
      from: this.#from,
      to: this.#to,
      reverse: this.#isReverse,
      limit,
      bytesMax: FETCH_BYTES,
    })
    this.#at = 0
    const last = this.#fetched.at(-1)
    this.#isEnd = this.#fetched.length < limit && bytesOf(this.#fetched) < FETCH_BYTES
    if (last === undefined) return
    if (this.#isReverse) this.#to = last.key
    else this.#from = behind(last.key)
  }
}

function bytesOf(entries: readonly DatabaseEntry[]): number {
  return entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
}
