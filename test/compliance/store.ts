/**
 * What every store keeps, whatever stands behind `src/store/types.ts`: a suite that the model in
 * memory passes, and the store over groups.
 */
import assert from 'node:assert/strict'

import { utf8 } from '../../src/base/bytes.ts'
import type { ErrorCode } from '../../src/base/errors.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { acquireLock, releaseLock, renewLock } from '../../src/store/locks/lock-procedures.ts'
import type { Etag } from '../../src/store/partition/procedure.ts'
import type { RecordStore } from '../../src/store/store.ts'
import type { TransactOutcome, WatchEvent } from '../../src/store/types.ts'
import { LOCK_SK, LOCK_TABLE } from '../../src/wire/locks.ts'
import { partitionOf, type PartitionId } from '../../src/wire/partition.ts'
import { PK_BYTES_MAX, SK_BYTES_MAX, VALUE_BYTES_MAX } from '../../src/wire/record-limits.ts'
import { promise, put, refuses, TABLE, write, type StoreSuite } from './store-promise.ts'
import { readSuite } from './store-reads.ts'

/** All partitions that the suite touches: a ring of whole members founds these groups alone. */
export const SUITE_PARTITIONS: readonly PartitionId[] = [
  ...new Set(
    [
      ...['p', 'team', 'other', 'else', 'elsewhere', 'nobody', 'k'.repeat(PK_BYTES_MAX)].map((pk) =>
        partitionOf('notes', pk),
      ),
      ...['p', 'q'].map((pk) => partitionOf('t', pk)),
      partitionOf('u', 'p'),
      partitionOf('tp', 's'),
      partitionOf(LOCK_TABLE, 'job'),
    ].toSorted((a, b) => a - b),
  ),
]

async function etagOf(outcome: TransactOutcome | Promise<TransactOutcome>): Promise<Etag> {
  const done = await outcome
  assert.equal(done.kind, 'done')
  return done.kind === 'done' ? done.etag : assert.fail()
}

async function textAt(store: RecordStore, sk: string): Promise<string | undefined> {
  const record = await store.get({ table: TABLE, pk: 'p', sk })
  return record === undefined ? undefined : new TextDecoder().decode(record.value)
}

export function storeSuite(suite: StoreSuite): void {
  recordSuite(suite)
  valueSuite(suite)
  conditionSuite(suite)
  listSuite(suite)
  readSuite(suite)
  nameSuite(suite)
  retrySuite(suite)
  watchSuite(suite)
  callSuite(suite)
}

function recordSuite(suite: StoreSuite): void {
  promise(suite, 'get() shows what transact() has answered, at any door', async (store, other) => {
    assert.equal(await textAt(store, 'a'), undefined)
    const etag = await etagOf(write(store, [put('a', 'one')]))
    const record = await other.get({ table: TABLE, pk: 'p', sk: 'a' })
    assert.deepEqual(record?.etag, etag)
    assert.deepEqual(record?.value, utf8('one'))
    assert.equal(record?.expiresAtMs, undefined)
    await write(other, [{ kind: 'delete', sk: 'a' }])
    assert.equal(await textAt(store, 'a'), undefined)
  })

  promise(suite, 'transact() tells what was there before each write', async (store) => {
    const first = await write(store, [put('a', '1'), put('a', '2'), { kind: 'delete', sk: 'b' }])
    assert.deepEqual(first.kind === 'done' && first.existed, [false, true, false])
    const second = await write(store, [{ kind: 'delete', sk: 'a' }, put('a', '3')])
    assert.deepEqual(second.kind === 'done' && second.existed, [true, false])
    assert.equal(await textAt(store, 'a'), '3')
  })

  promise(suite, 'an etag never comes again, not after a deletion either', async (store) => {
    const seen = new Set<string>()
    for (let i = 0; i < 10; i++) {
      const etag = await etagOf(write(store, [put('a', 'same')]))
      seen.add(JSON.stringify(etag))
      if (i % 2 === 0) await write(store, [{ kind: 'delete', sk: 'a' }])
    }
    assert.equal(seen.size, 10)
  })

  promise(suite, 'tables and partition keys keep their records apart', async (store) => {
    const at = (table: string, pk: string) => ({ table, pk, sk: 's' })
    const places = [at('t', 'p'), at('t', 'p/q'), at('u', 'p'), at('t', 'q'), at('tp', 's')]
    for (const [i, { table, pk, sk }] of places.entries()) {
      const writes = [{ kind: 'put', sk, value: Uint8Array.of(i) }] as const
      await store.transact({ table, pk, conditions: [], writes })
    }
    for (const [i, place] of places.entries()) {
      assert.deepEqual((await store.get(place))?.value, Uint8Array.of(i))
    }
  })
}

