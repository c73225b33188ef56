/**
 * The store as a plain model: 64 maps in memory, each change at once. What the compliance suite
 * asks of any store this one does by the shortest way, so that the two can be held together, and
 * doors can be tried without a ring.
 */
import { assert } from '../base/assert.ts'
import { compareBytes, utf8 } from '../base/bytes.ts'
import { AnilloError, type ErrorCode } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import { partitionOf, type PartitionId } from '../wire/partition.ts'
import { rangeAfter, readCursor, writeCursor } from './cursor.ts'
import { isHeldUnder } from './locks/lock-value.ts'
import { checkHome, checkKey, checkRange } from './names.ts'
import type {
  Etag,
  PartitionMessage,
  PartitionWork,
  Procedure,
  RangeOptions,
  RecordKey,
  StoredRecord,
} from './partition/procedure.ts'
import type { AnyProcedure } from './partition/procedures.ts'
import { checkTransact } from './partition/transact-codec.ts'
import { WORK_MESSAGES_MAX } from './partition/work.ts'
import type { RecordStore } from './store.ts'
import type {
  Change,
  Condition,
  ListPage,
  RangeAnswer,
  RangeQuestion,
  TransactOutcome,
  TransactRequest,
  WatchEvent,
  WriteOptions,
} from './types.ts'

const GENERATION = 1

interface Row {
  readonly key: RecordKey
  readonly order: Uint8Array
  readonly record: StoredRecord
}

interface Part {
  index: number
  readonly rows: Map<string, Row>
  readonly changes: PastChange[]
  readonly retries: Map<string, Kept>
}

interface PastChange {
  readonly table: string
  readonly pk: string
  readonly sk: string
  readonly index: number
  readonly change: Change
}

interface Kept {
  readonly request: string
  readonly answer: () => unknown
}

interface Asked {
  readonly part: Part
  readonly options: WriteOptions | undefined
}

class Refusal extends Error {
  readonly told: AnilloError

  constructor(told: AnilloError) {
    super(told.message)
    this.told = told
  }
}

export class MemoryStore implements RecordStore {
  /** Logged time; set by the test. */
  nowMs = 1_700_000_000_000
  /** Thrown by the next operations, before anything is done. */
  failing: AnilloError | undefined
  /** Those that take messages, by name; without them there are no messages. */
  readonly #takers: ReadonlyMap<string, AnyProcedure>
  readonly #parts = new Map<PartitionId, Part>()
  readonly #wakers = new Set<() => void>()

  constructor(takers: readonly AnyProcedure[] = []) {
    this.#takers = new Map(takers.map((taker) => [taker.name, taker]))
  }

