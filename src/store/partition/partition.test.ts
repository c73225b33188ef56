import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { DAY_MS } from '../../base/limits.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { WatchEvent } from '../types.ts'
import { audit } from './audit.ts'
import { EXPIRE_ROWS_MAX } from './entry.ts'
import { HOME, Machine, putOf, valueOf } from './machine.test-helper.ts'
import { raiseGeneration } from './meta.ts'
import { defineProcedure } from './procedures.ts'
import { RETRY_KEPT_MS } from './retries.ts'
import { PAGE_ANSWERS, SESSION_PAGES_MAX, SESSIONS_MAX } from './sessions.ts'
import { packTransact } from './transact-codec.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

/** A call of `transact` that puts one text. */
function putting(session: number, sequence: number, text: string) {
  return {
    kind: 'call',
    request: { session, sequence, floor: 0 },
    procedure: 'transact',
    input: packTransact(putOf('s', text)),
  } as const
}

const failing = defineProcedure({
  name: 'test.fail',
  tables: [],
  readInput: (value) => (typeof value === 'string' ? value : undefined),
  run: (work, how: string) => {
    work.put({ table: 't', pk: 'p', sk: 's' }, new Uint8Array(1))
    if (how === 'refuse') work.refuse('NOT_FOUND', { what: 'reason' })
    if (how === 'long') return 'x'.repeat(20_000)
    if (how === 'reserved') work.put({ table: 'locks', pk: 'p', sk: 's' }, new Uint8Array(1))
    throw new TypeError('a fault')
  },
})

suite('records', () => {
  test('transact answers the etag and what was there, and reads what it wrote', () => {
    const machine = new Machine()
    const first = machine.transact(putOf('s', 'one'))
    assert.deepEqual(first, { kind: 'done', etag: { generation: 1, index: 2 }, existed: [false] })
    const second = machine.transact(putOf('s', 'two'))
    assert.deepEqual(second, { kind: 'done', etag: { generation: 1, index: 3 }, existed: [true] })
    assert.equal(machine.text('p', 's'), 'two')
    assert.equal(machine.partition.counts().records, 1)
  })

  test('transact changes nothing when a condition fails, and says which and what is there', () => {
    const machine = new Machine()
    machine.transact(putOf('s', 'one'))
    const outcome = machine.transact({
      ...putOf('other', 'x'),
      conditions: [
        { sk: 's', is: { generation: 1, index: 2 } },
        { sk: 's', is: 'absent' },
      ],
    })
    const etag = { generation: 1, index: 2 }
    assert.deepEqual(outcome, { kind: 'conflict', condition: 1, etag })
    assert.equal(machine.text('p', 'other'), undefined)
  })

  test('an etag never comes again after a delete', () => {
    const machine = new Machine()
    machine.transact(putOf('s', 'one'))
    machine.transact({ ...putOf('s', ''), writes: [{ kind: 'delete', sk: 's' }] })
    const again = machine.transact(putOf('s', 'one'))
    assert.deepEqual(again.etag, { generation: 1, index: 4 })
  })
})

