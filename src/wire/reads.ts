/** What members ask of one another to read records of partitions that they do not hold. */
import { Type, type Static } from 'typebox'

import { MIB, SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'
import {
  LIST_BYTES_MAX,
  LIST_RECORDS_MAX,
  PK_BYTES_MAX,
  SK_BYTES_MAX,
  TABLE_BYTES_MAX,
} from './record-limits.ts'
import { Bytes, Partition } from './shapes.ts'

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Table = Type.String({ minLength: 1, maxLength: TABLE_BYTES_MAX })
const Pk = Type.String({ minLength: 1, maxLength: PK_BYTES_MAX })
const Sk = Type.String({ minLength: 1, maxLength: SK_BYTES_MAX })
/** The least text behind a sort key is one character longer. */
const SkPart = Type.String({ maxLength: SK_BYTES_MAX + 1 })

/** sk, value, generation and index of its etag, when it expires. */
const Row = Type.Tuple([Type.String(), Bytes, Count, Count, Type.Union([Count, Type.Null()])])
export type Row = Static<typeof Row>

/** `notHere`: no replica. `refused`: no leader confirmed that the replica may answer. */
const NotServed = Type.Object({
  kind: Type.Union([Type.Literal('notHere'), Type.Literal('refused')]),
})

const GetAnswer = Type.Union([
  Type.Object({ kind: Type.Literal('record'), row: Type.Union([Row, Type.Null()]) }),
  NotServed,
])
export type GetAnswer = Static<typeof GetAnswer>

/** One record, linearizably. */
export const getRecord = defineMethod({
  name: 'store.get',
  question: Type.Object({ table: Table, pk: Pk, sk: Sk }),
  answer: GetAnswer,
  timeoutMs: 2 * SECOND_MS,
  idempotent: true,
})

const ListAnswer = Type.Union([
  Type.Object({
    kind: Type.Literal('page'),
    rows: Type.Array(Row, { maxItems: LIST_RECORDS_MAX }),
    hasMore: Type.Boolean(),
    index: Count,
  }),
  Type.Object({ kind: Type.Literal('stale') }),
  NotServed,
])
export type ListAnswer = Static<typeof ListAnswer>

const Range = Type.Object({
  table: Table,
  pk: Pk,
  prefix: Type.Optional(SkPart),
  start: Type.Optional(SkPart),
  end: Type.Optional(SkPart),
  reverse: Type.Optional(Type.Boolean()),
  limit: Type.Integer({ minimum: 1, maximum: LIST_RECORDS_MAX }),
  bytesMax: Type.Optional(Type.Integer({ minimum: 1, maximum: LIST_BYTES_MAX })),
})

/** A range, linearizably; `sinceIndex`: only if nothing of the pk changed after it. */
export const listRecords = defineMethod({
  name: 'store.list',
  question: Type.Object({ range: Range, sinceIndex: Type.Union([Count, Type.Null()]) }),
  answer: ListAnswer,
  timeoutMs: 5 * SECOND_MS,
  idempotent: true,
})

/** Ranges in one question; more leave as several. */
export const RANGES_MAX = 256
/** Of all pages of one answer, before the last one: what does not fit is asked for again. */
export const RANGES_BYTES_MAX = 4 * MIB
export const RANGES_RECORDS_MAX = 32_000
/** What is not answered so long after the first of them is left out. */
export const RANGES_LATE_MS = SECOND_MS / 10

/** Generation and index. */
const Version = Type.Tuple([Count, Count])
/** A record's name, and what it is from then on; `null`: it is gone. */
const Change = Type.Tuple([Type.String(), Type.Union([Row, Type.Null()])])

/** A number: nothing changed up to so many entries after the version that was shown. */
const RangeAnswer = Type.Union([
  Count,
  Type.Object({
    kind: Type.Literal('page'),
    rows: Type.Array(Row, { maxItems: LIST_RECORDS_MAX }),
    hasMore: Type.Boolean(),
    version: Type.Union([Version, Type.Null()]),
  }),
  Type.Object({
    kind: Type.Literal('changes'),
    changes: Type.Array(Change, { maxItems: LIST_RECORDS_MAX }),
    version: Version,
  }),
  NotServed,
])
export type RangeAnswer = Static<typeof RangeAnswer>

/** Several ranges, each linearizably and by itself; those with a version: only what changed. */
export const readRanges = defineMethod({
  name: 'store.read',
  question: Type.Object({
    ranges: Type.Array(Type.Tuple([Range, Type.Union([Version, Type.Null()])]), {
      minItems: 1,
      maxItems: RANGES_MAX,
    }),
  }),
  /** In their order. */
  answer: Type.Object({ answers: Type.Array(RangeAnswer, { maxItems: RANGES_MAX }) }),
  timeoutMs: 2 * SECOND_MS,
  idempotent: true,
})

/** How long a member holds back an answer that has no changes. */
export const CHANGES_WAIT_MS = 10 * SECOND_MS
/** Changes in one answer; with more the asker reads again. */
export const CHANGES_MAX = 1_000

const ChangesAnswer = Type.Union([
  Type.Object({
    kind: Type.Literal('changes'),
    /** Of each entry: its index, and what it changed. */
    entries: Type.Array(Type.Tuple([Count, Type.Array(Change, { minItems: 1 })]), {
      maxItems: CHANGES_MAX,
    }),
    /** All up to here is told. */
    index: Count,
  }),
  Type.Object({ kind: Type.Literal('resync'), index: Count }),
  NotServed,
])
export type ChangesAnswer = Static<typeof ChangesAnswer>

/** Changes of a pk after an index, as soon as there are any. */
export const awaitChanges = defineMethod({
  name: 'store.changes',
  question: Type.Object({ partition: Partition, table: Table, pk: Pk, fromIndex: Count }),
  answer: ChangesAnswer,
  timeoutMs: CHANGES_WAIT_MS + 3 * SECOND_MS,
  idempotent: true,
})
