import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { partitionOf } from '../../wire/partition.ts'
import { Partition } from '../partition/partition.ts'
import { defineProcedure } from '../partition/procedures.ts'
import { SK, TABLE, TestRing } from './hosts.test-helper.ts'

const SOURCE_PK = 'apple'
const TARGET_PK = 'pear'
const SOURCE = partitionOf(TABLE, SOURCE_PK)
const TARGET = partitionOf(TABLE, TARGET_PK)

/** Appends to the record what it was sent: each message leaves its mark once. */
const note = defineProcedure({
  name: 'note',
  tables: [],
  readInput: (value) => (typeof value === 'string' ? value : undefined),
  run: (work, text: string) => {
    const key = { table: TABLE, pk: TARGET_PK, sk: SK }
    const before = work.get(key)?.value ?? new Uint8Array(0)
    work.put(key, utf8(`${new TextDecoder().decode(before)}${text} `))
  },
})

async function send(ring: TestRing, number: number): Promise<void> {
  const to = { table: TABLE, pk: TARGET_PK }
  const messages = [{ to, procedure: 'note', input: `${number}` }]
  const writes = [{ kind: 'put', sk: SK, value: utf8(`${number}`) }] as const
  const through = ring.members.find(({ running }) => running !== undefined)
  assert.ok(through !== undefined)
  await ring.transact(through, { pk: SOURCE_PK, writes, messages })
}

function noted(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at} `).join('')
}

test('messages reach the other partition once and in order, whoever leads meanwhile', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const options = { seed, members: 3, groups: [SOURCE, TARGET], procedures: [note] }
    const ring = await TestRing.founded(options)
    for (let i = 0; i < 30; i++) {
      await send(ring, i)
      if (i % 10 !== 5) continue
      const killed = ring.leaderOf(i === 15 ? TARGET : SOURCE) ?? ring.member(0)
      killed.kill()
      await send(ring, ++i)
      await killed.start()
    }
    const text = (): string => {
      const replica = ring.leaderOf(TARGET)?.running?.replica(TARGET)
      const record = replica?.get({ table: TABLE, pk: TARGET_PK, sk: SK })
      return record === undefined ? '' : new TextDecoder().decode(record.value)
    }
    await ring.until(() => text().length >= noted(30).length, 'all are noted')
    assert.equal(text(), noted(30))
  }
})

test('a message that is rotten where it is kept gives up the member, and is no rejection unheard', async () => {
  const options = { members: 1, groups: [SOURCE, TARGET], procedures: [note] }
  const ring = await TestRing.founded(options)
  const [only] = ring.members
  assert.ok(only?.running !== undefined)
  const rot = new AnilloError('DATA_DAMAGED', { path: 'state', problem: 'a value' })
  const partition = only.running.replica(SOURCE)
  assert.ok(partition instanceof Partition)
  partition.outboxOf = () => {
    throw rot
  }
  await send(ring, 0)
  await ring.until(() => only.failures.length > 0, 'it is given up')
  assert.deepEqual(only.failures, [rot])
})
