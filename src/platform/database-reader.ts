/** A connection that only reads: what the database holds at each read, or at one moment. */
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'

import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import type { DatabaseEntry, DatabaseReader, ScanOptions } from '../effects/database.ts'
import { databaseError } from './disk-errors.ts'

/** Of its pages in memory; negative for SQLite: KiB. */
const CACHE = 'PRAGMA cache_size = -2000'

const NO_LIMIT = -1
const FIRST_KEY = new Uint8Array(0)

interface Statements {
  readonly get: StatementSync
  readonly forward: StatementSync
  readonly forwardTo: StatementSync
  readonly back: StatementSync
  readonly backTo: StatementSync
}

export class ReadingConnection implements DatabaseReader {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: Statements

  /** @throws AnilloError DATA_DAMAGED */
  constructor(where: { readonly file: string; readonly path: string }) {
    this.#path = where.path
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(where.file, { readOnly: true })
      database.exec(CACHE)
      this.#database = database
      this.#statements = prepare(database)
    } catch (error) {
      database?.close()
      throw databaseError(where.path, error)
    }
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#told(() => {
      const row = this.#statements.get.get(key)
      return row === undefined ? undefined : bytesOf(this.#path, row['value'])
    })
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    return this.#told(() => {
      const { from = FIRST_KEY, to, limit = NO_LIMIT, bytesMax } = options
      const statement = this.#statementFor(options)
      const range = to === undefined ? [from, limit] : [from, to, limit]
      if (bytesMax === undefined) return statement.all(...range).map((row) => this.#entry(row))
      return this.#within(statement.iterate(...range), bytesMax)
    })
  }

  /** From here on every read sees what is there at this moment. */
  freeze(): void {
    this.#told(() => {
      this.#database.exec('BEGIN')
      // The moment is that of the first read.
      this.#statements.get.get(FIRST_KEY)
    })
  }

  close(): void {
    this.#told(() => this.#database.close())
  }

  #statementFor({ to, reverse = false }: ScanOptions): StatementSync {
    const { forward, forwardTo, back, backTo } = this.#statements
    if (to === undefined) return reverse ? back : forward
    return reverse ? backTo : forwardTo
  }

  #within(rows: Iterable<Row>, bytesMax: number): readonly DatabaseEntry[] {
    const found: DatabaseEntry[] = []
    if (bytesMax <= 0) return found
    let bytes = 0
    for (const row of rows) {
      const entry = this.#entry(row)
      found.push(entry)
      bytes += entry.key.length + entry.value.length
      // Leaving the loop resets the statement, which ends its read of the database.
      if (bytes >= bytesMax) break
    }
    return found
  }

  #entry(row: Row): DatabaseEntry {
    return { key: bytesOf(this.#path, row['key']), value: bytesOf(this.#path, row['value']) }
  }

  #told<T>(run: () => T): T {
    assert(this.#database.isOpen, `${this.#path} is closed`)
    try {
      return run()
    } catch (error) {
      throw databaseError(this.#path, error)
    }
  }
}

type Row = Record<string, SQLOutputValue>

function prepare(database: DatabaseSync): Statements {
  const scan = (where: string, order: string): StatementSync =>
    database.prepare(`SELECT key, value FROM entries WHERE ${where} ORDER BY key ${order} LIMIT ?`)
  return {
    get: database.prepare('SELECT value FROM entries WHERE key = ?'),
    forward: scan('key >= ?', 'ASC'),
    forwardTo: scan('key >= ? AND key < ?', 'ASC'),
    back: scan('key >= ?', 'DESC'),
    backTo: scan('key >= ? AND key < ?', 'DESC'),
  }
}

function bytesOf(path: string, value: SQLOutputValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new AnilloError('DATA_DAMAGED', { path, problem: 'an entry that is not bytes' })
}