function valueSuite(suite: StoreSuite): void {
  promise(suite, 'values are any bytes, from none to the most', async (store) => {
    const values = [
      new Uint8Array(0),
      Uint8Array.of(0, 255, 0),
      new Uint8Array(VALUE_BYTES_MAX).fill(7),
    ]
    for (const value of values) {
      await write(store, [{ kind: 'put', sk: 'v', value }])
      const record = await store.get({ table: TABLE, pk: 'p', sk: 'v' })
      assert.deepEqual(record?.value, value)
    }
  })

  promise(suite, 'a record is gone when logged time reaches its end', async (store, other, at) => {
    await write(store, [put('short', 'x', 10 * SECOND_MS), put('long', 'y')])
    assert.equal(await textAt(other, 'short'), 'x')
    await at.passLoggedTime(11 * SECOND_MS)
    assert.equal(await textAt(other, 'short'), undefined)
    assert.equal(await textAt(other, 'long'), 'y')
    const page = await store.list({ table: TABLE, pk: 'p', limit: 10 })
    assert.deepEqual(
      page.items.map(({ sk }) => sk),
      ['long'],
    )
    assert.equal(
      (await write(store, [put('short', 'z')], [{ sk: 'short', is: 'absent' }])).kind,
      'done',
    )
  })
}

function conditionSuite(suite: StoreSuite): void {
  promise(suite, 'absent, present and etag hold or refuse, and refuse whole', async (store) => {
    const etag = await etagOf(write(store, [put('a', '1')], [{ sk: 'a', is: 'absent' }]))
    const taken = await write(store, [put('a', '2'), put('b', '2')], [{ sk: 'a', is: 'absent' }])
    assert.deepEqual(taken, { kind: 'conflict', condition: 0, etag })
    assert.equal(await textAt(store, 'b'), undefined)
    const missing = await write(store, [put('b', '2')], [{ sk: 'b', is: 'present' }])
    assert.deepEqual(missing, { kind: 'conflict', condition: 0, etag: undefined })
    const next = await etagOf(write(store, [put('a', '3')], [{ sk: 'a', is: etag }]))
    const stale = await write(
      store,
      [put('a', '4')],
      [
        { sk: 'b', is: 'absent' },
        { sk: 'a', is: etag },
      ],
    )
    assert.deepEqual(stale, { kind: 'conflict', condition: 1, etag: next })
    assert.equal(await textAt(store, 'a'), '3')
  })

  promise(suite, 'conditions and writes reach other partition keys of one head', async (store) => {
    const request = {
      table: TABLE,
      pk: 'team/a',
      conditions: [{ pk: 'team/b', sk: 'x', is: 'absent' }],
      writes: [
        { kind: 'put', pk: 'team/b', sk: 'x', value: Uint8Array.of(1) },
        { kind: 'put', sk: 'y', value: Uint8Array.of(2) },
      ],
    } as const
    assert.equal((await store.transact(request)).kind, 'done')
    assert.equal((await store.transact(request)).kind, 'conflict')
    assert.ok(await store.get({ table: TABLE, pk: 'team/b', sk: 'x' }))
    assert.ok(await store.get({ table: TABLE, pk: 'team/a', sk: 'y' }))
    const afar = {
      ...request,
      conditions: [],
      writes: [{ kind: 'delete', pk: 'other', sk: 'x' }],
    } as const
    await refuses(store.transact(afar), 'BAD_REQUEST')
  })

  promise(suite, 'of many that race for one etag each time one wins', async (store, other) => {
    await write(store, [put('n', '0')])
    const count = async (through: RecordStore): Promise<void> => {
      for (let won = 0; won < 5;) {
        const record = await through.get({ table: TABLE, pk: 'p', sk: 'n' })
        assert.ok(record !== undefined)
        const number = Number(new TextDecoder().decode(record.value))
        const next = [put('n', String(number + 1))]
        const outcome = await write(through, next, [{ sk: 'n', is: record.etag }])
        if (outcome.kind === 'done') won++
      }
    }
    await Promise.all([store, other, store, other, store].map(count))
    assert.equal(await textAt(store, 'n'), '25')
  })
}

