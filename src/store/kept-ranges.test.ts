import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { utf8 } from '../base/bytes.ts'
import { AnilloError } from '../base/errors.ts'
import { KeptRanges, type KeptRange, type Wanted } from './kept-ranges.ts'
import { MemoryStore } from './memory-store.test-helper.ts'
import type { StoredRecord } from './partition/procedure.ts'
import type { RangeAnswer, RangeQuestion, RecordWrite } from './types.ts'

const HOME: Wanted = { table: 't', pk: 'p', prefix: 'd/', last: 3 }

/** A store of one partition key, and what was asked of it. */
class Asked {
  readonly memory = new MemoryStore()
  readonly questions: RangeQuestion[] = []
  readonly answers: RangeAnswer['kind'][] = []
  readonly kept: KeptRanges<string>

  constructor(rowsMax = 1_000) {
    const read = async (question: RangeQuestion): Promise<RangeAnswer> => {
      this.questions.push(question)
      const answer = await this.memory.read(question)
      this.answers.push(answer.kind)
      return answer
    }
    this.kept = new KeptRanges({ store: { read }, rowOf: textOf, rowsMax })
  }

  async write(...writes: readonly RecordWrite[]): Promise<void> {
    await this.memory.transact({ table: 't', pk: 'p', conditions: [], writes })
  }
}

/** What begins with a hidden is passed over. */
function textOf({ sk, value }: StoredRecord): string | undefined {
  const text = new TextDecoder().decode(value)
  return text.startsWith('hidden') ? undefined : `${sk} ${text}`
}

function put(sk: string, text: string, expiresInMs?: number): RecordWrite {
  const write = { kind: 'put', sk, value: utf8(text) } as const
  return expiresInMs === undefined ? write : { ...write, expiresInMs }
}

test('a range is told once, then what changed of it, then nothing', async () => {
  const { answers, kept, memory } = new Asked()
  const write = async (...writes: readonly RecordWrite[]) =>
    memory.transact({ table: 't', pk: 'p', conditions: [], writes })
  await write(put('d/1', 'one'), put('d/2', 'two'), put('e/1', 'another range'))
  const first = await kept.of(HOME)
  assert.deepEqual(first, { rows: ['d/1 one', 'd/2 two'], isWhole: true })
  assert.equal(await kept.of(HOME), first, 'the same object')
  await write(put('e/2', 'another range'))
  assert.equal(await kept.of(HOME), first)
  await write(put('d/3', 'three'), { kind: 'delete', sk: 'd/1' }, put('d/2', 'second'))
  assert.deepEqual((await kept.of(HOME)).rows, ['d/2 second', 'd/3 three'])
  assert.deepEqual(answers, ['page', 'changes', 'changes', 'changes'])
})

test('of a long range the last are kept, and more where more are wanted', async () => {
  const asked = new Asked()
  for (let i = 1; i <= 9; i++) await asked.write(put(`d/${i}`, 'x'))
  const sks = ({ rows }: KeptRange<string>) => rows.map((row) => row.slice(2, 3)).join('')
  const first = await asked.kept.of(HOME)
  assert.deepEqual([sks(first), first.isWhole], ['789', false])
  await asked.write(put('d/1', 'changed'), { kind: 'delete', sk: 'd/2' })
  assert.equal(await asked.kept.of(HOME), first, 'what lies before is not among them')
  assert.deepEqual(sks(await asked.kept.of({ ...HOME, last: 5 })), '56789')
  assert.deepEqual(asked.answers, ['page', 'changes', 'page'])
  await asked.write({ kind: 'delete', sk: 'd/9' }, { kind: 'delete', sk: 'd/8' })
  assert.deepEqual(sks(await asked.kept.of(HOME)), '567')
  await asked.write({ kind: 'delete', sk: 'd/7' })
  await asked.kept.of(HOME)
  assert.deepEqual(sks(await asked.kept.of(HOME)), '13456', 'too few are read anew')
})