  /** All that is kept, in a form that can be compared. */
  get contents(): string {
    const rows = [...this.#parts.values()].flatMap((part) => [...part.rows.entries()])
    const told = rows.map(([key, { record }]) => [key, Buffer.from(record.value).toString('hex')])
    return JSON.stringify(told)
  }

  get = async (key: RecordKey): Promise<StoredRecord | undefined> => {
    this.#mayFail()
    checkKey(key)
    return this.#find(this.#part(partitionOf(key.table, key.pk)), key)
  }

  list = async (wanted: RangeOptions & { readonly cursor?: string }): Promise<ListPage> => {
    this.#mayFail()
    checkRange(wanted)
    const part = this.#part(partitionOf(wanted.table, wanted.pk))
    const cursor = wanted.cursor === undefined ? undefined : readCursor(wanted.cursor)
    if (cursor !== undefined && this.#changesAfter(part, wanted, cursor.index).length > 0) {
      throw new AnilloError('CURSOR_STALE')
    }
    const range = cursor === undefined ? wanted : rangeAfter(wanted, cursor)
    const all = this.#range(part, range)
    const items = all.slice(0, range.limit)
    const last = items.at(-1)
    const goesOn = all.length > items.length && last !== undefined
    const { index } = part
    return { items, index, cursor: goesOn ? writeCursor({ index, after: last.sk }) : undefined }
  }

  read = async (question: RangeQuestion): Promise<RangeAnswer> => {
    const { since, ...range } = question
    const { items, cursor, index } = await this.list(range)
    const version = { generation: GENERATION, index }
    if (since !== undefined) {
      const part = this.#part(partitionOf(range.table, range.pk))
      const changes = this.#changesAfter(part, range, since.index).map(({ change }) => change)
      if (!changes.some((change) => change.kind === 'put' && ends(change.record))) {
        const isWithin = (change: Change): boolean => isInRange(range, skOf(change))
        return { kind: 'changes', changes: changes.filter(isWithin), version }
      }
    }
    const hasMore = cursor !== undefined
    return { kind: 'page', items, hasMore, version: items.some(ends) ? undefined : version }
  }

  transact = async (request: TransactRequest, options?: WriteOptions): Promise<TransactOutcome> => {
    this.#mayFail()
    checkTransact(request)
    const part = this.#part(partitionOf(request.table, request.pk))
    return this.#once({ part, options }, () => this.#transact(part, request))
  }

  call = async <Q, A>(
    partition: PartitionId,
    procedure: Procedure<Q, A>,
    input: Q,
    options?: WriteOptions,
  ): Promise<A> => {
    this.#mayFail()
    const checked = procedure.readInput(input)
    if (checked === undefined) throw new AnilloError('BAD_REQUEST', { problem: 'not its input' })
    const part = this.#part(partition)
    return this.#once({ part, options }, () => this.#run(partition, procedure, checked))
  }

  watch = (
    what: { readonly table: string; readonly pk: string; readonly fromIndex?: number },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent> => this.#watch(what, signal)

  async *#watch(
    what: { readonly table: string; readonly pk: string; readonly fromIndex?: number },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent> {
    checkHome(what.table, what.pk)
    const part = this.#part(partitionOf(what.table, what.pk))
    let index = what.fromIndex ?? part.index
    while (!signal.aborted) {
      const changes = this.#changesAfter(part, what, index)
      for (const [at, past] of Map.groupBy(changes, (past) => past.index)) {
        index = at
        yield { kind: 'changes', index, changes: past.map(({ change }) => change) }
        if (signal.aborted) return
      }
      if (changes.length > 0) continue
      await new Promise<void>((resolve) => {
        this.#wakers.add(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  #mayFail(): void {
    if (this.failing !== undefined) throw this.failing
  }

  #part(partition: PartitionId): Part {
    const known = this.#parts.get(partition)
    if (known !== undefined) return known
    const part: Part = { index: 0, rows: new Map(), changes: [], retries: new Map() }
    this.#parts.set(partition, part)
    return part
  }

  #find(part: Part, key: RecordKey): StoredRecord | undefined {
    const record = part.rows.get(textOf(key))?.record
    return this.#isThere(record) ? record : undefined
  }

  #isThere(record: StoredRecord | undefined): record is StoredRecord {
    return record !== undefined && (record.expiresAtMs ?? Infinity) > this.nowMs
  }

  #range(part: Part, range: RangeOptions): StoredRecord[] {
    const { end, pk, prefix = '', reverse, start = '', table } = range
    const found = [...part.rows.values()]
      .filter(({ key, record }) => key.table === table && key.pk === pk && this.#isThere(record))
      .filter(({ key }) => key.sk.startsWith(prefix))
      .filter(({ order }) => compareBytes(order, utf8(start)) >= 0)
      .filter(({ order }) => end === undefined || compareBytes(order, utf8(end)) < 0)
      .toSorted((a, b) => compareBytes(a.order, b.order))
    return (reverse === true ? found.toReversed() : found).map(({ record }) => record)
  }

  #changesAfter(
    part: Part,
    { table, pk }: { readonly table: string; readonly pk: string },
    index: number,
  ): readonly PastChange[] {
    const latest = new Map<string, PastChange>()
    for (const past of part.changes) {
      if (past.table !== table || past.pk !== pk || past.index <= index) continue
      latest.delete(past.sk)
      latest.set(past.sk, past)
    }
    return [...latest.values()]
  }

  #once<T>({ part, options }: Asked, work: () => T): T {
    const retry = options?.retry
    const kept = retry === undefined ? undefined : part.retries.get(retry.key)
    if (kept !== undefined) {
      if (kept.request !== retry?.request) throw new AnilloError('RETRY_MISMATCH')
      return kept.answer() as T
    }
    let answer: () => T
    try {
      const value = work()
      answer = () => value
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      answer = () => {
        throw thrown.told
      }
    }
    if (retry !== undefined) part.retries.set(retry.key, { request: retry.request, answer })
    return answer()
  }

