/**
 * Ordered stores in SQLite files. Each is written by a thread of its own (database-writer.ts) and
 * read by the thread that asks, over a connection that only reads: in WAL mode neither waits for
 * the other.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'

import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import {
  DATABASE_VIEWS_MAX,
  type Database,
  type DatabaseEntry,
  type Databases,
  type DatabaseView,
  type DatabaseWrite,
  type ScanOptions,
} from '../effects/database.ts'
import { packBatch } from './database-batch.ts'
import { DatabaseCheck } from './database-check.ts'
import { ReadingConnection } from './database-reader.ts'
import type { WriterData } from './database-talk.ts'
import { DatabaseThread } from './database-thread.ts'
import { systemCode } from './disk-errors.ts'
import { checkedPath } from './disk.ts'

/** Paths are relative to `root`. */
export function platformDatabases(root: string): Databases {
  return {
    open: async (path) => {
      const where = { path, file: join(root, checkedPath(path)) }
      const thread = await DatabaseThread.start(where)
      try {
        return new SqliteDatabase({ where, thread, check: await DatabaseCheck.begin(where) })
      } catch (error) {
        await thread.close()
        throw error
      }
    },
  }
}

interface Parts {
  readonly where: WriterData
  readonly thread: DatabaseThread
  readonly check: DatabaseCheck
}

class SqliteDatabase implements Database {
  readonly #where: WriterData
  readonly #thread: DatabaseThread
  readonly #check: DatabaseCheck
  readonly #reading: ReadingConnection
  #views = 0

  constructor({ where, thread, check }: Parts) {
    this.#where = where
    this.#thread = thread
    this.#check = check
    this.#reading = new ReadingConnection(where)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#check.pass()
    return this.#reading.get(key)
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    this.#check.pass()
    return this.#reading.scan(options)
  }

  async write(batch: readonly DatabaseWrite[]): Promise<void> {
    this.#check.pass()
    await this.#thread.write(packBatch(batch))
  }

  async checkpoint(): Promise<void> {
    this.#check.pass()
    await this.#thread.checkpoint()
  }

  view(): DatabaseView {
    if (this.#views >= DATABASE_VIEWS_MAX) throw new AnilloError('BUSY', { what: 'views' })
    const reading = frozenConnection(this.#where)
    this.#views++
    return {
      get: (key) => reading.get(key),
      scan: (options) => reading.scan(options),
      close: () => {
        reading.close()
        this.#views--
      },
    }
  }

  async size(): Promise<number> {
    const { file } = this.#where
    const sizes = await Promise.all([file, `${file}-wal`].map(sizeOf))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  async close(): Promise<void> {
    assert(this.#views === 0, `no view of ${this.#where.path} is open`)
    this.#reading.close()
    this.#check.close()
    // The last connection to close writes the WAL back.
    await this.#thread.close()
  }
}

function frozenConnection(where: WriterData): ReadingConnection {
  const reading = new ReadingConnection(where)
  try {
    reading.freeze()
    return reading
  } catch (error) {
    reading.close()
    throw error
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0
    throw error
  }
}