suite('lists and names', () => {
  test('list gives byte order of UTF-8, both ways, in pages', () => {
    const machine = new Machine()
    // U+FF5E is before U+1F600 in UTF-8 and behind it in UTF-16.
    const sorted = ['a', 'b', 'b/1', 'b/2', 'é', '～', '😀']
    for (const sk of sorted.toReversed()) machine.transact(putOf(sk, sk))
    const range = { table: 't', pk: 'p', limit: 10 }
    const names = (asked: object, limit = 10) =>
      machine.partition.list({ ...range, ...asked, limit }).items.map(({ sk }) => sk)
    assert.deepEqual(names({}), sorted)
    assert.deepEqual(names({ reverse: true }), sorted.toReversed())
    assert.deepEqual(names({ prefix: 'b' }), ['b', 'b/1', 'b/2'])
    assert.deepEqual(names({ start: 'b/1', end: '～' }), ['b/1', 'b/2', 'é'])
    assert.deepEqual(names({ prefix: 'b', start: 'b/2', reverse: true }), ['b/2'])
    assert.deepEqual(names({ start: 'z', end: 'a' }), [])
    assert.deepEqual(names({ reverse: true }, 2), ['😀', '～'])
    assert.equal(machine.partition.list({ ...range, limit: 6 }).hasMore, true)
    assert.equal(machine.partition.list({ ...range, limit: 7 }).hasMore, false)
    assert.equal(machine.partition.list({ ...range, bytesMax: 1 }).items.length, 1)
  })

  test('list passes over expired records, however many', () => {
    const machine = new Machine()
    for (let i = 0; i < 30; i++) machine.transact(putOf(`s${i + 10}`, 'x', 5))
    machine.transact(putOf('z', 'stays'))
    machine.timeMs += 5
    machine.apply({ kind: 'backup', number: 1 })
    const list = machine.partition.list({ table: 't', pk: 'p', limit: 1, bytesMax: 10 })
    assert.deepEqual(
      list.items.map(({ sk }) => sk),
      ['z'],
    )
    assert.equal(list.hasMore, false)
  })

  test('names that are empty, too long, torn or with NUL are refused', () => {
    const machine = new Machine()
    for (const sk of ['', '\0', 'a\0b', '\ud800', 'x'.repeat(1_025), 'é'.repeat(513)]) {
      const answer = machine.call('transact', packTransact(putOf(sk, 'x')))
      assert.equal(answer.kind === 'refused' && answer.code, 'BAD_REQUEST', sk)
    }
    assert.equal(machine.transact(putOf('é'.repeat(512), 'x')).kind, 'done')
    assert.equal(machine.transact(putOf('\ufeffbom', 'kept')).kind, 'done')
    assert.equal(machine.text('p', '\ufeffbom'), 'kept')
    assert.equal(machine.text('p', 'bom'), undefined)
  })
})

suite('procedures', () => {
  test('what a refused or faulty procedure wrote is dropped', () => {
    const machine = new Machine({ procedures: [failing] })
    const codes = ['refuse', 'long', 'reserved', 'fault', 7].map((how) => {
      const answer = machine.call('test.fail', how)
      return answer.kind === 'refused' ? answer.code : 'done'
    })
    assert.deepEqual(codes, ['NOT_FOUND', 'TOO_LARGE', 'TABLE_RESERVED', 'INTERNAL', 'BAD_REQUEST'])
    assert.equal(machine.text('p', 's'), undefined)
    assert.deepEqual(audit(HOME, machine.state), [])
  })

  test('transact cannot write a table that belongs to procedures', () => {
    const machine = new Machine()
    const answer = machine.call('transact', packTransact({ ...putOf('s', 'x'), table: 'locks' }))
    assert.equal(answer.kind === 'refused' && answer.code, 'TABLE_RESERVED')
  })

  test('a procedure of a newer feature level is unknown until that level', () => {
    const later = defineProcedure({
      name: 'test.later',
      tables: [],
      sinceLevel: 3,
      readInput: (value) => value ?? 0,
      run: (work) => work.featureLevel,
    })
    const machine = new Machine({ procedures: [later] })
    assert.equal(machine.call('test.later', 1).kind, 'refused')
    machine.apply({ kind: 'feature', level: 3 })
    assert.equal(valueOf(machine.call('test.later', 1)), 3)
    machine.apply({ kind: 'feature', level: 2 })
    assert.equal(machine.partition.featureLevel, 3)
  })
})

