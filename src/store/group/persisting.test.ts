import assert from 'node:assert/strict'
import { test } from 'node:test'

import { memberIdOf } from '../../../sim/world/credentials.ts'
import type { MemberId } from '../../base/ids.ts'
import { MIB } from '../../base/limits.ts'
import type { AddressedMessage, RaftEvent, RaftOutput } from '../../consensus/types.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { Bundle, LogEntry, RaftMessage } from '../../wire/raft.ts'
import type { LogRecord } from '../log/types.ts'
import type { Core } from './core.ts'
import { noCounts } from './counting.ts'
import type { HeldGroup } from './held-group.ts'
import { APPEND_WAITS_MS } from './limits.ts'
import { Outgoing } from './outgoing.ts'
import { Persisting } from './persisting.ts'

const OTHER = memberIdOf(1)
const NOTHING: RaftOutput = {
  messages: [],
  persist: undefined,
  messagesAfterPersist: [],
  commit: undefined,
  reads: [],
  install: undefined,
  wantsRound: false,
  isChanged: false,
}

/** A log whose appends are synced when the test says so, and what leaves and is stepped. */
class Bench {
  readonly appends: { readonly records: readonly LogRecord[]; sync: () => void }[] = []
  readonly sent: { readonly to: MemberId; readonly bundle: Bundle }[] = []
  readonly stepped: string[] = []
  readonly failures: unknown[] = []
  readonly outgoing: Outgoing
  readonly persisting: Persisting
  nowMs = 0

  constructor() {
    const core = {
      isStopped: false,
      counting: noCounts(),
      effects: { clock: { nowMs: () => this.nowMs } },
      options: {
        generation: 1,
        peers: { send: (to: MemberId, bundle: Bundle) => this.sent.push({ to, bundle }) },
      },
      log: {
        append: (records: readonly LogRecord[]) =>
          new Promise<void>((resolve) => this.appends.push({ records, sync: resolve })),
      },
      moment: () => ({ nowMs: 0, wallMs: 0 }),
      step: (held: HeldGroup, event: RaftEvent) => this.stepped.push(`${held.id} ${event.kind}`),
      wake: () => this.outgoing.flush(),
      fail: (error: unknown) => this.failures.push(error),
    } as unknown as Core
    this.outgoing = new Outgoing(core)
    this.persisting = new Persisting(core, this.outgoing, () => undefined)
  }

  turn(...outputs: readonly (readonly [HeldGroup, Partial<RaftOutput>])[]): void {
    for (const [held, output] of outputs) this.persisting.take(held, { ...NOTHING, ...output })
    this.persisting.flush()
    this.outgoing.flush()
  }

  /** The oldest append that is not synced is. */
  async sync(): Promise<void> {
    this.appends.shift()?.sync()
    await Promise.resolve()
  }

  get words(): readonly string[] {
    return this.sent.flatMap(({ bundle }) =>
      bundle.messages.map(({ group, message }) => `${group} ${message.kind} ${message.term}`),
    )
  }
}

function group(id: number): HeldGroup {
  return { id: partitionIdOf(id), isOpen: true, batch: 0 } as unknown as HeldGroup
}

function persist(term: number, data = new Uint8Array(0)): RaftOutput['persist'] {
  const hardState = { term, vote: undefined }
  const entries: LogEntry[] = [{ index: term, term, timeMs: 0, kind: 'command', data }]
  return {
    hardState,
    entries,
    persisted: { kind: 'persisted', through: { index: 1, term }, hardState },
  }
}

function word(term: number): AddressedMessage {
  const message: RaftMessage = { kind: 'voted', ballot: 'vote', term, isGranted: true }
  return { to: OTHER, message, canWait: false }
}

test('Persisting lets promises leave when their append is synced, not before', async () => {
  const bench = new Bench()
  const [one, two] = [group(1), group(2)]
  bench.turn([one, { persist: persist(1), messagesAfterPersist: [word(1)] }])
  bench.turn([two, { persist: persist(2), messagesAfterPersist: [word(2)] }])
  assert.deepEqual([bench.appends.length, bench.words, bench.stepped], [2, [], []])
  await bench.sync()
  assert.deepEqual([bench.words, bench.stepped], [['1 voted 1'], ['1 persisted']])
  await bench.sync()
  assert.deepEqual(bench.words, ['1 voted 1', '2 voted 2'])
  assert.deepEqual(bench.stepped, ['1 persisted', '2 persisted'])
})

