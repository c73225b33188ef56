/** The store over groups when leaders change, members are gone, and words get lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../sim/world/world.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError, type AnilloError, type ErrorCode } from '../../src/base/errors.ts'
import {
  LocalRing,
  memberIdOf,
  type LocalRingOptions,
} from '../../src/store/local-ring.test-helper.ts'
import { HISTORY_CHANGES_MAX, HOMES_KNOWN_MAX } from '../../src/store/partition/watches.ts'
import {
  OUTAGE_AFTER_MS,
  OUTAGE_WITHOUT_MAJORITY_AFTER_MS,
} from '../../src/store/routing/outages.ts'
import { OPERATION_TIMEOUT_MS, ROUND_PAUSE_MAX_MS } from '../../src/store/routing/retry.ts'
import type { TransactRequest, WatchEvent, WriteOptions } from '../../src/store/types.ts'
import { partitionOf, type PartitionId } from '../../src/wire/partition.ts'

const HOME = partitionOf('t', 'p')
const OPEN = 1

/** Changes after which the first one is not remembered. */
const FORGOTTEN = 2 * HISTORY_CHANGES_MAX

class Trial {
  readonly world: World
  readonly ring: LocalRing

  constructor(seed: number, options: Partial<LocalRingOptions> = {}) {
    this.world = new World({ seed })
    const effects = this.world.machine().effects()
    this.ring = new LocalRing({ effects, members: 3, holders: () => [1, 2, 3], ...options })
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the promise', 600_000)
  }

  put(through: number, text: string, options?: WriteOptions) {
    const value = utf8(text)
    const request: TransactRequest = {
      table: 't',
      pk: 'p',
      conditions: [],
      writes: [{ kind: 'put', sk: 's', value }],
    }
    return this.within(this.ring.store(through).transact(request, options))
  }

  async text(through: number): Promise<string | undefined> {
    const record = await this.within(this.ring.store(through).get({ table: 't', pk: 'p', sk: 's' }))
    return record === undefined ? undefined : new TextDecoder().decode(record.value)
  }

  /** Commands sent for the partition since the last look. */
  sent(): readonly number[] {
    const numbers = this.ring.sent
      .filter(({ group }) => group === HOME)
      .map(({ at }) => Number.parseInt(at, 16))
    this.ring.sent.length = 0
    return numbers
  }

  async fails(promise: Promise<unknown>, code: ErrorCode): Promise<AnilloError> {
    try {
      await promise
    } catch (thrown) {
      assert.ok(isAnilloError(thrown, code), String(thrown))
      return thrown
    }
    return assert.fail(`no ${code}`)
  }

  /** Writes applied to the partition, sessions not counted. */
  get writes(): number {
    return this.ring.machine(HOME).partition.appliedIndex - OPEN
  }
}

test('a change goes to the leader at once, in one sending, with one session for all', async () => {
  const trial = new Trial(1)
  await trial.put(1, 'a')
  assert.deepEqual(trial.sent(), [1, 1])
  await trial.put(1, 'b')
  assert.deepEqual(trial.sent(), [1])
  await Promise.all([trial.put(1, 'c'), trial.put(1, 'd'), trial.put(1, 'e')])
  assert.deepEqual(trial.sent(), [1, 1, 1])
})

test('a change follows the leader when it moved, and goes there first afterwards', async () => {
  const trial = new Trial(2)
  await trial.put(2, 'a')
  trial.sent()
  trial.ring.lead(HOME, 3)
  await trial.put(2, 'b')
  assert.deepEqual(trial.sent(), [3])
})

test('without a replica here hints and other members’ tables lead to the group', async () => {
  const trial = new Trial(3, { members: 5, holders: (group) => [(group % 3) + 1] })
  await trial.put(5, 'a')
  assert.equal(await trial.text(4), 'a')
  assert.deepEqual(trial.ring.router(5).whereabouts(HOME)?.configuration.voters, [
    memberIdOf((HOME % 3) + 1),
  ])
})

test('a change whose answer was lost is sent again and done once', async () => {
  const trial = new Trial(4)
  await trial.put(1, 'a')
  const before = trial.writes
  let lose = 2
  trial.ring.fateOf = (_, at) =>
    at === memberIdOf(1) && lose-- > 0 ? 'applied, then lost' : undefined
  const outcome = await trial.put(1, 'b')
  assert.equal(outcome.kind, 'done')
  // The entries are there, but only the first one has changed anything.
  assert.equal(trial.writes - before, 3)
  const record = trial.ring.machine(HOME).partition.get({ table: 't', pk: 'p', sk: 's' })
  assert.equal(record?.etag.index, before + OPEN + 1)
  assert.equal(outcome.kind === 'done' && outcome.etag.index, record?.etag.index)
})

