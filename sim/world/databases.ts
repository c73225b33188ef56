/** Databases of a virtual machine, in memory. */
import { assert } from '../../src/base/assert.ts'
import { AnilloError } from '../../src/base/errors.ts'
import {
  DATABASE_VIEWS_MAX,
  type Database,
  type DatabaseEntry,
  type Databases,
  type DatabaseView,
  type DatabaseWrite,
  type ScanOptions,
} from '../../src/effects/database.ts'
import { syncMs, type DiskParts } from './disk.ts'
import { notWritable } from './medium.ts'
import { StoredDatabase } from './stored-database.ts'

const WRITE_MS = 0.05

export function virtualDatabases(parts: DiskParts): Databases {
  const { life, medium } = parts
  return {
    open: (path) =>
      life.answer(WRITE_MS, `database open ${path}`, () => {
        const stored = medium.databases.get(path) ?? new StoredDatabase()
        medium.databases.set(path, stored)
        if (stored.damaged) throw new AnilloError('DATA_DAMAGED', { path, problem: 'bad page' })
        return new VirtualDatabase(parts, path, stored)
      }),
  }
}

class VirtualDatabase implements Database {
  readonly #parts: DiskParts
  readonly #path: string
  readonly #stored: StoredDatabase
  #isOpen = true
  #views = 0
  /** What was asked for is done one after the other, in that order. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: DiskParts, path: string, stored: StoredDatabase) {
    this.#parts = parts
    this.#path = path
    this.#stored = stored
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#checkOpen()
    return this.#stored.get(key)
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    this.#checkOpen()
    return this.#stored.scan(options)
  }

  write(batch: readonly DatabaseWrite[]): Promise<void> {
    this.#checkOpen()
    const own = copyOf(batch)
    return this.#inTurn(() => this.#write(own))
  }

  checkpoint(): Promise<void> {
    this.#checkOpen()
    return this.#inTurn(() => this.#checkpoint())
  }

  view(): DatabaseView {
    this.#checkOpen()
    if (this.#views >= DATABASE_VIEWS_MAX) throw new AnilloError('BUSY', { what: 'views' })
    this.#views++
    const frozen = this.#stored.frozen()
    let isOpen = true
    const checked = (): typeof frozen => {
      assert(isOpen, `a view of ${this.#path} is closed`)
      return frozen
    }
    return {
      get: (key) => checked().get(key),
      scan: (options) => checked().scan(options),
      close: () => {
        checked()
        isOpen = false
        this.#views--
      },
    }
  }

  async size(): Promise<number> {
    this.#checkOpen()
    return this.#stored.bytes
  }

  async close(): Promise<void> {
    this.#checkOpen()
    assert(this.#views === 0, `no view of ${this.#path} is open`)
    this.#isOpen = false
    await this.#inTurn(() => this.#parts.life.answer(0, `database close ${this.#path}`, () => {}))
  }

  #write(batch: readonly DatabaseWrite[]): Promise<void> {
    const { life, medium, chance } = this.#parts
    // The program may end after the batch was committed and before it hears of that.
    const half = (): void => {
      if (chance.below(2) === 0) this.#stored.apply(batch)
    }
    life.onEnd(half)
    return life.answer(WRITE_MS, `database write ${this.#path}`, () => {
      life.offEnd(half)
      if (medium.faults.readOnly) throw notWritable(this.#path, 'EROFS')
      if (medium.faults.full) throw new AnilloError('DISK_FULL', { path: this.#path })
      this.#stored.apply(batch)
    })
  }

  #checkpoint(): Promise<void> {
    const { life, medium, tally } = this.#parts
    const batches = this.#stored.unsynced
    return life.answer(syncMs(this.#parts), `database checkpoint ${this.#path}`, () => {
      if (medium.faults.syncsFail) {
        tally.add('fault: sync failed')
        throw new AnilloError('DATA_NOT_WRITABLE', { path: this.#path, problem: 'disk I/O error' })
      }
      this.#stored.sync(batches)
    })
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#last.then(run)
    this.#last = done.catch(() => undefined)
    return done
  }

  #checkOpen(): void {
    assert(this.#isOpen, `${this.#path} is closed`)
  }
}

/** Of the writer's own bytes, all in one buffer. */
function copyOf(batch: readonly DatabaseWrite[]): readonly DatabaseWrite[] {
  const bytes = new Uint8Array(batch.reduce((sum, write) => sum + bytesOf(write), 0))
  let at = 0
  const copied = (piece: Uint8Array): Uint8Array => {
    bytes.set(piece, at)
    at += piece.length
    return bytes.subarray(at - piece.length, at)
  }
  return batch.map((write) => {
    const { kind } = write
    if (kind === 'deleteRange') return { kind, from: copied(write.from), to: copied(write.to) }
    if (kind === 'delete') return { kind, key: copied(write.key) }
    return { kind, key: copied(write.key), value: copied(write.value) }
  })
}

function bytesOf(write: DatabaseWrite): number {
  if (write.kind === 'deleteRange') return write.from.length + write.to.length
  return write.key.length + (write.kind === 'put' ? write.value.length : 0)
}
