/** Ranges of partitions that other members hold: how many questions, and what becomes of each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../sim/world/world.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { LocalRing, memberIdOf } from '../../src/store/local-ring.test-helper.ts'
import type { RangeAnswer, RangeQuestion, Version } from '../../src/store/types.ts'
import { pack } from '../../src/wire/packed.ts'
import { partitionOf, type PartitionId } from '../../src/wire/partition.ts'
import { RANGES_MAX, readRanges } from '../../src/wire/reads.ts'
import { PK_BYTES_MAX, SK_BYTES_MAX } from '../../src/wire/record-limits.ts'

const PKS = Array.from({ length: 200 }, (_, i) => `author ${i}`)
/** Holds nothing. */
const ASKING = 6

/** Five members hold three of five copies each; the sixth asks. */
function holders(group: PartitionId): readonly number[] {
  return [0, 1, 2].map((i) => ((group + i) % 5) + 1)
}

class Trial {
  readonly world = new World({ seed: 1 })
  readonly ring = new LocalRing({ effects: this.world.machine().effects(), members: 6, holders })

  within<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the promise', 600_000)
  }

  async begin(): Promise<void> {
    for (const pk of PKS) await this.put(pk, 'd/1')
    // From then on it knows where each partition is.
    await this.readAll()
    this.ring.asked.length = 0
  }

  async put(pk: string, sk: string): Promise<void> {
    const write = { kind: 'put', sk, value: utf8(`${pk} ${sk}`) } as const
    const request = { table: 't', pk, conditions: [], writes: [write] }
    await this.within(this.ring.store(1).transact(request))
  }

  /** Of ranges, since the last look. */
  questions(): number {
    const { asked } = this.ring
    const count = asked.filter(({ method }) => method === 'store.read').length
    assert.ok(asked.every(({ method }) => !/store[.](get|list)/.test(method)))
    asked.length = 0
    return count
  }

  read(question: RangeQuestion): Promise<RangeAnswer> {
    return this.ring.store(ASKING).read(question, { timeoutMs: 3_000 })
  }

  readAll(versions: ReadonlyMap<string, Version> = new Map()): Promise<RangeAnswer[]> {
    return this.within(
      Promise.all(PKS.map((pk) => this.read({ ...rangeOf(pk), since: versions.get(pk) }))),
    )
  }
}

/** Confirmed by nobody, as when a leader is silent. */
function refusedLater({ world }: Trial): Promise<'refused'> {
  return new Promise((resolve) => {
    world.scheduler.after(1_000, 'refused', () => resolve('refused'))
  })
}

function rangeOf(pk: string): RangeQuestion {
  return { table: 't', pk, prefix: 'd/', limit: 40, reverse: true }
}

function versionsOf(answers: readonly RangeAnswer[]): Map<string, Version> {
  return new Map(PKS.flatMap((pk, i) => (answers[i]?.version ? [[pk, answers[i].version]] : [])))
}

test('two hundred ranges of one turn are one question a member, and unchanged ones a few bytes', async () => {
  const trial = new Trial()
  await trial.begin()
  const first = await trial.readAll()
  assert.ok(first.every((answer) => answer.kind === 'page' && answer.items.length === 1))
  assert.ok(trial.questions() <= 5)
  const again = await trial.readAll(versionsOf(first))
  assert.ok(again.every((answer) => answer.kind === 'changes' && answer.changes.length === 0))
  assert.ok(trial.questions() <= 5)
  await trial.put('author 7', 'd/2')
  const last = await trial.readAll(versionsOf(again))
  const changed = PKS.filter((_, i) => last[i]?.kind !== 'changes' || last[i].changes.length > 0)
  assert.deepEqual(changed, ['author 7'])
})

test('an answer that nothing changed is two bytes at most, as it travels', () => {
  const answers = { answers: Array.from({ length: 100 }, (_, i) => i) }
  const none = pack({ answers: [] }).length
  assert.ok(pack(answers).length - none <= 200)
})