test('a change that nobody took is STORE_UNAVAILABLE in bounded time, and names who is needed', async () => {
  const trial = new Trial(5)
  await trial.put(1, 'a')
  trial.ring.fateOf = () => ({ kind: 'refused', why: 'notLeader', hint: undefined })
  const startMs = trial.world.nowMs
  const error = await trial.fails(trial.put(1, 'b'), 'STORE_UNAVAILABLE')
  const tookMs = trial.world.nowMs - startMs
  assert.ok(tookMs >= OPERATION_TIMEOUT_MS && tookMs < OPERATION_TIMEOUT_MS + 500, `${tookMs} ms`)
  assert.match(error.message, /needs 2 of n1, n2, n3/)
  assert.ok(trial.sent().length < 200, 'it asks with pauses')
  assert.equal(await trial.text(1), 'a')
})

test('a read whose replica leaves while it is asked goes on at another member', async () => {
  let holders = [1, 2, 3]
  const trial = new Trial(21, { holders: () => holders })
  await trial.put(1, 'a')
  trial.ring.lead(HOME, 2)
  trial.ring.reads = () => {
    if (holders.length < 3) return 'ready'
    holders = [2, 3]
    return 'refused'
  }
  const startMs = trial.world.nowMs
  assert.equal(await trial.text(1), 'a')
  assert.ok(trial.world.nowMs - startMs < 2 * ROUND_PAUSE_MAX_MS)
})

test('a read that meets rot here goes on at once at a member whose disk is sound', async () => {
  const trial = new Trial(22)
  await trial.put(1, 'a')
  trial.ring.isRotten = (at) => at !== memberIdOf(3)
  const startMs = trial.world.nowMs
  assert.equal(await trial.text(1), 'a')
  const page = await trial.within(trial.ring.store(1).list({ table: 't', pk: 'p', limit: 9 }))
  assert.equal(page.items.length, 1)
  assert.ok(trial.world.nowMs - startMs < ROUND_PAUSE_MAX_MS)
})

test('behind a majority that is gone for long operations fail at once, and go on when it is back', async () => {
  const trial = new Trial(19)
  await trial.put(1, 'a')
  trial.ring.fateOf = () => ({ kind: 'refused', why: 'notLeader', hint: undefined })
  trial.ring.reads = () => 'refused'
  await trial.fails(trial.put(1, 'b'), 'STORE_UNAVAILABLE')
  const startMs = trial.world.nowMs
  for (let i = 0; i < 20; i++) {
    await trial.fails(trial.put(1, 'b'), 'STORE_UNAVAILABLE')
    await trial.fails(trial.text(1), 'STORE_UNAVAILABLE')
  }
  const tookMs = trial.world.nowMs - startMs
  assert.ok(tookMs < 40 * ROUND_PAUSE_MAX_MS, `${tookMs} ms for forty`)
  trial.ring.fateOf = () => undefined
  trial.ring.reads = () => 'ready'
  assert.equal((await trial.put(1, 'c')).kind, 'done')
  assert.equal(await trial.text(1), 'c')
  // From here on an outage is a new one: it is waited for.
  trial.ring.reads = () => 'refused'
  const againMs = trial.world.nowMs
  await trial.fails(trial.text(1), 'STORE_UNAVAILABLE')
  assert.ok(trial.world.nowMs - againMs >= OUTAGE_AFTER_MS)
})

test('behind a majority that cannot be reached operations fail within a second, and name it', async () => {
  const trial = new Trial(20)
  await trial.put(1, 'a')
  trial.ring.setDown(2, true)
  trial.ring.setDown(3, true)
  trial.ring.fateOf = () => ({ kind: 'refused', why: 'notLeader', hint: undefined })
  trial.ring.reads = () => 'refused'
  const startMs = trial.world.nowMs
  const error = await trial.fails(trial.put(1, 'b'), 'STORE_UNAVAILABLE')
  assert.match(error.message, /needs 2 of n1, n2, n3; not reached: n2, n3/)
  await trial.fails(trial.text(1), 'STORE_UNAVAILABLE')
  const tookMs = trial.world.nowMs - startMs
  assert.ok(tookMs < 2 * OUTAGE_WITHOUT_MAJORITY_AFTER_MS, `${tookMs} ms`)
})