test('Persisting hands what all groups persist in a turn to the log at once', () => {
  const bench = new Bench()
  bench.turn([group(1), { persist: persist(1) }], [group(2), { persist: persist(1) }])
  assert.equal(bench.appends.length, 1)
  const kinds = bench.appends[0]?.records.map((record) => `${record.group} ${record.kind}`)
  assert.deepEqual(kinds, ['1 hardState', '1 entries', '2 hardState', '2 entries'])
})

test('Persisting keeps promises of a group in order, also those that persist nothing', async () => {
  const bench = new Bench()
  const [one, two] = [group(1), group(2)]
  bench.turn([one, { persist: persist(1), messagesAfterPersist: [word(1)] }])
  bench.turn([one, { messagesAfterPersist: [word(2)] }], [two, { messagesAfterPersist: [word(3)] }])
  assert.deepEqual(bench.words, ['2 voted 3'])
  await bench.sync()
  assert.deepEqual(bench.words, ['2 voted 3', '1 voted 1', '1 voted 2'])
  bench.turn([one, { messagesAfterPersist: [word(4)] }])
  assert.equal(bench.words.at(-1), '1 voted 4')
})

test('Persisting sends nothing of a replica that is gone', async () => {
  const bench = new Bench()
  const one = group(1)
  bench.turn([one, { persist: persist(1), messagesAfterPersist: [word(1)] }])
  one.isOpen = false
  await bench.sync()
  assert.deepEqual(bench.words, [])
})

test('Persisting holds back what the log cannot take, and hands it on when it can', async () => {
  const bench = new Bench()
  const one = group(1)
  const large = new Uint8Array(13 * MIB)
  for (let term = 1; term <= 3; term++) bench.turn([one, { persist: persist(term, large) }])
  assert.deepEqual([bench.appends.length, bench.persisting.isBehind], [2, true])
  await bench.sync()
  bench.turn()
  assert.equal(bench.appends.length, 2)
  await bench.sync()
  assert.deepEqual([bench.appends.length, bench.persisting.isBehind], [1, false])
})

test('Outgoing sends one bundle a member, and several where one grows too large', () => {
  const bench = new Bench()
  const third = memberIdOf(2)
  const data = new Uint8Array(MIB / 2)
  const [one, two] = [partitionIdOf(1), partitionIdOf(2)]
  for (let token = 1; token <= 3; token++)
    bench.outgoing.proposal(OTHER, { group: one, token, data })
  bench.outgoing.message(one, { ...word(1), to: third })
  bench.outgoing.message(two, { ...word(2), to: third })
  bench.outgoing.flush()
  const sizes = bench.sent.map(({ to, bundle }) => {
    return [to, bundle.proposals?.length ?? 0, bundle.messages.length]
  })
  assert.deepEqual(sizes, [
    [OTHER, 1, 0],
    [OTHER, 1, 0],
    [OTHER, 1, 0],
    [third, 0, 2],
  ])
})

test('Outgoing keeps what can wait for a bundle that leaves anyway, or until its time is up', () => {
  const bench = new Bench()
  const group = partitionIdOf(1)
  const append = { previous: { index: 0, term: 1 }, entries: [], commit: 0 }
  const message = { kind: 'append', term: 1, ...append } as const
  const wait = (): void => bench.outgoing.message(group, { to: OTHER, message, canWait: true })
  wait()
  bench.outgoing.flush()
  assert.deepEqual(bench.words, [])
  assert.equal(bench.outgoing.dueAtMs, APPEND_WAITS_MS)
  bench.outgoing.message(group, word(2))
  bench.outgoing.flush()
  assert.deepEqual(bench.words, ['1 append 1', '1 voted 2'])
  wait()
  bench.nowMs = APPEND_WAITS_MS - 1
  bench.outgoing.flush()
  assert.equal(bench.words.length, 2)
  bench.nowMs = APPEND_WAITS_MS
  bench.outgoing.flush()
  assert.equal(bench.words.length, 3)
  assert.equal(bench.outgoing.dueAtMs, Infinity)
})