test('what ends by itself is not kept', async () => {
  const asked = new Asked()
  await asked.write(put('d/1', 'one', 1_000), put('d/2', 'two'))
  assert.equal((await asked.kept.of(HOME)).rows.length, 2)
  asked.memory.nowMs += 2_000
  assert.deepEqual((await asked.kept.of(HOME)).rows, ['d/2 two'])
  await asked.write(put('d/3', 'three', 1_000))
  assert.equal((await asked.kept.of(HOME)).rows.length, 2)
  asked.memory.nowMs += 2_000
  assert.deepEqual((await asked.kept.of(HOME)).rows, ['d/2 two'])
})

test('ranges that were not asked for longest go, and are read again', async () => {
  const asked = new Asked(4)
  await asked.write(put('a/1', 'x'), put('b/1', 'x'), put('c/1', 'x'))
  for (const prefix of ['a/', 'b/', 'a/', 'c/', 'a/', 'b/'])
    await asked.kept.of({ ...HOME, prefix })
  assert.deepEqual(asked.answers, ['page', 'page', 'changes', 'page', 'changes', 'page'])
})

test('who comes while a read is under way shares the next, never that one', async () => {
  const reads: PromiseWithResolvers<RangeAnswer>[] = []
  const questions: RangeQuestion[] = []
  const read = (question: RangeQuestion): Promise<RangeAnswer> => {
    const answer = Promise.withResolvers<RangeAnswer>()
    reads.push(answer)
    questions.push(question)
    return answer.promise
  }
  const kept = new KeptRanges({ store: { read }, rowOf: textOf, rowsMax: 100 })
  const page = (text: string): RangeAnswer => {
    const etag = { generation: 1, index: 1 }
    const record = { sk: 'd/1', value: utf8(text), etag, expiresAtMs: undefined }
    return { kind: 'page', items: [record], hasMore: false, version: { generation: 1, index: 7 } }
  }
  const first = kept.of(HOME)
  const late = [kept.of(HOME), kept.of({ ...HOME, last: 9 })]
  assert.equal(reads.length, 1)
  reads[0]?.resolve(page('before'))
  assert.deepEqual((await first).rows, ['d/1 before'])
  assert.equal(reads.length, 2)
  assert.deepEqual([questions[1]?.limit, questions[1]?.since], [9, { generation: 1, index: 7 }])
  reads[1]?.resolve(page('after'))
  for (const one of late) assert.deepEqual((await one).rows, ['d/1 after'])
})

test('a read that fails fails for those who share it, and the next is made', async () => {
  const asked = new Asked()
  await asked.write(put('d/1', 'one'))
  await asked.kept.of(HOME)
  asked.memory.failing = new AnilloError('BUSY', { what: 'the test' })
  await assert.rejects(asked.kept.of(HOME))
  asked.memory.failing = undefined
  await asked.write(put('d/1', 'two'))
  assert.deepEqual((await asked.kept.of(HOME)).rows, ['d/1 two'])
})

test('whatever is written, what is kept is what the store has', async () => {
  const sk = fc.integer({ min: 0, max: 12 }).map((number) => `d/${number.toString(16)}`)
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), sk, text: fc.constantFrom('a', 'hidden') }),
    fc.record({ do: fc.constant('end' as const), sk }),
    fc.record({ do: fc.constant('delete' as const), sk }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
    fc.record({ do: fc.constant('read' as const), last: fc.integer({ min: 1, max: 8 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const asked = new Asked(fc.sample(fc.constantFrom(8, 1_000), 1)[0])
      for (const one of [...steps, { do: 'read' as const, last: 4 }]) {
        if (one.do === 'put') await asked.write(put(one.sk, one.text))
        else if (one.do === 'end') await asked.write(put(one.sk, 'ends', 1_000))
        else if (one.do === 'delete') await asked.write({ kind: 'delete', sk: one.sk })
        else if (one.do === 'pass') asked.memory.nowMs += one.ms
        else await agrees(asked, one.last)
      }
    }),
  )
})

/** The rows are the last ones of the store, without a gap, and so many as were wanted. */
async function agrees({ kept, memory }: Asked, last: number): Promise<void> {
  const { isWhole, rows } = await kept.of({ ...HOME, last })
  const { items } = await memory.list({ table: 't', pk: 'p', prefix: 'd/', limit: 100 })
  const all = items.flatMap((record) => textOf(record) ?? [])
  assert.deepEqual(rows, rows.length === 0 ? [] : all.slice(-rows.length))
  if (isWhole) assert.equal(rows.length, all.length)
}