async function keysOf(
  store: RecordStore,
  range: Partial<Parameters<RecordStore['list']>[0]>,
): Promise<readonly string[]> {
  const { items } = await store.list({ table: TABLE, pk: 'p', limit: 100, ...range })
  return items.map(({ sk }) => sk)
}

function listSuite(suite: StoreSuite): void {
  const inOrder = ['', 'a', 'aa', 'ab', 'b', 'z', 'é', '\uffff', '\u{10000}'].slice(1)

  promise(suite, 'list() goes in byte order, by prefix and range, either way', async (store) => {
    await write(
      store,
      inOrder.toReversed().map((sk) => put(sk, sk)),
    )
    assert.deepEqual(await keysOf(store, {}), inOrder)
    assert.deepEqual(await keysOf(store, { reverse: true }), inOrder.toReversed())
    assert.deepEqual(await keysOf(store, { prefix: 'a' }), ['a', 'aa', 'ab'])
    assert.deepEqual(await keysOf(store, { start: 'aa', end: 'z' }), ['aa', 'ab', 'b'])
    assert.deepEqual(await keysOf(store, { start: 'ab', prefix: 'a' }), ['ab'])
    assert.deepEqual(await keysOf(store, { end: 'b', reverse: true }), ['ab', 'aa', 'a'])
    assert.deepEqual(await keysOf(store, { start: '\u{10000}' }), ['\u{10000}'])
    assert.deepEqual(await keysOf(store, { start: 'z', end: 'a' }), [])
    assert.deepEqual(await keysOf(store, { pk: 'nobody' }), [])
  })

  for (const reverse of [false, true]) {
    const way = reverse ? 'backwards' : 'forwards'
    promise(suite, `a cursor goes on where its page ended, ${way}`, async (store, other) => {
      await write(
        store,
        inOrder.map((sk) => put(sk, sk)),
      )
      const seen: string[] = []
      let cursor: string | undefined
      for (let pages = 0; pages < 10; pages++) {
        const through = pages % 2 === 0 ? store : other
        const goOn = cursor === undefined ? {} : { cursor }
        const page = await through.list({ table: TABLE, pk: 'p', limit: 3, reverse, ...goOn })
        assert.ok(page.items.length <= 3)
        seen.push(...page.items.map(({ sk }) => sk))
        cursor = page.cursor
        if (cursor === undefined) break
      }
      assert.deepEqual(seen, reverse ? inOrder.toReversed() : inOrder)
    })
  }

  promise(suite, 'a cursor says when its list has changed', async (store, other) => {
    await write(
      store,
      ['a', 'b', 'c'].map((sk) => put(sk, sk)),
    )
    const page = await store.list({ table: TABLE, pk: 'p', limit: 1 })
    const { cursor } = page
    assert.ok(cursor !== undefined)
    await other.transact({ table: TABLE, pk: 'elsewhere', conditions: [], writes: [put('x', 'x')] })
    const next = await store.list({ table: TABLE, pk: 'p', limit: 1, cursor })
    assert.equal(next.items[0]?.sk, 'b')
    await write(other, [{ kind: 'delete', sk: 'a' }])
    await refuses(store.list({ table: TABLE, pk: 'p', limit: 1, cursor }), 'CURSOR_STALE')
    for (const nonsense of ['', 'x', '.a', '1.', '1.%', 'z'.repeat(9_999)]) {
      await refuses(
        store.list({ table: TABLE, pk: 'p', limit: 1, cursor: nonsense }),
        'BAD_REQUEST',
      )
    }
  })
}

