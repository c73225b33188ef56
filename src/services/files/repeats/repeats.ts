/**
 * Changes of the tree under an `Idempotency-Key` (`types.ts`). Before the step that decides it is
 * noted which partition it is for; the step bears a key of its own, under which its partition
 * answers it once. Whoever finds a step without an answer calls `voidStep` under that key: it comes
 * to know what came of the step, or the step never comes.
 */
import { AnilloError, ERRORS, isAnilloError, parseErrorCode } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { partitionIdOf } from '../../../wire/partition.ts'
import type { ToldEntry } from '../tree/folder-work.ts'
import { entryOf, isNew } from '../tree/told.ts'
import type { TreeStore } from '../tree/tree-store.ts'
import type { Once, Step, StepKey, Written } from '../types.ts'
import { ANSWER_BYTES_MAX, LOOK_MS, PATIENCE_MS, ROUNDS_MAX } from './limits.ts'
import { keepAnswer, noteStep, voidStep, type Noted } from './procedures.ts'
import {
  isStill,
  partitionOfRepeats,
  readRepeatRow,
  repeatKey,
  type AnswerRow,
  type RepeatRow,
  type StepRow,
} from './rows.ts'
import type { RepeatAsk, RepeatedWork, Repeats, ToldAnswer } from './types.ts'

/** What steps answer. */
type StepAnswer = { readonly kind: string; readonly entry?: ToldEntry } | null

interface Settled {
  readonly entry: Written | undefined
}

export class RingRepeats implements Repeats {
  readonly #rows: TreeStore
  /** Under way at this member. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(rows: TreeStore) {
    this.#rows = rows
  }

  async run(ask: RepeatAsk, work: RepeatedWork): Promise<ToldAnswer> {
    const { key } = ask.retry
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      for (let other; (other = this.#running.get(key)) !== undefined;) {
        await other.catch(() => undefined)
      }
      const running = this.#round(ask, work)
      this.#running.set(key, running)
      try {
        const told = await running
        if (told !== 'overtaken') return told
      } finally {
        this.#running.delete(key)
      }
    }
    throw underWay()
  }

  async #round(ask: RepeatAsk, work: RepeatedWork): Promise<ToldAnswer | 'overtaken'> {
    const row = await this.#restingRow(ask)
    if (row !== undefined && row.request !== ask.retry.request) {
      throw new AnilloError('RETRY_MISMATCH')
    }
    if (row?.answer !== undefined) return answerFrom(ask, row.answer)
    const settled = row?.step === undefined ? undefined : await this.#settle(row, row.step)
    const steps = new Steps(this.#rows, ask, row)
    try {
      const told = await (settled === undefined
        ? work.carryOut(steps)
        : work.recalled(settled.entry))
      return await this.#keep(ask, steps, told)
    } catch (thrown) {
      if (steps.isOvertaken || (await this.#isOfAnother(ask, steps, thrown))) return 'overtaken'
      throw thrown
    }
  }

  /** One that has begun is let go on, as long as it does. */
  async #restingRow(ask: RepeatAsk): Promise<RepeatRow | undefined> {
    let seen = await this.#row(ask)
    let waitedMs = 0
    while (seen?.step !== undefined && seen.answer === undefined && waitedMs < PATIENCE_MS) {
      await this.#rows.pause(LOOK_MS, ask.signal)
      const now = await this.#row(ask)
      waitedMs = now?.steps === seen.steps ? waitedMs + LOOK_MS : 0
      seen = now
    }
    return seen
  }

  async #row({ nick, retry }: RepeatAsk): Promise<RepeatRow | undefined> {
    const record = await this.#rows.store.get(repeatKey(nick, retry.key))
    return record === undefined ? undefined : readRepeatRow(record)
  }

  /** `undefined`: its last step changed nothing, and never will. */
  async #settle(row: RepeatRow, { partition, told }: StepRow): Promise<Settled | undefined> {
    const options = { retry: stepKey(row.change, row.steps, row.request) }
    const at = partitionIdOf(partition)
    let came: StepAnswer
    try {
      came = await this.#rows.store.call(at, voidStep, {}, options)
    } catch (thrown) {
      if (isRefusal(thrown)) return undefined
      throw thrown
    }
    if (came !== null && !came.kind.startsWith('done')) return undefined
    const entry = came?.entry
    if (entry === undefined || told === undefined) return { entry: undefined }
    const self = entry.file === undefined ? await this.#rows.folder(entry.id) : undefined
    return { entry: { ...entryOf(entry, { ...told, self }), isNew: isNew(entry) } }
  }

  async #keep(ask: RepeatAsk, steps: Steps, told: ToldAnswer): Promise<ToldAnswer | 'overtaken'> {
    const body = told.body === undefined ? undefined : JSON.stringify(told.body)
    if (body !== undefined && Buffer.byteLength(body) > ANSWER_BYTES_MAX) return told
    const arrived = await ask.arrived?.()
    const { headers, status } = told
    const kept = await this.#keepAnswer(ask, steps, {
      kind: 'told',
      status,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      ...(arrived === undefined ? {} : { arrived }),
    })
    // What has no step may be done by two; they tell one answer.
    return steps.steps === 0 && kept === 'overtaken' ? kept : told
  }

  /** Refused because another member carried it out meanwhile. Else the refusal is kept. */
  async #isOfAnother(ask: RepeatAsk, steps: Steps, thrown: unknown): Promise<boolean> {
    if (!isRefusal(thrown)) return false
    if (!isKept(ask, thrown)) return !isStill(await this.#row(ask), steps)
    const { code, details } = thrown
    return (await this.#keepAnswer(ask, steps, { kind: 'refused', code, details })) === 'overtaken'
  }

  /** Where that fails, the step tells whoever asks again. */
  async #keepAnswer(
    { nick = '', retry }: RepeatAsk,
    { change, steps }: Steps,
    answer: AnswerRow,
  ): Promise<Noted['kind'] | 'failed'> {
    const input = { nick, ...retry, change, steps, answer }
    try {
      return (await this.#rows.store.call(partitionOfRepeats(nick), keepAnswer, input)).kind
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return 'failed'
    }
  }
}