suite('sessions', () => {
  test('a repeated call is answered as the first was, and changes nothing', () => {
    const machine = new Machine()
    const session = machine.openSession()
    const first = machine.apply(putting(session, 1, 'one'))
    machine.apply(putting(session, 2, 'two'))
    machine.rebuild()
    assert.deepEqual(machine.apply(putting(session, 1, 'one')), first)
    assert.equal(machine.text('p', 's'), 'two')
  })

  test('calls of one session may come out of order', () => {
    const machine = new Machine()
    const session = machine.openSession()
    machine.apply(putting(session, 3, 'three'))
    const answer = machine.apply(putting(session, 2, 'two'))
    assert.equal(answer.kind, 'done')
    assert.equal(machine.text('p', 's'), 'two')
  })

  test('an unknown session is refused', () => {
    const machine = new Machine()
    const answer = machine.apply(putting(1, 1, 'one'))
    assert.equal(answer.kind === 'refused' && answer.code, 'SESSION_UNKNOWN')
    assert.equal(machine.text('p', 's'), undefined)
  })

  test('below the floor, and too far back, answers go and are not given by carrying out', () => {
    for (const floor of [PAGE_ANSWERS * SESSION_PAGES_MAX + 1, 0]) {
      const machine = new Machine()
      const session = machine.openSession()
      machine.apply(putting(session, 1, 'one'))
      const sequence = PAGE_ANSWERS * SESSION_PAGES_MAX + 1
      const call = putting(session, sequence, 'last')
      machine.apply({ ...call, request: { session, sequence, floor } })
      const answer = machine.apply(putting(session, 1, 'one'))
      assert.equal(answer.kind === 'refused' && answer.code, 'SESSION_UNKNOWN')
      assert.equal(machine.text('p', 's'), 'last')
      assert.deepEqual(audit(HOME, machine.state), [])
    }
  })

  test('beyond the limit the session that was used longest ago goes', () => {
    const machine = new Machine()
    const first = machine.openSession()
    const second = machine.openSession()
    for (let i = 0; i < PAGE_ANSWERS; i++) machine.apply(putting(second, i + 1, 'x'))
    for (let i = 2; i < SESSIONS_MAX; i++) machine.openSession()
    assert.equal(machine.apply(putting(first, 1, 'x')).kind, 'done')
    const sequence = PAGE_ANSWERS
    machine.apply({ ...putting(first, 1, 'x'), request: { session: first, sequence, floor: 16 } })
    machine.openSession()
    assert.equal(machine.apply(putting(second, 1, 'x')).kind, 'refused')
    assert.equal(machine.apply(putting(first, 20, 'x')).kind, 'done')
    assert.equal(machine.partition.counts().sessions, SESSIONS_MAX)
    assert.deepEqual(audit(HOME, machine.state), [])
  })

  test('a put costs a row for the record, one for answers and one for the partition', () => {
    const machine = new Machine()
    machine.transact(putOf('s', 'one'))
    machine.transact(putOf('s', 'two'))
    assert.equal(machine.applied?.writes.length, 3)
  })
})

suite('retry keys', () => {
  const retried = (sequence: number, text: string, request = A) => ({
    ...putting(1, sequence, text),
    retry: { key: A, request },
  })

  test('the same request is answered again, another one is refused, for a day', () => {
    const machine = new Machine()
    machine.openSession()
    const first = machine.apply(retried(1, 'one'))
    machine.apply(putting(1, 2, 'two'))
    machine.rebuild()
    assert.deepEqual(machine.apply(retried(3, 'one')), first)
    const other = machine.apply(retried(4, 'other', B))
    assert.equal(other.kind === 'refused' && other.code, 'RETRY_MISMATCH')
    assert.equal(machine.text('p', 's'), 'two')
    machine.timeMs += RETRY_KEPT_MS
    assert.equal(machine.apply(retried(5, 'later', B)).kind, 'done')
    assert.equal(machine.text('p', 's'), 'later')
    assert.deepEqual(audit(HOME, machine.state), [])
  })

  test('a failed condition stays the answer', () => {
    const machine = new Machine()
    machine.openSession()
    const input = packTransact({ ...putOf('s', 'x'), conditions: [{ sk: 'k', is: 'present' }] })
    const first = machine.apply({ ...retried(1, ''), input })
    machine.transact(putOf('k', 'there'))
    assert.deepEqual(machine.apply({ ...retried(2, ''), input }), first)
  })

  test('they go by themselves', () => {
    const machine = new Machine()
    machine.openSession()
    machine.apply(retried(1, 'one'))
    assert.equal(machine.partition.dueAtMs, machine.timeMs + DAY_MS)
    machine.timeMs += DAY_MS
    machine.apply({ kind: 'expire' })
    assert.equal(machine.partition.counts().retries, 0)
    assert.equal(machine.partition.dueAtMs, Infinity)
  })
})

