/** What every Database keeps while nothing crashes. */
import assert from 'node:assert/strict'

import fc from 'fast-check'

import { compareBytes, utf8 } from '../../src/base/bytes.ts'
import type {
  Database,
  DatabaseEntry,
  DatabaseWrite,
  ScanOptions,
} from '../../src/effects/database.ts'
import { promise, type Suite } from './subject.ts'

function put(key: string, value: string): DatabaseWrite {
  return { kind: 'put', key: utf8(key), value: utf8(value) }
}

function remove(key: string): DatabaseWrite {
  return { kind: 'delete', key: utf8(key) }
}

function keys(entries: readonly DatabaseEntry[]): string {
  return entries.map(({ key }) => new TextDecoder().decode(key)).join(' ')
}

export function databaseSuite(suite: Suite<'databases'>): void {
  entrySuite(suite)
  batchSuite(suite)
}

function entrySuite(suite: Suite<'databases'>): void {
  promise(suite, 'Database.get() sees what was written last', async ({ databases }) => {
    const database = await databases.open('d/state')
    await database.write([put('a', '1'), put('b', '2'), put('a', '3')], false)
    assert.deepEqual(database.get(utf8('a')), utf8('3'))
    await database.write([remove('a'), remove('none')], true)
    assert.equal(database.get(utf8('a')), undefined)
    assert.deepEqual(database.get(utf8('b')), utf8('2'))
    await database.close()
  })

  promise(suite, 'Database keeps empty keys and values, and large ones', async ({ databases }) => {
    const database = await databases.open('d')
    const empty = new Uint8Array(0)
    const large = new Uint8Array(1_000_000).fill(7)
    await database.write([{ kind: 'put', key: empty, value: empty }], true)
    await database.write([{ kind: 'put', key: utf8('large'), value: large }], true)
    assert.deepEqual(database.get(empty), empty)
    assert.deepEqual(database.get(utf8('large')), large)
    assert.equal(database.scan({ limit: 1 })[0]?.key.length, 0)
    await database.close()
  })

  promise(suite, 'Database.write() does not keep the caller’s arrays', async ({ databases }) => {
    const database = await databases.open('d')
    const key = utf8('key')
    const value = utf8('value')
    await database.write([{ kind: 'put', key, value }], false)
    key.fill(0)
    value.fill(0)
    assert.deepEqual(database.get(utf8('key')), utf8('value'))
    await database.close()
  })

  promise(suite, 'Database.scan() keeps to its range, order and limit', async ({ databases }) => {
    const database = await databases.open('d')
    await database.write(
      'dbacfe'.split('').map((key) => put(key, key)),
      false,
    )
    const scan = (options: ScanOptions): string => keys(database.scan(options))
    assert.equal(scan({}), 'a b c d e f')
    assert.equal(scan({ from: utf8('b'), to: utf8('e') }), 'b c d')
    assert.equal(scan({ from: utf8('b'), to: utf8('e'), reverse: true }), 'd c b')
    assert.equal(scan({ from: utf8('bb'), limit: 2 }), 'c d')
    assert.equal(scan({ reverse: true, limit: 2 }), 'f e')
    assert.equal(scan({ from: utf8('e'), to: utf8('b') }), '')
    assert.equal(scan({ limit: 0 }), '')
    await database.close()
  })

  promise(suite, 'Databases.open() again finds what was written', async ({ databases }) => {
    const first = await databases.open('again')
    await first.write([put('k', 'v')], false)
    await first.close()
    const second = await databases.open('again')
    assert.deepEqual(second.get(utf8('k')), utf8('v'))
    await second.close()
    const other = await databases.open('other')
    assert.equal(other.get(utf8('k')), undefined)
    await other.close()
  })
}

function batchSuite(suite: Suite<'databases'>): void {
  promise(suite, 'Database.write() takes an empty batch', async ({ databases }) => {
    const database = await databases.open('d')
    await database.write([], true)
    await database.write([], false)
    assert.deepEqual(database.scan({}), [])
    await database.close()
  })

  promise(suite, 'Database.write() keeps the order of its callers', async ({ databases }) => {
    const database = await databases.open('d')
    await Promise.all(['1', '2', '3', '4'].map((value) => database.write([put('k', value)], false)))
    assert.deepEqual(database.get(utf8('k')), utf8('4'))
    await database.close()
  })

  promise(suite, 'Database agrees with a sorted list under any history', async ({ databases }) => {
    let runs = 0
    const history = fc.array(fc.array(arbitraryWrite(), { maxLength: 5 }), { maxLength: 8 })
    const property = fc.asyncProperty(history, arbitraryScan(), async (batches, options) => {
      const database = await databases.open(`run-${runs++}`)
      for (const batch of batches) await database.write(batch, false)
      assertScan(database, batches.flat(), options)
      await database.close()
    })
    await fc.assert(property, { numRuns: 60, seed: 7 })
  })
}

function arbitraryKey(): fc.Arbitrary<Uint8Array> {
  const byte = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)
  return fc.array(byte, { maxLength: 3 }).map((bytes) => new Uint8Array(bytes))
}

function arbitraryWrite(): fc.Arbitrary<DatabaseWrite> {
  const value = fc.uint8Array({ maxLength: 4 })
  return fc.oneof(
    fc.record({ kind: fc.constant('put' as const), key: arbitraryKey(), value }),
    fc.record({ kind: fc.constant('delete' as const), key: arbitraryKey() }),
  )
}

function arbitraryScan(): fc.Arbitrary<ScanOptions> {
  const fields = {
    from: arbitraryKey(),
    to: arbitraryKey(),
    reverse: fc.boolean(),
    limit: fc.nat({ max: 6 }),
  }
  return fc.record(fields, { requiredKeys: [] })
}

function assertScan(
  database: Database,
  writes: readonly DatabaseWrite[],
  options: ScanOptions,
): void {
  const model = new Map<string, DatabaseEntry>()
  for (const write of writes) {
    if (write.kind === 'put')
      model.set(write.key.toString(), { key: write.key, value: write.value })
    else model.delete(write.key.toString())
  }
  const { from, to, reverse, limit } = options
  const inside = [...model.values()]
    .filter(({ key }) => from === undefined || compareBytes(key, from) >= 0)
    .filter(({ key }) => to === undefined || compareBytes(key, to) < 0)
    .toSorted((a, b) => compareBytes(a.key, b.key))
  if (reverse === true) inside.reverse()
  assert.deepEqual(database.scan(options), inside.slice(0, limit ?? inside.length))
}