  #transact(part: Part, request: TransactRequest): TransactOutcome {
    const { conditions, pk, table, writes } = request
    for (const [condition, wanted] of conditions.entries()) {
      const found = this.#find(part, { table, pk: wanted.pk ?? pk, sk: wanted.sk })
      if (!holds(wanted.is, found)) return { kind: 'conflict', condition, etag: found?.etag }
    }
    const etag: Etag = { generation: GENERATION, index: ++part.index }
    const existed = writes.map((write) => {
      const key = { table, pk: write.pk ?? pk, sk: write.sk }
      const before = this.#find(part, key)
      if (write.kind === 'delete') this.#delete(part, key)
      else {
        const { expiresInMs } = write
        this.#put(part, key, {
          sk: write.sk,
          value: write.value.slice(),
          etag,
          expiresAtMs: expiresInMs === undefined ? undefined : this.nowMs + expiresInMs,
        })
      }
      return before !== undefined
    })
    this.#wake()
    return { kind: 'done', etag, existed }
  }

  #put(part: Part, key: RecordKey, record: StoredRecord): void {
    part.rows.set(textOf(key), { key, order: utf8(key.sk), record })
    const { index } = part
    part.changes.push({ ...key, index, change: { kind: 'put', record } })
  }

  #delete(part: Part, { table, pk, sk }: RecordKey): void {
    if (!part.rows.delete(textOf({ table, pk, sk }))) return
    const { index } = part
    part.changes.push({ table, pk, sk, index, change: { kind: 'delete', sk } })
  }

  #run<Q, A>(partition: PartitionId, procedure: Procedure<Q, A>, input: Q): A {
    const part = this.#part(partition)
    const sent: PartitionMessage[] = []
    const before = { index: part.index, rows: new Map(part.rows), changes: part.changes.length }
    part.index++
    try {
      const answer = procedure.run(this.#workOn(partition, { part, sent }), input)
      this.#wake()
      for (const message of sent) queueMicrotask(() => this.#deliver(message))
      return answer
    } catch (thrown) {
      part.index = before.index
      part.changes.length = before.changes
      part.rows.clear()
      for (const [key, row] of before.rows) part.rows.set(key, row)
      throw thrown
    }
  }

  #deliver({ input, procedure, to }: PartitionMessage): void {
    const taker = this.#takers.get(procedure)
    assert(taker !== undefined, `somebody takes ${procedure}`)
    const checked: unknown = taker.readInput(input)
    assert(checked !== undefined, `${procedure} can read what it is sent`)
    this.#run(to, taker, checked)
  }

  #workOn(
    partition: PartitionId,
    { part, sent }: { readonly part: Part; readonly sent: PartitionMessage[] },
  ): PartitionWork {
    return {
      partition,
      index: part.index,
      generation: GENERATION,
      timeMs: this.nowMs,
      featureLevel: 1,
      get: (key) => this.#find(part, key),
      has: (key) => this.#find(part, key) !== undefined,
      list: (range) => this.#range(part, range).slice(0, range.limit),
      put: (key, value, expiresAtMs) => {
        const etag = { generation: GENERATION, index: part.index }
        this.#put(part, key, { sk: key.sk, value: value.slice(), etag, expiresAtMs })
      },
      delete: (key) => this.#delete(part, key),
      send: (message) => {
        if (sent.length >= WORK_MESSAGES_MAX) {
          const details = { what: 'the list of messages', limit: WORK_MESSAGES_MAX }
          throw new Refusal(new AnilloError('TOO_LARGE', details))
        }
        sent.push(message)
      },
      refuse: (code: ErrorCode, details = {}) => {
        throw new Refusal(new AnilloError(code, details))
      },
    }
  }

  #wake(): void {
    const waking = [...this.#wakers]
    this.#wakers.clear()
    for (const wake of waking) wake()
  }
}

/** How far logged time must be moved for a lease of a second to end, with room. */
export const PAST_A_SECOND_MS = 2 * SECOND_MS

function skOf(change: Change): string {
  return change.kind === 'put' ? change.record.sk : change.sk
}

function isInRange({ end, prefix = '', start = '' }: RangeOptions, sk: string): boolean {
  const order = utf8(sk)
  const isBehind = compareBytes(order, utf8(start)) >= 0
  return sk.startsWith(prefix) && isBehind && !(end && compareBytes(order, utf8(end)) >= 0)
}

function ends({ expiresAtMs }: StoredRecord): boolean {
  return expiresAtMs !== undefined
}

function textOf({ table, pk, sk }: RecordKey): string {
  return `${table}\0${pk}\0${sk}`
}

function holds(is: Condition['is'], found: StoredRecord | undefined): boolean {
  if (is === 'absent') return found === undefined
  if (is === 'present') return found !== undefined
  if (found === undefined) return false
  if ('fence' in is) return isHeldUnder(found, is.fence)
  return found.etag.generation === is.generation && found.etag.index === is.index
}
