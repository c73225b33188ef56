/**
 * Ranges that are asked of other members: those that are asked of one within a turn are one
 * question. Each is answered by itself: where one partition has no leader the others are told
 * nevertheless.
 */
import { isAnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { Clock, Timer } from '../effects/clock.ts'
import {
  listRecords,
  RANGES_BYTES_MAX,
  RANGES_LATE_MS,
  RANGES_MAX,
  RANGES_RECORDS_MAX,
  readRanges,
  type RangeAnswer as WireAnswer,
} from '../wire/reads.ts'
import type { AskOptions, Peers } from './peers.ts'
import { recordOf, rowOf } from './rows.ts'
import type { Change, RangeAnswer, RangeQuestion } from './types.ts'

/** `undefined`: the asked member cannot answer. */
type Told = { readonly value: RangeAnswer } | undefined

interface Asked {
  readonly question: RangeQuestion
  readonly timeoutMs: number
  readonly resolve: (told: Told) => void
  readonly reject: (thrown: unknown) => void
}

export class RangeBatches {
  readonly #peers: Peers
  /** Of this turn. */
  #gathered = new Map<MemberId, Asked[]>()

  constructor(peers: Peers) {
    this.#peers = peers
  }

  ask(member: MemberId, question: RangeQuestion, options: AskOptions): Promise<Told> {
    const { signal, timeoutMs = readRanges.timeoutMs } = options
    const { promise, reject, resolve } = Promise.withResolvers<Told>()
    this.#gather(member, { question, timeoutMs, resolve, reject })
    if (signal === undefined) return promise
    const gone = (): void => resolve(undefined)
    if (signal.aborted) gone()
    signal.addEventListener('abort', gone)
    // It may be the signal of a caller that asks again and again.
    return promise.finally(() => signal.removeEventListener('abort', gone))
  }

  #gather(member: MemberId, asked: Asked): void {
    if (this.#gathered.size === 0) void Promise.resolve().then(() => this.#leave())
    const batch = this.#gathered.get(member)
    if (batch === undefined) this.#gathered.set(member, [asked])
    else batch.push(asked)
  }

  #leave(): void {
    const gathered = this.#gathered
    this.#gathered = new Map()
    for (const [member, all] of gathered) {
      for (let at = 0; at < all.length; at += RANGES_MAX) {
        void this.#send(member, all.slice(at, at + RANGES_MAX))
      }
    }
  }

  async #send(member: MemberId, batch: readonly Asked[]): Promise<void> {
    const timeoutMs = Math.max(...batch.map((asked) => asked.timeoutMs))
    const ranges = batch.map(({ question: { since, ...range } }): WireQuestion => {
      return [range, since === undefined ? null : [since.generation, since.index]]
    })
    try {
      const { answers } = await this.#peers.ask(member, readRanges, { ranges }, { timeoutMs })
      for (const [at, { question, resolve }] of batch.entries()) {
        const value = answerOf(question, answers[at])
        resolve(value && { value })
      }
    } catch (thrown) {
      if (isAnilloError(thrown, 'RPC_UNKNOWN_METHOD')) this.#sendSingly(member, batch)
      else for (const { reject } of batch) reject(thrown)
    }
  }

  /** To a member of a version before this method. */
  #sendSingly(member: MemberId, batch: readonly Asked[]): void {
    for (const { question, reject, resolve, timeoutMs } of batch) {
      const { since: _known, ...range } = question
      const asked = { range, sinceIndex: null }
      this.#peers.ask(member, listRecords, asked, { timeoutMs }).then((answer) => {
        if (answer.kind !== 'page') return resolve(undefined)
        const { hasMore, rows } = answer
        const items = rows.map(recordOf)
        return resolve({ value: { kind: 'page', items, hasMore, version: undefined } })
      }, reject)
    }
  }
}

type WireQuestion = Parameters<typeof questionOf>[0]

/** As it came. */
export function questionOf([range, since]: readonly [
  Omit<RangeQuestion, 'since'>,
  readonly [number, number] | null,
]): RangeQuestion {
  if (since === null) return range
  const [generation, index] = since
  return { ...range, since: { generation, index } }
}

/** As it leaves. */
export function toldOf({ since }: RangeQuestion, answer: RangeAnswer): WireAnswer {
  const { version } = answer
  if (answer.kind === 'page') {
    const { hasMore, items } = answer
    const told = version === undefined ? null : ([version.generation, version.index] as const)
    return { kind: 'page', rows: items.map(rowOf), hasMore, version: told && [...told] }
  }
  const { changes } = answer
  if (changes.length === 0) return answer.version.index - (since?.index ?? 0)
  const { generation, index } = answer.version
  return { kind: 'changes', changes: changes.map(changed), version: [generation, index] }
}

function changed(change: Change): [string, ReturnType<typeof rowOf> | null] {
  return change.kind === 'put' ? [change.record.sk, rowOf(change.record)] : [change.sk, null]
}

function answerOf(
  { since }: RangeQuestion,
  answer: WireAnswer | undefined,
): RangeAnswer | undefined {
  if (typeof answer === 'number') {
    // Who answers so was shown a version.
    if (since === undefined) return undefined
    const version = { generation: since.generation, index: since.index + answer }
    return { kind: 'changes', changes: [], version }
  }
  if (answer?.kind === 'page') {
    const { hasMore, rows, version } = answer
    const items = rows.map(recordOf)
    return { kind: 'page', items, hasMore, version: version === null ? undefined : of(version) }
  }
  if (answer?.kind !== 'changes' || since === undefined) return undefined
  const changes = answer.changes.map(([sk, row]): Change =>
    row === null ? { kind: 'delete', sk } : { kind: 'put', record: recordOf(row) },
  )
  return { kind: 'changes', changes, version: of(answer.version) }
}

function of([generation, index]: readonly [number, number]) {
  return { generation, index }
}

const REFUSED: WireAnswer = { kind: 'refused' }

/**
 * To all that were asked together, in their order. What comes late, or finds no room any more, is
 * refused: whoever asks goes on elsewhere, or asks for that alone.
 */
export async function answerAll(
  clock: Pick<Clock, 'after'>,
  questions: readonly RangeQuestion[],
  answer: (question: RangeQuestion) => Promise<WireAnswer>,
): Promise<WireAnswer[]> {
  const answers = questions.map(() => REFUSED)
  const room = { bytes: RANGES_BYTES_MAX, records: RANGES_RECORDS_MAX }
  const late = Promise.withResolvers<void>()
  let timer: Timer | undefined
  const each = questions.map(async (question, at) => {
    try {
      const told = await answer(question)
      timer ??= clock.after(RANGES_LATE_MS, late.resolve)
      if (room.bytes <= 0 || room.records <= 0) return
      takeRoom(room, told)
      answers[at] = told
    } catch (thrown) {
      // What is rotten here, or too much for this member, others may tell.
      if (!isAnilloError(thrown)) throw thrown
    }
  })
  try {
    await Promise.race([Promise.all(each), late.promise])
  } finally {
    timer?.cancel()
  }
  return [...answers]
}

function takeRoom(room: { bytes: number; records: number }, told: WireAnswer): void {
  if (typeof told === 'number') return
  const rows =
    told.kind === 'page'
      ? told.rows
      : told.kind === 'changes'
        ? told.changes.flatMap(([, row]) => (row === null ? [] : [row]))
        : []
  room.records -= rows.length
  for (const [sk, value] of rows) room.bytes -= sk.length + value.length
}