suite('expiry', () => {
  test('a record is gone as soon as logged time reaches its end', () => {
    const machine = new Machine()
    machine.timeMs = 1_000
    machine.transact(putOf('s', 'x', 10))
    assert.equal(machine.partition.dueAtMs, 1_010)
    machine.timeMs = 1_009
    machine.apply({ kind: 'backup', number: 1 })
    assert.equal(machine.text('p', 's'), 'x')
    machine.timeMs = 1_010
    machine.apply({ kind: 'expire' })
    assert.equal(machine.text('p', 's'), undefined)
    assert.deepEqual(machine.partition.counts().records, 0)
    assert.deepEqual(machine.applied?.changes, [
      { table: 't', pk: 'p', sk: 's', record: undefined },
    ])
  })

  test('logged time never goes back', () => {
    const machine = new Machine()
    machine.timeMs = 1_000
    machine.transact(putOf('s', 'x', 10))
    machine.timeMs = 2_000
    machine.apply({ kind: 'expire' })
    machine.timeMs = 500
    machine.transact(putOf('s', 'y', 10))
    assert.equal(machine.partition.dueAtMs, 2_010)
  })

  test('an entry removes so many at most, and the rest is due at once', () => {
    const machine = new Machine()
    const writes = Array.from({ length: 200 }, (_, i) => i).map(
      (i) => ({ kind: 'put', sk: `s${i}`, value: new Uint8Array(1), expiresInMs: 1 }) as const,
    )
    machine.transact({ ...putOf('', ''), writes })
    machine.transact({
      ...putOf('', ''),
      writes: writes.map((write) => ({ ...write, sk: `x${write.sk}` })),
    })
    machine.timeMs += 10
    machine.apply({ kind: 'expire' })
    assert.equal(machine.partition.counts().records, 400 - EXPIRE_ROWS_MAX)
    assert.ok(machine.partition.dueAtMs <= machine.timeMs)
    assert.equal(machine.partition.list({ table: 't', pk: 'p', limit: 1 }).items.length, 0)
    machine.apply({ kind: 'expire' })
    assert.equal(machine.partition.counts().records, 0)
    assert.deepEqual(audit(HOME, machine.state), [])
  })

  test('a refused procedure leaves no expiry behind', () => {
    const timed = defineProcedure({
      name: 'test.timed',
      tables: [],
      readInput: (value) => value ?? 0,
      run: (work) => {
        work.put({ table: 't', pk: 'p', sk: 's' }, new Uint8Array(1), 5)
        return work.refuse('NOT_FOUND')
      },
    })
    const machine = new Machine({ procedures: [timed] })
    machine.transact(putOf('other', 'x', 100))
    assert.equal(machine.partition.dueAtMs, 100)
    machine.call('test.timed', 1)
    machine.timeMs = 10
    machine.apply({ kind: 'expire' })
    assert.equal(machine.partition.dueAtMs, 100)
  })
})

suite('entries', () => {
  test('those of no command move index and logged time alone', () => {
    const machine = new Machine()
    for (const kind of ['empty', 'configuration'] as const) {
      const index = machine.partition.appliedIndex + 1
      const data = new Uint8Array(kind === 'empty' ? 0 : 9)
      const applied = machine.partition.apply({ index, term: 1, timeMs: 7, kind, data })
      assert.equal(applied.answer, undefined)
      machine.state.commit(applied.writes)
      machine.partition.announce(applied)
    }
    assert.equal(machine.partition.timeMs, 7)
    assert.equal(machine.partition.appliedIndex, 2)
  })

  test('the one after the last is taken, and no other', () => {
    const machine = new Machine()
    const data = encodeCommand({ kind: 'expire' })
    const entry = { index: 2, term: 1, timeMs: 1, kind: 'command', data } as const
    assert.throws(() => machine.partition.apply(entry), /entry 2 after 0/)
  })

  test('onBackup is told before the entry changes anything, once a number', () => {
    const seen: string[] = []
    const machine = new Machine({
      onBackup: (backup) => seen.push(`${backup} at ${machine.partition.appliedIndex}`),
    })
    machine.openSession()
    machine.apply({ kind: 'backup', number: 3 })
    machine.apply({ kind: 'backup', number: 3 })
    const source = partitionIdOf(0)
    const message = { generation: 1, number: 1, procedure: 'none', input: null, backup: 4 }
    machine.apply({ kind: 'deliver', source, messages: [message] })
    const through = { generation: 0, number: 0 }
    machine.apply({ kind: 'delivered', destination: source, through, backup: 5 })
    assert.deepEqual(seen, ['3 at 1', '4 at 3', '5 at 4'])
    assert.equal(machine.partition.backupNumber, 5)
  })

  test('after a recovery etags bear the new generation and sessions are gone', () => {
    const machine = new Machine()
    const session = machine.openSession()
    machine.apply(putting(session, 1, 'one'))
    machine.state.commit(raiseGeneration(machine.state, 2))
    machine.rebuild()
    assert.equal(machine.apply(putting(session, 2, 'two')).kind, 'refused')
    const fresh = machine.openSession()
    machine.apply(putting(fresh, 1, 'two'))
    const record = machine.partition.get({ table: 't', pk: 'p', sk: 's' })
    assert.equal(record?.etag.generation, 2)
    assert.deepEqual(audit(HOME, machine.state), [])
  })
})

