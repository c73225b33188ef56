/** Databases of a virtual machine, in memory. */
import { assert } from '../../src/base/assert.ts'
import { AnilloError } from '../../src/base/errors.ts'
import type { Database, Databases, DatabaseWrite } from '../../src/effects/database.ts'
import { syncMs, type DiskParts } from './disk.ts'
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
        return databaseOver(parts, path, stored)
      }),
  }
}

function databaseOver(parts: DiskParts, path: string, stored: StoredDatabase): Database {
  const { life } = parts
  let open = true
  // Batches are applied in the order in which they were asked for.
  let last: Promise<void> = Promise.resolve()
  const checkOpen = (): void => assert(open, `${path} is closed`)
  return {
    get: (key) => {
      checkOpen()
      return stored.get(key)
    },
    scan: (options) => {
      checkOpen()
      return stored.scan(options)
    },
    write: (batch, sync) => {
      checkOpen()
      const own = batch.map(copyOf)
      const written = last.then(() => writeBatch(parts, { path, stored, batch: own, sync }))
      last = written.catch(() => undefined)
      return written
    },
    close: async () => {
      checkOpen()
      await last
      await life.answer(0, `database close ${path}`, () => {
        open = false
      })
    },
  }
}

interface PendingBatch {
  readonly path: string
  readonly stored: StoredDatabase
  readonly batch: readonly DatabaseWrite[]
  readonly sync: boolean
}

function writeBatch(parts: DiskParts, pending: PendingBatch): Promise<void> {
  const { life, medium, chance, tally } = parts
  const { path, stored, batch, sync } = pending
  // The program may end after the batch was committed and before it hears of that.
  const half = (): void => {
    if (chance.below(2) === 0) stored.apply(batch, false)
  }
  life.onEnd(half)
  const delayMs = WRITE_MS + (sync ? syncMs(parts) : 0)
  return life.answer(delayMs, `database write ${path}`, () => {
    life.offEnd(half)
    if (medium.faults.full) throw new AnilloError('DISK_FULL', { path })
    if (sync && medium.faults.syncsFail) {
      tally.add('fault: sync failed')
      throw new AnilloError('DATA_NOT_WRITABLE', { path, problem: 'disk I/O error' })
    }
    stored.apply(batch, sync)
  })
}

function copyOf(write: DatabaseWrite): DatabaseWrite {
  const key = write.key.slice()
  return write.kind === 'put'
    ? { kind: 'put', key, value: write.value.slice() }
    : { kind: 'delete', key }
}
