/**
 * Ordered stores in SQLite files. A batch is one transaction in the thread that asks: batches here
 * are small (some pages of 4 KiB), and one is written in well under a millisecond.
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'

import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import type {
  Database,
  DatabaseEntry,
  Databases,
  DatabaseWrite,
  ScanOptions,
} from '../effects/database.ts'
import { databaseError } from './disk-errors.ts'
import { checkedPath } from './disk.ts'

/**
 * A table with rowid and a unique key beside it: large values then stay out of the index that is
 * searched. `touched` counts the synced batches: SQLite syncs nothing for a batch that changes no
 * byte, although earlier ones wait for it.
 */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS entries (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
  INSERT OR IGNORE INTO touched VALUES (1, 0);
`

const NO_LIMIT = -1
const FIRST_KEY = new Uint8Array(0)
const DIRECTORY_MODE = 0o700

/** Paths are relative to `root`. */
export function platformDatabases(root: string): Databases {
  return {
    open: async (path) => {
      const file = join(root, checkedPath(path))
      let database: DatabaseSync | undefined
      try {
        mkdirSync(dirname(file), { recursive: true, mode: DIRECTORY_MODE })
        database = new DatabaseSync(file)
        database.exec(SCHEMA)
        return new SqliteDatabase(path, database)
      } catch (error) {
        database?.close()
        throw databaseError(path, error)
      }
    },
  }
}

interface Statements {
  readonly get: StatementSync
  readonly put: StatementSync
  readonly delete: StatementSync
  readonly touch: StatementSync
  readonly forward: StatementSync
  readonly forwardTo: StatementSync
  readonly back: StatementSync
  readonly backTo: StatementSync
}

class SqliteDatabase implements Database {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: Statements

  constructor(path: string, database: DatabaseSync) {
    this.#path = path
    this.#database = database
    this.#statements = prepare(database)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#told(() => {
      const row = this.#statements.get.get(key)
      return row === undefined ? undefined : bytesOf(this.#path, row['value'])
    })
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    return this.#told(() => {
      const from = options.from ?? FIRST_KEY
      const limit = options.limit ?? NO_LIMIT
      const { forward, forwardTo, back, backTo } = this.#statements
      const reverse = options.reverse === true
      const rows =
        options.to === undefined
          ? (reverse ? back : forward).all(from, limit)
          : (reverse ? backTo : forwardTo).all(from, options.to, limit)
      return rows.map((row) => ({
        key: bytesOf(this.#path, row['key']),
        value: bytesOf(this.#path, row['value']),
      }))
    })
  }

  async write(batch: readonly DatabaseWrite[], sync: boolean): Promise<void> {
    this.#told(() => {
      if (!sync) return this.#transaction(batch, false)
      // In WAL mode FULL syncs the log at the commit, and with it all that stands before.
      this.#database.exec('PRAGMA synchronous = FULL')
      try {
        this.#transaction(batch, true)
      } finally {
        this.#database.exec('PRAGMA synchronous = NORMAL')
      }
    })
  }

  async close(): Promise<void> {
    this.#told(() => this.#database.close())
  }

  #transaction(batch: readonly DatabaseWrite[], touch: boolean): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const write of batch) this.#apply(write)
      if (touch) this.#statements.touch.run()
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite rolls back by itself after some failures, e.g. a full disk.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #apply(write: DatabaseWrite): void {
    if (write.kind === 'put') this.#statements.put.run(write.key, write.value)
    else this.#statements.delete.run(write.key)
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

function prepare(database: DatabaseSync): Statements {
  const scan = (where: string, order: string): StatementSync =>
    database.prepare(`SELECT key, value FROM entries WHERE ${where} ORDER BY key ${order} LIMIT ?`)
  return {
    get: database.prepare('SELECT value FROM entries WHERE key = ?'),
    put: database.prepare(
      'INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    delete: database.prepare('DELETE FROM entries WHERE key = ?'),
    touch: database.prepare('UPDATE touched SET count = count + 1'),
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