test('where a partition has no leader it is named, and the others are told', async () => {
  const trial = new Trial()
  await trial.begin()
  const dead = partitionOf('t', 'author 3')
  trial.ring.reads = (group) => (group === dead ? 'refused' : 'ready')
  const settled = await trial.within(Promise.allSettled(PKS.map((pk) => trial.read(rangeOf(pk)))))
  for (const [i, one] of settled.entries()) {
    const pk = PKS[i] ?? ''
    if (partitionOf('t', pk) !== dead) assert.equal(one.status, 'fulfilled')
    else {
      assert.ok(one.status === 'rejected' && isAnilloError(one.reason, 'STORE_UNAVAILABLE'))
      assert.equal(one.reason.details['partition'], dead)
    }
  }
})

test('what comes late is left out, and holds nobody up for long', async () => {
  const trial = new Trial()
  await trial.begin()
  const slow = partitionOf('t', 'author 3')
  trial.ring.reads = (group) => (group === slow ? refusedLater(trial) : 'ready')
  const others = PKS.filter((pk) => partitionOf('t', pk) !== slow)
  const fromMs = trial.world.nowMs
  const waiting = trial.read(rangeOf('author 3')).catch((thrown: unknown) => thrown)
  const answers = await trial.within(Promise.all(others.map((pk) => trial.read(rangeOf(pk)))))
  assert.ok(answers.every(({ kind }) => kind === 'page'))
  assert.ok(trial.world.nowMs - fromMs < 1_000, `${trial.world.nowMs - fromMs} ms`)
  assert.ok(isAnilloError(await trial.within(waiting), 'STORE_UNAVAILABLE'))
})

test('a member that is gone is passed over', async () => {
  const trial = new Trial()
  await trial.begin()
  for (const number of [1, 2]) trial.ring.setDown(number, true)
  const answers = await trial.readAll()
  assert.ok(answers.every(({ kind }) => kind === 'page'))
})

test('a member of a version before answers each by itself', async () => {
  const trial = new Trial()
  await trial.begin()
  trial.ring.knows = (method) => method !== 'store.read'
  const answers = await trial.readAll()
  assert.ok(answers.every((one) => one.kind === 'page' && one.version === undefined))
})

test('who asks no more is not answered', async () => {
  const trial = new Trial()
  await trial.begin()
  const ending = new AbortController()
  trial.ring.reads = () => refusedLater(trial)
  const store = trial.ring.store(ASKING)
  const asked = store.read(rangeOf('author 1'), { signal: ending.signal })
  ending.abort()
  await assert.rejects(trial.within(asked), (thrown) => isAnilloError(thrown, 'RPC_CANCELLED'))
})

test('a question that is none is refused as a whole', () => {
  const range = { table: 't', pk: 'p', limit: 1 }
  const fits = (ranges: unknown): boolean => readRanges.readQuestion({ ranges }) !== undefined
  assert.ok(fits([[range, null]]))
  assert.ok(fits([[range, [1, 7]]]))
  const many = Array.from({ length: RANGES_MAX + 1 }, () => [range, null])
  const wrong: unknown[] = [
    [],
    many,
    null,
    'all',
    [[range]],
    [range],
    [[range, null, null]],
    ...[[1], [1, -1], [1.5, 2], ['1', 2], [1, 2, 3], [1, 2 ** 60], {}].map((v) => [[range, v]]),
    ...[
      { limit: 0 },
      { limit: 1_001 },
      { pk: '' },
      { pk: 'k'.repeat(PK_BYTES_MAX + 1) },
      { prefix: 's'.repeat(SK_BYTES_MAX + 2) },
      { reverse: 'yes' },
      { bytesMax: 0 },
      { table: 7 },
    ].map((part) => [[{ ...range, ...part }, null]]),
  ]
  for (const ranges of wrong) assert.ok(!fits(ranges), JSON.stringify(ranges).slice(0, 80))
})

test('a member refuses names that are none, and one that answers nonsense is passed over', async () => {
  const trial = new Trial()
  await trial.begin()
  for (const wrong of [-1, 'page', null, { kind: 'page' }, { kind: 'changes', changes: [] }]) {
    assert.equal(readRanges.readAnswer({ answers: [wrong] }), undefined, JSON.stringify(wrong))
  }
  await assert.rejects(trial.within(trial.read({ ...rangeOf('author 1'), prefix: 'a\0b' })))
  assert.equal(trial.ring.asked.length, 0)
  assert.equal(memberIdOf(1).length, 32)
})