test('a change that was taken and never answered for is OUTCOME_UNKNOWN, whatever came after', async () => {
  const trial = new Trial(6)
  await trial.put(1, 'a')
  let sendings = 0
  trial.ring.fateOf = () =>
    sendings++ === 0 ? { kind: 'timeout' } : { kind: 'refused', why: 'busy', hint: undefined }
  await trial.fails(trial.put(1, 'b', { timeoutMs: 300 }), 'OUTCOME_UNKNOWN')
})

test('what cannot help to repeat is told at once, by its own code', async () => {
  const refusals = [
    ['full', 'DISK_FULL'],
    ['malformed', 'BAD_REQUEST'],
  ] as const
  for (const [why, code] of refusals) {
    const trial = new Trial(7)
    await trial.put(1, 'a')
    trial.sent()
    trial.ring.fateOf = () => ({ kind: 'refused', why, hint: undefined })
    await trial.fails(trial.put(1, 'b'), code)
    assert.equal(trial.sent().length, 1)
  }
})

test('a busy leader is asked again after a pause; one that stays busy is BUSY', async () => {
  const trial = new Trial(8)
  await trial.put(1, 'a')
  let busy = 3
  const refused = { kind: 'refused', why: 'busy', hint: undefined } as const
  trial.ring.fateOf = () => (busy-- > 0 ? refused : undefined)
  assert.equal((await trial.put(1, 'b')).kind, 'done')
  trial.ring.fateOf = () => refused
  await trial.fails(trial.put(1, 'c', { timeoutMs: 200 }), 'BUSY')
})

test('a partition that forgot the session is asked with another one, and nothing is done twice', async () => {
  const trial = new Trial(9)
  await trial.put(1, 'a')
  for (let i = 0; i < 600; i++) {
    trial.ring.machine(HOME).apply({ kind: 'openSession', owner: `other${i}` })
  }
  assert.equal((await trial.put(1, 'b')).kind, 'done')
  assert.equal(await trial.text(1), 'b')
})

test('a session forgotten after a sending that may be applied is OUTCOME_UNKNOWN, unless a key tells', async () => {
  for (const withKey of [false, true]) {
    const trial = new Trial(10)
    await trial.put(1, 'a')
    let sendings = 0
    trial.ring.fateOf = () => {
      if (sendings++ !== 1) return sendings === 1 ? 'applied, then lost' : undefined
      for (let i = 0; i < 600; i++) {
        trial.ring.machine(HOME).apply({ kind: 'openSession', owner: `other${i}` })
      }
      return undefined
    }
    const retry = { key: 'a'.repeat(64), request: 'b'.repeat(64) }
    const put = trial.put(1, 'b', withKey ? { retry } : {})
    if (withKey) assert.equal((await put).kind, 'done')
    else await trial.fails(put, 'OUTCOME_UNKNOWN')
    const record = trial.ring.machine(HOME).partition.get({ table: 't', pk: 'p', sk: 's' })
    assert.equal(record?.etag.index, 3)
  }
})

test('a session that cannot be opened is STORE_UNAVAILABLE: the change was never sent', async () => {
  const trial = new Trial(11)
  trial.ring.fateOf = () => 'applied, then lost'
  await trial.fails(trial.put(1, 'a'), 'STORE_UNAVAILABLE')
  assert.equal(await trial.text(1), undefined)
})

test('more changes at once than a session holds use several, and all are done once', async () => {
  const trial = new Trial(12)
  const store = trial.ring.store(1)
  const all = Array.from({ length: 2_500 }, (_, i) =>
    store.transact({
      table: 't',
      pk: 'p',
      conditions: [{ sk: `k${i}`, is: 'absent' }],
      writes: [{ kind: 'put', sk: `k${i}`, value: utf8('x') }],
    }),
  )
  const outcomes = await trial.within(Promise.all(all))
  assert.ok(outcomes.every(({ kind }) => kind === 'done'))
})

test('a replica that nobody confirms answers nothing; another member is asked', async () => {
  const trial = new Trial(13)
  await trial.put(1, 'a')
  trial.ring.reads = (_, at) => (at === memberIdOf(1) ? 'refused' : 'ready')
  assert.equal(await trial.text(1), 'a')
  trial.ring.reads = () => 'refused'
  const startMs = trial.world.nowMs
  await trial.fails(trial.text(1), 'STORE_UNAVAILABLE')
  assert.ok(trial.world.nowMs - startMs < OPERATION_TIMEOUT_MS + 500)
})

