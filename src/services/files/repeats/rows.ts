/**
 * Where it stands what is known of changes under an `Idempotency-Key`:
 *
 *     files.repeats  one pk an account  day    how many keys it used today
 *                                       k/KEY  one of them
 *
 * Accounts and keys stand as hashes; all of an account lies in one partition.
 */
import { Type, type Static } from 'typebox'

import type { RecordKey } from '../../../store/partition/procedure.ts'
import { nickKey } from '../../../wire/file-people.ts'
import { rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32, Hex64, Partition } from '../../../wire/shapes.ts'
import { PATH_BYTES_MAX } from '../tree/limits.ts'
import { ANSWER_BYTES_MAX } from './limits.ts'

export const REPEATS_TABLE = 'files.repeats'

export function repeatKey(nick: string | undefined, key: string): RecordKey {
  return { table: REPEATS_TABLE, pk: nickKey(nick ?? ''), sk: `k/${key}` }
}

export function dayKey({ pk }: Pick<RecordKey, 'pk'>): RecordKey {
  return { table: REPEATS_TABLE, pk, sk: 'day' }
}

export function partitionOfRepeats(nick: string | undefined): PartitionId {
  return partitionOf(REPEATS_TABLE, nickKey(nick ?? ''))
}

/** The step by which it is, or is about to be, carried out. */
export const StepRow = Type.Object({
  partition: Partition,
  /** How the entry is told that it changes; absent: it changes none. */
  told: Type.Optional(
    Type.Object({
      path: Type.String({ maxLength: PATH_BYTES_MAX }),
      access: Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('own')]),
    }),
  ),
})
export type StepRow = Readonly<Static<typeof StepRow>>

const Details = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
)

export const AnswerRow = Type.Union([
  Type.Object({
    kind: Type.Literal('told'),
    status: Type.Integer({ minimum: 200, maximum: 299 }),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** JSON. */
    body: Type.Optional(Type.String({ maxLength: ANSWER_BYTES_MAX })),
    /** SHA-256 of the bytes that came. */
    arrived: Type.Optional(Hex64),
  }),
  Type.Object({ kind: Type.Literal('refused'), code: Type.String(), details: Details }),
])
export type AnswerRow = Readonly<Static<typeof AnswerRow>>

export const RepeatRow = Type.Object({
  request: Hex64,
  /** Of chance: tells one use of the key from another one after the first is forgotten. */
  change: Hex32,
  /** How many steps were about to be made, all but the last without effect; 0: none. */
  steps: Count,
  step: Type.Optional(StepRow),
  answer: Type.Optional(AnswerRow),
})
export type RepeatRow = Readonly<Static<typeof RepeatRow>>
export const readRepeatRow = rowReader(RepeatRow)

/** Nobody went on with it since one came so far: `steps` of its steps were noted. */
export function isStill(
  row: RepeatRow | undefined,
  { change, steps }: Pick<RepeatRow, 'change' | 'steps'>,
): boolean {
  if (row === undefined) return steps === 0
  return row.change === change && row.steps === steps && row.answer === undefined
}

/** By logged time. */
export const DayRow = Type.Object({ day: Count, keys: Count })
export const readDayRow = rowReader(DayRow)