suite('watch', () => {
  const what = { table: 't', pk: 'p' }

  function textOf(event: WatchEvent): string {
    if (event.kind === 'resync') return event.kind
    const names = event.changes.map((change) =>
      change.kind === 'put' ? `+${change.record.sk}` : `-${change.sk}`,
    )
    return `${event.index}: ${names.join(' ')}`
  }

  test('tells what was missed as it is, then each change, until it is stopped', () => {
    const machine = new Machine()
    machine.transact(putOf('a', '1'))
    machine.transact(putOf('a', '2'))
    machine.transact(putOf('b', '1'))
    const told: string[] = []
    const tell = (event: WatchEvent) => told.push(textOf(event))
    const watch = machine.partition.watch({ ...what, fromIndex: 2 }, tell)
    machine.transact({ ...putOf('', ''), writes: [{ kind: 'delete', sk: 'a' }] })
    machine.transact({ ...putOf('c', 'x'), pk: 'p/other' })
    watch?.stop()
    machine.transact(putOf('d', '1'))
    assert.deepEqual(told, ['3: +a', '4: +b', '5: -a'])
  })

  test('is told all that one entry changed at once, then and later', () => {
    const machine = new Machine()
    machine.transact(putOf('a', '1'))
    const told: string[] = []
    const tell = (event: WatchEvent) => told.push(textOf(event))
    machine.partition.watch({ ...what, fromIndex: 2 }, tell)
    const writes = ['b', 'c'].map((sk) => ({ kind: 'put', sk, value: utf8('x') }) as const)
    machine.transact({ ...putOf('', ''), writes: [...writes, { kind: 'delete', sk: 'a' }] })
    machine.partition.watch({ ...what, fromIndex: 2 }, tell)
    assert.deepEqual(told, ['3: +b +c -a', '3: +b +c -a'])
  })

  test('is refused when what was missed is not known', () => {
    const machine = new Machine()
    machine.transact(putOf('a', '1'))
    machine.transact(putOf('a', '2'))
    machine.rebuild()
    const never = () => assert.fail('told')
    assert.equal(machine.partition.watch({ ...what, fromIndex: 2 }, never), undefined)
    assert.notEqual(machine.partition.watch({ ...what, fromIndex: 3 }, never), undefined)
    for (let i = 0; i < 2_000; i++) machine.transact({ ...putOf('a', 'x'), pk: 'p/other' })
    assert.equal(machine.partition.watch({ ...what, fromIndex: 4 }, never), undefined)
    assert.notEqual(machine.partition.watch({ ...what, fromIndex: 2_003 }, never), undefined)
  })

  test('is told nothing again by a replica that lags (store, seed 1)', () => {
    const machine = new Machine()
    machine.transact(putOf('a', '1'))
    const told: number[] = []
    machine.partition.watch({ ...what, fromIndex: 3 }, ({ index }) => told.push(index))
    machine.transact(putOf('a', '2'))
    machine.transact(putOf('a', '3'))
    assert.deepEqual(told, [4])
  })

  test('is told to read again when the replica ends', () => {
    const machine = new Machine()
    machine.transact(putOf('a', '1'))
    const told: WatchEvent[] = []
    machine.partition.watch({ ...what, fromIndex: 2 }, (event) => told.push(event))
    machine.partition.close()
    assert.deepEqual(told, [{ kind: 'resync', index: 2 }])
  })
})

test('a procedure lists what it wrote among what stood there', () => {
  const listing = defineProcedure({
    name: 'test.list',
    tables: [],
    readInput: (value) => value ?? 0,
    run: (work) => {
      work.put({ table: 't', pk: 'p', sk: 'b' }, new Uint8Array(1))
      work.delete({ table: 't', pk: 'p', sk: 'c' })
      return work.list({ table: 't', pk: 'p', limit: 3, bytesMax: 60 }).map(({ sk }) => sk)
    },
  })
  const machine = new Machine({ procedures: [listing] })
  for (const sk of ['a', 'c', 'd', 'e']) machine.transact(putOf(sk, sk))
  assert.deepEqual(valueOf(machine.call('test.list', 1)), ['a', 'b', 'd'])
})