test('reads without a replica here go to the next member when one is down', async () => {
  const trial = new Trial(14, { members: 4 })
  await trial.put(1, 'a')
  assert.equal(await trial.text(4), 'a')
  trial.ring.setDown(1, true)
  assert.equal(await trial.text(4), 'a')
  trial.ring.setDown(2, true)
  trial.ring.setDown(3, true)
  await trial.fails(trial.text(4), 'STORE_UNAVAILABLE')
})

test('an operation that nobody waits for any more is RPC_CANCELLED', async () => {
  const trial = new Trial(15)
  trial.ring.reads = () => 'refused'
  const stop = new AbortController()
  const read = trial.ring.store(1).get({ table: 't', pk: 'p', sk: 's' }, { signal: stop.signal })
  await trial.world.pass(100)
  stop.abort()
  await trial.fails(trial.within(read), 'RPC_CANCELLED')
})

async function watchOn(
  trial: Trial,
  through: number,
  count: number,
): Promise<readonly WatchEvent[]> {
  const seen: WatchEvent[] = []
  const what = { table: 't', pk: 'p', fromIndex: 0 }
  const { signal } = new AbortController()
  for await (const event of trial.ring.store(through).watch(what, signal)) {
    if (seen.push(event) === count) break
  }
  return seen
}

test('a watch without a replica here goes on at another member when one goes down', async () => {
  const trial = new Trial(16, { members: 4 })
  const watching = watchOn(trial, 4, 3)
  await trial.put(1, 'a')
  await trial.world.pass(1_000)
  trial.ring.setDown(1, true)
  trial.ring.lead(HOME, 2)
  await trial.put(2, 'b')
  await trial.world.pass(30_000)
  trial.ring.setDown(2, true)
  trial.ring.lead(HOME, 3)
  await trial.put(3, 'c')
  const events = await trial.within(watching)
  const changes = events.flatMap((event) => (event.kind === 'changes' ? event.changes : []))
  const texts = changes.map((change) =>
    change.kind === 'put' ? new TextDecoder().decode(change.record.value) : change.kind,
  )
  assert.deepEqual(texts, ['a', 'b', 'c'])
})

test('a watch that is too far behind is told to read again, here and elsewhere', async () => {
  for (const through of [1, 4]) {
    const trial = new Trial(17, { members: 4 })
    for (let i = 0; i < FORGOTTEN; i++) await trial.put(1, String(i))
    const [first] = await trial.within(watchOn(trial, through, 1))
    assert.equal(first?.kind, 'resync')
    assert.equal(first?.index, trial.ring.machine(HOME).partition.appliedIndex)
  }
})

test('a cursor that is older than what is remembered is stale, not wrong', async () => {
  const trial = new Trial(18)
  const store = trial.ring.store(1)
  for (const sk of ['a', 'b']) {
    const writes = [{ kind: 'put', sk, value: utf8(sk) }] as const
    await trial.within(store.transact({ table: 't', pk: 'p', conditions: [], writes }))
  }
  const { cursor } = await trial.within(store.list({ table: 't', pk: 'p', limit: 1 }))
  assert.ok(cursor !== undefined)
  const others = sameHome('p', HOMES_KNOWN_MAX + 1)
  const writes = [{ kind: 'put', sk: 'x', value: utf8('x') }] as const
  for (const pk of others.slice(1)) {
    await trial.within(store.transact({ table: 't', pk, conditions: [], writes }))
  }
  const next = () => trial.within(store.list({ table: 't', pk: 'p', limit: 1, cursor }))
  assert.equal((await next()).items[0]?.sk, 'b', 'it is known when this changed last')
  for (const pk of others.slice(0, 2)) {
    await trial.within(store.transact({ table: 't', pk, conditions: [], writes }))
  }
  await trial.fails(next(), 'CURSOR_STALE')
})

/** Other partition keys of the same partition. */
function sameHome(pk: string, count: number): readonly string[] {
  const home: PartitionId = partitionOf('t', pk)
  const found: string[] = []
  for (let i = 0; found.length < count; i++) {
    if (partitionOf('t', `other${i}`) === home) found.push(`other${i}`)
  }
  return found
}
