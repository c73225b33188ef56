import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../base/bytes.ts'
import { Machine } from './partition/machine.test-helper.ts'
import type { RangeOptions } from './partition/procedure.ts'
import { HISTORY_CHANGES_MAX, HOMES_KNOWN_MAX } from './partition/watches.ts'
import { rangeAnswerOf } from './range-answers.ts'
import type { RecordWrite, Version } from './types.ts'

const RANGE: RangeOptions = { table: 't', pk: 'p', prefix: 'd/', limit: 10 }

class Trial {
  readonly machine = new Machine()

  write(writes: readonly RecordWrite[], pk = 'p'): void {
    this.machine.transact({ table: 't', pk, conditions: [], writes })
  }

  put(sk: string, expiresInMs?: number): void {
    const write = { kind: 'put', sk, value: utf8(sk) } as const
    this.write([expiresInMs === undefined ? write : { ...write, expiresInMs }])
  }

  ask(since?: Version, range = RANGE) {
    return rangeAnswerOf(this.machine.partition, { ...range, since })
  }

  /** What is told, in short: a page, or names of what changed. */
  told(since: Version | undefined, range = RANGE): string {
    const answer = this.ask(since, range)
    if (answer.kind === 'page') return `page of ${answer.items.length}`
    const names = answer.changes.map((change) =>
      change.kind === 'put' ? change.record.sk : `no ${change.sk}`,
    )
    return names.toSorted().join(', ')
  }

  version(): Version {
    const { version } = this.ask()
    assert.ok(version !== undefined)
    return version
  }
}

test('rangeAnswerOf() tells what changed within the range, each record once, as it is', () => {
  const trial = new Trial()
  trial.put('d/1')
  const since = trial.version()
  assert.equal(trial.told(undefined), 'page of 1')
  assert.equal(trial.told(since), '')
  for (const sk of ['d/2', 'd/2', 'e/1', 'd/3', 'd/3x']) trial.put(sk)
  trial.write([{ kind: 'delete', sk: 'd/1' }])
  assert.equal(trial.told(since), 'd/2, d/3, d/3x, no d/1')
  assert.equal(trial.told(since, { ...RANGE, start: 'd/2', end: 'd/3x' }), 'd/2, d/3')
  assert.equal(trial.told(since, { ...RANGE, prefix: 'e/' }), 'e/1')
  assert.equal(trial.told(trial.version()), '')
})

test('a version of another generation, or ahead of the replica, is none', () => {
  const trial = new Trial()
  trial.put('d/1')
  const { generation, index } = trial.version()
  assert.equal(trial.told({ generation: generation + 1, index }), 'page of 1')
  assert.equal(trial.told({ generation, index: index + 1 }), 'page of 1')
})

test('a page with what ends by itself has no version, and what ends is told as a page', () => {
  const trial = new Trial()
  trial.put('d/1')
  const since = trial.version()
  trial.put('d/2', 60_000)
  assert.equal(trial.told(since), 'page of 2')
  assert.equal(trial.ask(since).version, undefined)
})

test('what nobody remembers is told as a page; what did not change is known for longer', () => {
  const trial = new Trial()
  trial.put('d/1')
  const since = trial.version()
  for (let i = 0; i <= HISTORY_CHANGES_MAX; i++) trial.write([put('x')], `other ${i % 9}`)
  assert.equal(trial.told(since), '', 'it is known when it changed last')
  trial.put('d/2')
  assert.equal(trial.told(since), 'page of 2')
  const later = trial.version()
  for (let i = 0; i <= HOMES_KNOWN_MAX; i++) trial.write([put('x')], `another ${i}`)
  assert.equal(trial.told(later), 'page of 2')
})

test('a partition that begins again remembers nothing from before', () => {
  const trial = new Trial()
  trial.put('d/1')
  const since = trial.version()
  trial.put('d/2')
  const now = trial.version()
  trial.machine.rebuild()
  assert.equal(trial.told(since), 'page of 2')
  assert.equal(trial.told(now), '')
})

test('a range of one name is a record', () => {
  const trial = new Trial()
  for (const sk of ['d/1', 'd/11', 'd/2']) trial.put(sk)
  const one = { ...RANGE, start: 'd/1', end: 'd/1\0' }
  const answer = trial.ask(undefined, one)
  assert.deepEqual(answer.kind === 'page' && answer.items.map(({ sk }) => sk), ['d/1'])
  assert.equal(trial.told(undefined, { ...one, prefix: 'e/' }), 'page of 0')
  assert.equal(trial.told(undefined, { ...one, start: 'd/3', end: 'd/3\0' }), 'page of 0')
})

function put(sk: string): RecordWrite {
  return { kind: 'put', sk, value: utf8(sk) }
}
