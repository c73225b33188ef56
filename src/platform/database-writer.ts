/**
 * The writing side of a database: runs in a thread of its own, with the only connection that
 * writes. SQLite in WAL mode (sqlite.org/wal.html): a commit appends to the WAL file and syncs
 * nothing, so a loss of power takes the last batches, whole; a checkpoint syncs.
 */
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { MIB } from '../base/limits.ts'
import { readBatch, type BatchReader } from './database-batch.ts'
import type { WriterData } from './database-talk.ts'
import { databaseError } from './disk-errors.ts'
import { freeNow } from './free-now.ts'

/**
 * A table with rowid and a unique key beside it: large values then stay out of the index that is
 * searched. `touched` counts the checkpoints: SQLite syncs nothing for a batch that changes no
 * byte, although earlier ones wait for it.
 */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 0;
  CREATE TABLE IF NOT EXISTS entries (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
  INSERT OR IGNORE INTO touched VALUES (1, 0);
`

/** A longer WAL file is written back between two batches: reads search it, and it takes space. */
export const WAL_BYTES_MAX = 64 * MIB

/** SQLite's own bound, some 16 TiB; a disk is full before. */
const PAGES_MAX = 4_294_967_294

const DIRECTORY_MODE = 0o700
const FILE_MODE = 0o600

interface Statements {
  readonly put: StatementSync
  readonly delete: StatementSync
  readonly deleteRange: StatementSync
  readonly touch: StatementSync
}

export class DatabaseWriter implements BatchReader {
  readonly #path: string
  readonly #walFile: string
  readonly #database: DatabaseSync
  readonly #statements: Statements
  /** A WAL file that views kept from being cut is tried again after growing so much further. */
  #walBytesMax = WAL_BYTES_MAX

  /** @throws AnilloError DATA_DAMAGED, DISK_FULL, DATA_NOT_WRITABLE */
  constructor(where: WriterData, { pagesMax = PAGES_MAX } = {}) {
    this.#path = where.path
    this.#walFile = `${where.file}-wal`
    let database: DatabaseSync | undefined
    try {
      mkdirSync(dirname(where.file), { recursive: true, mode: DIRECTORY_MODE })
      // SQLite would let others read it; its files beside it get the mode of this one.
      closeSync(openSync(where.file, 'a', FILE_MODE))
      database = new DatabaseSync(where.file)
      database.exec(`${SCHEMA} PRAGMA max_page_count = ${pagesMax}`)
      this.#database = database
      this.#statements = prepare(database)
    } catch (error) {
      database?.close()
      throw databaseError(where.path, error)
    }
  }

  /**
   * Whole or not at all. The batch’s memory is given back in any case: a thread that makes next to
   * no objects would keep some 50 MiB of them until it collects.
   * @throws AnilloError DISK_FULL, DATA_DAMAGED, DATA_NOT_WRITABLE
   */
  write(batch: ArrayBuffer): void {
    try {
      this.#told(() => {
        this.#transaction(() => readBatch(batch, this))
        if (this.#walBytes() > this.#walBytesMax) this.#writeBack()
      })
    } finally {
      freeNow(new Uint8Array(batch))
    }
  }

  /** All that was written is on the medium. */
  checkpoint(): void {
    this.#told(() => {
      // Views may keep a checkpoint of SQLite from doing anything; a synced commit always syncs.
      this.#database.exec('PRAGMA synchronous = FULL')
      try {
        this.#transaction(() => this.#statements.touch.run())
      } finally {
        this.#database.exec('PRAGMA synchronous = NORMAL')
      }
      this.#writeBack()
    })
  }

  close(): void {
    this.#told(() => this.#database.close())
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#statements.put.run(key, value)
  }

  delete(key: Uint8Array): void {
    this.#statements.delete.run(key)
  }

  deleteRange(from: Uint8Array, to: Uint8Array): void {
    this.#statements.deleteRange.run(from, to)
  }

  #transaction(run: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      run()
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite rolls back by itself after some failures, e.g. a full disk.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Moves what the WAL holds into the database as far as views allow, and cuts it if all went. */
  #writeBack(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#walBytesMax = this.#walBytes() + WAL_BYTES_MAX
  }

  #walBytes(): number {
    return statSync(this.#walFile, { throwIfNoEntry: false })?.size ?? 0
  }

  #told<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      throw databaseError(this.#path, error)
    }
  }
}

function prepare(database: DatabaseSync): Statements {
  return {
    put: database.prepare(
      'INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    delete: database.prepare('DELETE FROM entries WHERE key = ?'),
    deleteRange: database.prepare('DELETE FROM entries WHERE key >= ? AND key < ?'),
    touch: database.prepare('UPDATE touched SET count = count + 1'),
  }
}