function nameSuite(suite: StoreSuite): void {
  const bad: readonly (readonly [string, ErrorCode])[] = [
    ['', 'BAD_REQUEST'],
    ['a\0b', 'BAD_REQUEST'],
    ['\ud800', 'BAD_REQUEST'],
    ['x'.repeat(SK_BYTES_MAX + 1), 'TOO_LARGE'],
    ['é'.repeat(SK_BYTES_MAX / 2 + 1), 'TOO_LARGE'],
  ]

  promise(suite, 'names that cannot be are refused in reads and writes', async (store) => {
    for (const [name, code] of bad) {
      await refuses(store.get({ table: TABLE, pk: 'p', sk: name }), code)
      await refuses(store.get({ table: name, pk: 'p', sk: 's' }), code)
      await refuses(store.get({ table: TABLE, pk: name, sk: 's' }), code)
      await refuses(store.list({ table: TABLE, pk: name, limit: 1 }), code)
      await refuses(write(store, [put(name, 'x')]), code)
      await refuses(write(store, [], [{ sk: name, is: 'absent' }]), code)
    }
  })

  promise(suite, 'the longest names are names, and lists go on behind them', async (store) => {
    const longest = 'é'.repeat(SK_BYTES_MAX / 2)
    const pk = 'k'.repeat(PK_BYTES_MAX)
    const writes = [put(longest, '1'), put(`${longest.slice(1)}zz`, '2')]
    await store.transact({ table: TABLE, pk, conditions: [], writes })
    const page = await store.list({ table: TABLE, pk, limit: 1 })
    const { cursor } = page
    assert.ok(cursor !== undefined)
    const next = await store.list({ table: TABLE, pk, limit: 1, cursor })
    assert.equal(next.items.length + page.items.length, 2)
    assert.equal(next.cursor, undefined)
  })

  promise(suite, 'what is too large is refused, and changes nothing', async (store) => {
    const over = new Uint8Array(VALUE_BYTES_MAX + 1)
    await refuses(write(store, [{ kind: 'put', sk: 'a', value: over }]), 'TOO_LARGE')
    const half = new Uint8Array(VALUE_BYTES_MAX)
    const many = Array.from(
      { length: 20 },
      (_, i) => ({ kind: 'put', sk: `k${i}`, value: half }) as const,
    )
    await refuses(write(store, many), 'TOO_LARGE')
    await refuses(
      write(
        store,
        Array.from({ length: 300 }, (_, i) => put(`k${i}`, '')),
      ),
      'TOO_LARGE',
    )
    await refuses(store.list({ table: TABLE, pk: 'p', limit: 0 }), 'BAD_REQUEST')
    await refuses(store.list({ table: TABLE, pk: 'p', limit: 100_000 }), 'BAD_REQUEST')
    assert.deepEqual(await keysOf(store, {}), [])
  })
}

const retryOf = (key: string, request: string) => ({
  retry: { key: key.repeat(64), request: request.repeat(64) },
})

function retrySuite(suite: StoreSuite): void {
  promise(suite, 'a repeated change is answered again and done once', async (store, other) => {
    const request = { table: TABLE, pk: 'p', conditions: [], writes: [put('a', '1')] } as const
    const first = await store.transact(request, retryOf('a', 'b'))
    await write(store, [put('a', '2')])
    assert.deepEqual(await other.transact(request, retryOf('a', 'b')), first)
    assert.equal(await textAt(store, 'a'), '2')
    const another = store.transact({ ...request, writes: [put('a', '3')] }, retryOf('a', 'c'))
    await refuses(another, 'RETRY_MISMATCH')
    assert.equal(await textAt(store, 'a'), '2')
  })

  promise(suite, 'a conflict is an answer that is remembered too', async (store) => {
    const etag = await etagOf(write(store, [put('a', '1')]))
    const conditions = [{ sk: 'a', is: 'absent' }] as const
    const request = { table: TABLE, pk: 'p', conditions, writes: [put('a', '2')] } as const
    const conflict = { kind: 'conflict', condition: 0, etag } as const
    assert.deepEqual(await store.transact(request, retryOf('d', 'e')), conflict)
    await write(store, [{ kind: 'delete', sk: 'a' }])
    assert.deepEqual(await store.transact(request, retryOf('d', 'e')), conflict)
    assert.equal(await textAt(store, 'a'), undefined)
  })
}

async function take(events: AsyncIterable<WatchEvent>, count: number): Promise<WatchEvent[]> {
  const taken: WatchEvent[] = []
  for await (const event of events) if (taken.push(event) === count) break
  return taken
}

