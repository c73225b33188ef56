/** What every Database keeps while nothing crashes. */
import assert from 'node:assert/strict'

import { compareBytes, utf8 } from '../../src/base/bytes.ts'
import {
  DATABASE_VIEWS_MAX,
  type Database,
  type DatabaseEntry,
  type DatabaseWrite,
  type ScanOptions,
} from '../../src/effects/database.ts'
import { fc } from '../properties.ts'
import { rejectsWith } from './disk.ts'
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
  viewSuite(suite)
}

function entrySuite(suite: Suite<'databases'>): void {
  promise(suite, 'Database.get() sees what was written last', async ({ databases }) => {
    const database = await databases.open('d/state')
    await database.write([put('a', '1'), put('b', '2'), put('a', '3')])
    assert.deepEqual(database.get(utf8('a')), utf8('3'))
    await database.write([remove('a'), remove('none')])
    assert.equal(database.get(utf8('a')), undefined)
    assert.deepEqual(database.get(utf8('b')), utf8('2'))
    await database.close()
  })

  promise(suite, 'Database keeps empty keys and values, and large ones', async ({ databases }) => {
    const database = await databases.open('d')
    const empty = new Uint8Array(0)
    const large = new Uint8Array(1_000_000).fill(7)
    await database.write([{ kind: 'put', key: empty, value: empty }])
    await database.write([{ kind: 'put', key: utf8('large'), value: large }])
    assert.deepEqual(database.get(empty), empty)
    assert.deepEqual(database.get(utf8('large')), large)
    assert.equal(database.scan({ limit: 1 })[0]?.key.length, 0)
    await database.close()
  })

  promise(suite, 'Database.write() does not keep the caller’s arrays', async ({ databases }) => {
    const database = await databases.open('d')
    const key = utf8('key')
    const value = utf8('value')
    await database.write([{ kind: 'put', key, value }])
    key.fill(0)
    value.fill(0)
    assert.deepEqual(database.get(utf8('key')), utf8('value'))
    await database.close()
  })

  promise(suite, 'Database.scan() keeps to its range, order and limit', async ({ databases }) => {
    const database = await databases.open('d')
    await database.write('dbacfe'.split('').map((key) => put(key, key)))
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
    await first.write([put('k', 'v')])
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
    await database.write([])
    await database.checkpoint()
    assert.deepEqual(database.scan({}), [])
    await database.close()
  })

  promise(suite, 'Database.write() keeps the order of its callers', async ({ databases }) => {
    const database = await databases.open('d')
    await Promise.all(['1', '2', '3', '4'].map((value) => database.write([put('k', value)])))
    assert.deepEqual(database.get(utf8('k')), utf8('4'))
    await database.close()
  })

  promise(suite, 'Database.write() deletes a range, its end not included', async (effects) => {
    const database = await effects.databases.open('d')
    await database.write('abcdef'.split('').map((key) => put(key, key)))
    const range = { kind: 'deleteRange', from: utf8('b'), to: utf8('e') } as const
    await database.write([put('bb', 'in the range'), range, put('c', 'put behind it')])
    assert.equal(keys(database.scan({})), 'a c e f')
    assert.deepEqual(database.get(utf8('c')), utf8('put behind it'))
    await database.write([{ kind: 'deleteRange', from: utf8('f'), to: utf8('a') }])
    assert.equal(keys(database.scan({})), 'a c e f')
    await database.close()
  })

  promise(suite, 'Database agrees with a sorted list under any history', async ({ databases }) => {
    const database = await databases.open('d')
    const history = fc.array(fc.array(arbitraryWrite(), { maxLength: 5 }), { maxLength: 8 })
    const property = fc.asyncProperty(history, arbitraryScan(), async (batches, options) => {
      const last = new Uint8Array(4).fill(0xff)
      await database.write([{ kind: 'deleteRange', from: new Uint8Array(0), to: last }])
      for (const batch of batches) await database.write(batch)
      assertScan(database, batches.flat(), options)
    })
    await fc.assert(property, { numRuns: 150, seed: 7 })
    await database.close()
  })
}

