import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { rejectsWith } from '../../test/compliance/disk.ts'
import { utf8 } from '../base/bytes.ts'
import { isAnilloError } from '../base/errors.ts'
import type { DatabaseWrite } from '../effects/database.ts'
import { packBatch } from './database-batch.ts'
import { DatabaseCheck } from './database-check.ts'
import { ReadingConnection } from './database-reader.ts'
import { DatabaseWriter, WAL_BYTES_MAX } from './database-writer.ts'
import { platformDatabases } from './databases.ts'

interface Place {
  readonly file: string
  readonly path: string
}

async function withPlace(body: (where: Place) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'anillo-writer-'))
  try {
    await body({ file: join(root, 'd'), path: 'd' })
  } finally {
    await rm(root, { recursive: true })
  }
}

function put(key: string, bytes: number): DatabaseWrite {
  return { kind: 'put', key: utf8(key), value: new Uint8Array(bytes) }
}

const LARGE_BYTES = 1_000_000

test('DatabaseWriter.write() is DISK_FULL without room, writes nothing then, and goes on later', () =>
  withPlace(async (where) => {
    const pagesMax = 100
    const writer = new DatabaseWriter(where, { pagesMax })
    writer.write(packBatch([put('a', 1)]))
    const large = packBatch([put('b', 1), put('c', LARGE_BYTES)])
    assert.throws(
      () => writer.write(large),
      (error) => isAnilloError(error, 'DISK_FULL'),
    )
    const reading = new ReadingConnection(where)
    assert.deepEqual(
      reading.scan({}).map(({ key }) => key),
      [utf8('a')],
    )
    writer.write(packBatch([put('d', 1)]))
    assert.equal(reading.scan({}).length, 2)
    reading.close()
    writer.close()
  }))

test('DatabaseWriter.write() gives the memory of a batch back, written or not', () =>
  withPlace(async (where) => {
    const writer = new DatabaseWriter(where, { pagesMax: 100 })
    const [small, large] = [packBatch([put('a', 1)]), packBatch([put('c', LARGE_BYTES)])]
    writer.write(small)
    assert.throws(
      () => writer.write(large),
      (error) => isAnilloError(error, 'DISK_FULL'),
    )
    assert.deepEqual([small.detached, large.detached], [true, true])
    const reading = new ReadingConnection(where)
    assert.deepEqual(reading.get(utf8('a')), new Uint8Array(1))
    reading.close()
    writer.close()
  }))

test('DatabaseWriter cuts its WAL file by itself, and at a checkpoint, unless a view needs it', () =>
  withPlace(async (where) => {
    const walBytes = async (): Promise<number> => (await stat(`${where.file}-wal`)).size
    const writer = new DatabaseWriter(where)
    writer.write(packBatch([put('a', 1)]))
    const view = new ReadingConnection(where)
    view.freeze()
    writer.write(packBatch([put('b', LARGE_BYTES)]))
    writer.checkpoint()
    assert.ok((await walBytes()) > LARGE_BYTES)
    assert.equal(view.get(utf8('b')), undefined)
    view.close()
    writer.checkpoint()
    assert.equal(await walBytes(), 0)
    let longest = 0
    for (let count = 0; count * LARGE_BYTES <= 2 * WAL_BYTES_MAX; count++) {
      // SQLite writes no page that is as it was.
      const value = new Uint8Array(LARGE_BYTES).fill(count)
      writer.write(packBatch([{ kind: 'put', key: utf8('c'), value }]))
      longest = Math.max(longest, await walBytes())
    }
    assert.ok(longest > WAL_BYTES_MAX / 2 && longest <= WAL_BYTES_MAX + 2 * LARGE_BYTES)
    assert.ok((await walBytes()) < WAL_BYTES_MAX)
    writer.close()
  }))

test('a database whose tables are no longer described as they were is DATA_DAMAGED', () =>
  withPlace(async ({ file, path }) => {
    new DatabaseWriter({ file, path }).close()
    const bytes = await readFile(file)
    const at = bytes.indexOf('key BLOB')
    assert.ok(at > 0)
    await writeFile(file, bytes.fill('x', at, at + 1))
    await rejectsWith('DATA_DAMAGED', () => platformDatabases(join(file, '..')).open(path))
  }))

test('Databases.open() notices an entry that is missing from the index', () =>
  withPlace(async (place) => {
    await loseIndexEntry(place)
    const { file, path } = place
    await rejectsWith('DATA_DAMAGED', () => platformDatabases(join(file, '..')).open(path))
  }))

test('DatabaseCheck.begin() does not wait for a large database, and tells its damage later', () =>
  withPlace(async (place) => {
    await loseIndexEntry(place)
    const check = await DatabaseCheck.begin(place, { waitedBytesMax: 0 })
    check.pass()
    await check.ended()
    assert.throws(() => check.pass(), { code: 'DATA_DAMAGED' })
  }))

async function loseIndexEntry({ file, path }: Place): Promise<void> {
  const writer = new DatabaseWriter({ file, path })
  writer.write(packBatch(Array.from({ length: 50 }, (_, at) => put(`key number ${at}`, 10))))
  writer.checkpoint()
  writer.close()
  const bytes = await readFile(file)
  // The index was made behind the table, so its copy of the key comes last.
  const at = bytes.lastIndexOf('key number 37')
  assert.ok(at > 0 && at !== bytes.indexOf('key number 37'))
  await writeFile(file, bytes.fill('Z', at, at + 1))
}
