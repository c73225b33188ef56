/** What is known of a change under an `Idempotency-Key`, before it and after it. */
import { Type, type Static } from 'typebox'

import { DAY_MS } from '../../../base/limits.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { Nick } from '../tree/rows.ts'
import { ANSWER_KEPT_MS, BEGUN_KEPT_MS, KEYS_A_DAY_MAX } from './limits.ts'
import {
  AnswerRow,
  dayKey,
  isStill,
  readDayRow,
  readRepeatRow,
  repeatKey,
  REPEATS_TABLE,
  StepRow,
  type RepeatRow,
} from './rows.ts'

const tables = [REPEATS_TABLE]
const Named = { nick: Nick, key: Hex64, request: Hex64, change: Hex32 }

const StepInput = Type.Object({
  ...Named,
  /** Steps before it, none of which changed anything. */
  steps: Count,
  step: StepRow,
})

/** `overtaken`: another member went on with it meanwhile. */
export interface Noted {
  readonly kind: 'noted' | 'overtaken'
}

/** A step is about to be made: whoever finds it without an answer asks its partition. */
export const noteStep = defineProcedure({
  name: 'repeats.step',
  tables,
  readInput: reader(StepInput),
  freesRoom: () => true,
  run: (work, { change, key, nick, request, step, steps }: Static<typeof StepInput>): Noted => {
    const at = repeatKey(nick, key)
    const before = repeatIn(work, at)
    if (!isStill(before, { change, steps })) return { kind: 'overtaken' }
    if (before === undefined) countKey(work, at)
    const row: RepeatRow = { request, change, steps: steps + 1, step }
    work.put(at, rowBytes(row), work.timeMs + BEGUN_KEPT_MS)
    return { kind: 'noted' }
  },
})

const AnswerInput = Type.Object({ ...Named, steps: Count, answer: AnswerRow })

/** The first answer stays. */
export const keepAnswer = defineProcedure({
  name: 'repeats.answer',
  tables,
  readInput: reader(AnswerInput),
  freesRoom: () => true,
  run: (work, input: Static<typeof AnswerInput>): Noted => {
    const { answer, change, key, nick, request, steps } = input
    const at = repeatKey(nick, key)
    const before = repeatIn(work, at)
    if (!isStill(before, input)) return { kind: 'overtaken' }
    if (before === undefined) countKey(work, at)
    const row: RepeatRow = { request, change, steps, answer }
    work.put(at, rowBytes(row), work.timeMs + ANSWER_KEPT_MS)
    return { kind: 'noted' }
  },
})

/** What a step answers that came too late: it changed nothing. */
export interface Void {
  readonly kind: 'void'
}

export function isVoid(answer: unknown): answer is Void {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'void'
}

/**
 * Under the retry key of a step it comes in its place, unless the step came before: then what came
 * of that is the answer (docs/spec/partition.md, Calls).
 */
export const voidStep = defineProcedure({
  name: 'repeats.void',
  tables,
  readInput: reader(Type.Object({})),
  freesRoom: () => true,
  run: (): Void => ({ kind: 'void' }),
})

export const REPEAT_PROCEDURES = [noteStep, keepAnswer, voidStep]

function repeatIn(work: PartitionWork, key: RecordKey): RepeatRow | undefined {
  const record = work.get(key)
  return record === undefined ? undefined : readRepeatRow(record)
}

function countKey(work: PartitionWork, at: RecordKey): void {
  const day = Math.floor(work.timeMs / DAY_MS)
  const record = work.get(dayKey(at))
  const before = record === undefined ? undefined : readDayRow(record)
  const keys = before?.day === day ? before.keys + 1 : 1
  if (keys > KEYS_A_DAY_MAX) {
    work.refuse('BUSY', { what: 'requests with an Idempotency-Key' })
  }
  work.put(dayKey(at), rowBytes({ day, keys }), work.timeMs + 2 * DAY_MS)
}