/** In one text what one entry changed. */
const namesOf = (events: readonly WatchEvent[]): readonly string[] =>
  events.map((event) => {
    if (event.kind === 'resync') return 'resync'
    const names = event.changes.map((change) =>
      change.kind === 'put' ? `+${change.record.sk}` : `-${change.sk}`,
    )
    return names.toSorted().join(' ')
  })

function watchSuite(suite: StoreSuite): void {
  promise(suite, 'watch() goes on from an index, and misses nothing', async (store, other) => {
    const signal = new AbortController().signal
    const before = await store.list({ table: TABLE, pk: 'p', limit: 1 })
    await write(store, [put('a', '1')])
    await write(store, [put('b', '1'), { kind: 'delete', sk: 'a' }])
    await other.transact({ table: TABLE, pk: 'else', conditions: [], writes: [put('x', 'x')] })
    const what = { table: TABLE, pk: 'p', fromIndex: before.index }
    const early = await take(store.watch(what, signal), 1)
    assert.deepEqual(namesOf(early), ['+b -a'])
    const late = take(other.watch({ ...what, fromIndex: early[0]?.index ?? 0 }, signal), 2)
    await write(store, [put('c', '1'), put('d', '1')])
    await write(store, [{ kind: 'delete', sk: 'b' }])
    assert.deepEqual(namesOf(await late), ['+c +d', '-b'])
  })

  promise(suite, 'watch() without an index tells what comes, and ends when told', async (store) => {
    await write(store, [put('old', '1')])
    const stop = new AbortController()
    const seen: WatchEvent[] = []
    const watching = (async () => {
      for await (const event of store.watch({ table: TABLE, pk: 'p' }, stop.signal)) {
        seen.push(event)
        if (seen.length === 1) stop.abort()
      }
    })()
    // Written until the watch, which begins by itself, has seen one.
    for (let i = 0; seen.length === 0 && i < 1_000; i++) await write(store, [put('new', String(i))])
    await watching
    assert.deepEqual(namesOf(seen), ['+new'])
  })
}

function callSuite(suite: StoreSuite): void {
  const place = { table: LOCK_TABLE, pk: 'job', sk: LOCK_SK }
  const partition = partitionOf(LOCK_TABLE, 'job')
  const [mine, yours] = ['1'.repeat(32), '2'.repeat(32)]
  const ttlMs = 10 * SECOND_MS

  promise(suite, 'call() runs a procedure, and its answer comes back', async (store, other, at) => {
    const held = await store.call(partition, acquireLock, { ...place, token: mine, ttlMs })
    assert.equal(held.kind, 'held')
    const taken = await other.call(partition, acquireLock, { ...place, token: yours, ttlMs })
    assert.equal(taken.kind, 'taken')
    await at.passLoggedTime(ttlMs + SECOND_MS)
    const next = await other.call(partition, acquireLock, { ...place, token: yours, ttlMs })
    assert.ok(held.kind === 'held' && next.kind === 'held' && next.fence > held.fence)
    const lost = await store.call(partition, renewLock, { ...place, token: mine, ttlMs })
    assert.equal(lost.kind, 'lost')
    const released = await other.call(partition, releaseLock, { ...place, token: yours })
    assert.equal(released.kind, 'released')
  })

  promise(suite, 'a fence lets only the holder of a lock write', async (store) => {
    const lock = { table: TABLE, pk: 'p', sk: 'lock' }
    const at = partitionOf(TABLE, 'p')
    const asked = { ...lock, token: mine, ttlMs }
    const first = await store.call(at, acquireLock, asked)
    assert.ok(first.kind === 'held')
    const fenced = [{ sk: 'lock', is: { fence: first.fence } }] as const
    assert.equal((await write(store, [put('a', '1')], fenced)).kind, 'done')
    await store.call(at, releaseLock, { ...lock, token: mine })
    await store.call(at, acquireLock, { ...asked, token: yours })
    assert.equal((await write(store, [put('a', '2')], fenced)).kind, 'conflict')
  })

  promise(suite, 'call() refuses an input that is none', async (store) => {
    const nonsense = { ...place, token: 'short', ttlMs }
    await refuses(store.call(partition, acquireLock, nonsense), 'BAD_REQUEST')
  })
}