function viewSuite(suite: Suite<'databases'>): void {
  promise(suite, 'Database.view() shows one moment, whatever is written later', async (effects) => {
    const database = await effects.databases.open('d')
    await database.write([put('a', '1'), put('b', '1')])
    const view = database.view()
    await database.write([put('a', '2'), remove('b'), put('c', '2')])
    await database.checkpoint()
    assert.deepEqual(view.get(utf8('a')), utf8('1'))
    assert.equal(keys(view.scan({})), 'a b')
    assert.equal(keys(database.scan({})), 'a c')
    const later = database.view()
    assert.equal(keys(later.scan({ reverse: true })), 'c a')
    view.close()
    later.close()
    await database.close()
  })

  promise(
    suite,
    'Database.view() refuses more than its bound, until one closes',
    async (effects) => {
      const database = await effects.databases.open('d')
      const views = Array.from({ length: DATABASE_VIEWS_MAX }, () => database.view())
      await rejectsWith('BUSY', async () => database.view())
      views.pop()?.close()
      views.push(database.view())
      for (const view of views) view.close()
      await database.close()
    },
  )

  promise(suite, 'Database.scan() stops behind its bytes', async ({ databases }) => {
    const database = await databases.open('d')
    await database.write('abcdef'.split('').map((key) => put(key, '123')))
    const scan = (options: ScanOptions): string => keys(database.scan(options))
    assert.equal(scan({ bytesMax: 8 }), 'a b')
    assert.equal(scan({ bytesMax: 9, from: utf8('c') }), 'c d e')
    assert.equal(scan({ bytesMax: 1, reverse: true }), 'f')
    assert.equal(scan({ bytesMax: 100, limit: 3 }), 'a b c')
    assert.equal(scan({ bytesMax: 0 }), '')
    await database.close()
  })

  promise(suite, 'Database.size() tells what it takes', async ({ databases }) => {
    const database = await databases.open('d')
    const bytes = 300_000
    await database.write([{ kind: 'put', key: utf8('large'), value: new Uint8Array(bytes) }])
    assert.ok((await database.size()) >= bytes)
    await database.close()
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
    fc.record({
      kind: fc.constant('deleteRange' as const),
      from: arbitraryKey(),
      to: arbitraryKey(),
    }),
  )
}

function arbitraryScan(): fc.Arbitrary<ScanOptions> {
  const fields = {
    from: arbitraryKey(),
    to: arbitraryKey(),
    reverse: fc.boolean(),
    limit: fc.nat({ max: 6 }),
    bytesMax: fc.nat({ max: 12 }),
  }
  return fc.record(fields, { requiredKeys: [] })
}

function assertScan(
  database: Database,
  writes: readonly DatabaseWrite[],
  options: ScanOptions,
): void {
  const model = new Map<string, DatabaseEntry>()
  for (const write of writes) applyTo(model, write)
  const { from, to, reverse, limit = Infinity, bytesMax = Infinity } = options
  const inside = [...model.values()]
    .filter(({ key }) => from === undefined || compareBytes(key, from) >= 0)
    .filter(({ key }) => to === undefined || compareBytes(key, to) < 0)
    .toSorted((a, b) => compareBytes(a.key, b.key))
  if (reverse === true) inside.reverse()
  let bytes = 0
  const wanted = inside.slice(0, Math.min(limit, inside.length)).filter(({ key, value }) => {
    const isWanted = bytes < bytesMax
    bytes += key.length + value.length
    return isWanted
  })
  assert.deepEqual(database.scan(options), wanted)
}

function applyTo(model: Map<string, DatabaseEntry>, write: DatabaseWrite): void {
  if (write.kind === 'put') {
    model.set(write.key.toString(), { key: write.key, value: write.value })
  } else if (write.kind === 'delete') {
    model.delete(write.key.toString())
  } else {
    for (const [name, { key }] of model) {
      if (compareBytes(key, write.from) >= 0 && compareBytes(key, write.to) < 0) model.delete(name)
    }
  }
}