/** The steps of one change, each noted before it is made. */
class Steps implements Once {
  readonly change: string
  /** Noted so far. */
  steps: number
  isOvertaken = false
  readonly #rows: TreeStore
  readonly #ask: RepeatAsk

  constructor(rows: TreeStore, ask: RepeatAsk, row: RepeatRow | undefined) {
    this.#rows = rows
    this.#ask = ask
    this.steps = row?.steps ?? 0
    this.change = row?.change ?? rows.newId()
  }

  async about(step: Step): Promise<StepKey> {
    const { nick = '', retry } = this.#ask
    const input = { nick, ...retry, change: this.change, steps: this.steps, step }
    const { kind } = await this.#rows.store.call(partitionOfRepeats(nick), noteStep, input)
    if (kind === 'overtaken') {
      this.isOvertaken = true
      throw underWay()
    }
    this.steps++
    return stepKey(this.change, this.steps, retry.request)
  }
}

function stepKey(change: string, number: number, request: string): StepKey {
  return { key: sha256Hex(`${change}\0${number}`), request }
}

async function answerFrom(ask: RepeatAsk, answer: AnswerRow): Promise<ToldAnswer> {
  if (answer.kind === 'refused') {
    throw new AnilloError(parseErrorCode(answer.code) ?? 'INTERNAL', answer.details)
  }
  const { arrived, body, headers, status } = answer
  if (arrived !== undefined && arrived !== (await ask.arrived?.())) {
    throw new AnilloError('RETRY_MISMATCH')
  }
  return {
    status,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body: JSON.parse(body) as unknown }),
  }
}

/** By whoever was asked, not on the way there. */
function isRefusal(thrown: unknown): thrown is AnilloError {
  if (!isAnilloError(thrown) || thrown.code === 'RPC_CANCELLED') return false
  return ERRORS[thrown.code].retry === 'never'
}

/** Without its bytes nobody knows which request it was; for want of room it may be tried again. */
function isKept({ arrived }: RepeatAsk, thrown: unknown): thrown is AnilloError {
  return arrived === undefined && isRefusal(thrown) && ERRORS[thrown.code].httpStatus < 500
}

function underWay(): AnilloError {
  return new AnilloError('BUSY', { what: 'the same request' })
}
