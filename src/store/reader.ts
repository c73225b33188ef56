/**
 * Linearizable reads: a replica here answers once a leader has confirmed it; without one, or where
 * nobody confirms, a member that holds the group is asked. What arrives within one turn shares a
 * confirmation (`GroupHost.confirmRead`), and what is asked of one member a question
 * (range-batches.ts).
 */
import { AnilloError, isAnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Effects } from '../effects/effects.ts'
import { partitionOf, type PartitionId } from '../wire/partition.ts'
import {
  getRecord,
  listRecords,
  readRanges,
  type GetAnswer,
  type ListAnswer,
  type RangeAnswer as WireAnswer,
} from '../wire/reads.ts'
import { LIST_BYTES_MAX } from '../wire/record-limits.ts'
import { rangeAfter, readCursor, writeCursor } from './cursor.ts'
import type { Replica } from './group/types.ts'
import { checkKey, checkRange } from './names.ts'
import type { RangeOptions, RecordKey, StoredRecord } from './partition/procedure.ts'
import type { AskOptions, Peers } from './peers.ts'
import { rangeAnswerOf } from './range-answers.ts'
import { answerAll, questionOf, RangeBatches, toldOf } from './range-batches.ts'
import { Allowance } from './routing/allowance.ts'
import { neededFor, type NeededParts } from './routing/needed.ts'
import type { Outages } from './routing/outages.ts'
import { pauseMs, TRY_TIMEOUT_MS } from './routing/retry.ts'
import type { Router } from './routing/router.ts'
import { recordOf, rowOf } from './rows.ts'
import type { StoreHost } from './store-host.ts'
import type { CallOptions, ListPage, RangeAnswer, RangeQuestion } from './types.ts'

export interface ReaderOptions extends NeededParts {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly host: StoreHost
  readonly peers: Peers
  readonly router: Router
  readonly outages: Outages
}

/** One wait for a confirmation: two rounds of beats and an election lie within. */
const CONFIRM_TIMEOUT_MS = SECOND_MS

/** A replica here that nobody confirms so often is perhaps cut off: others are asked. */
const REFUSALS_BEFORE_ELSEWHERE = 3

/** What a read makes of a replica, and how the same is asked of another member. */
interface Read<T> {
  readonly group: PartitionId
  readonly here: (replica: Replica) => T
  /** `undefined`: the asked member cannot serve it. */
  readonly there: (member: MemberId, options: AskOptions) => Promise<Told<T> | undefined>
}

interface Told<T> {
  readonly value: T
}

type Page =
  | {
      readonly kind: 'page'
      readonly items: readonly StoredRecord[]
      readonly hasMore: boolean
      readonly index: number
    }
  | { readonly kind: 'stale' }

export class Reader {
  readonly #options: ReaderOptions
  readonly #batches: RangeBatches

  constructor(options: ReaderOptions) {
    this.#options = options
    const { effects, peers } = options
    this.#batches = new RangeBatches(peers)
    peers.handle(readRanges, async ({ ranges }) => {
      const questions = ranges.map(questionOf)
      questions.forEach(checkRange)
      return { answers: await answerAll(effects.clock, questions, (one) => this.#answer(one)) }
    })
    peers.handle(getRecord, async (key): Promise<GetAnswer> => {
      checkKey(key)
      const replica = await this.#confirmed(partitionOf(key.table, key.pk), ASKED)
      if (typeof replica === 'string') return { kind: replica }
      const record = replica.get(key)
      return { kind: 'record', row: record === undefined ? null : rowOf(record) }
    })
    peers.handle(listRecords, async ({ range, sinceIndex }): Promise<ListAnswer> => {
      checkRange(range)
      const replica = await this.#confirmed(partitionOf(range.table, range.pk), ASKED)
      if (typeof replica === 'string') return { kind: replica }
      const page = pageOf(replica, range, sinceIndex ?? undefined)
      if (page.kind === 'stale') return page
      const { items, hasMore, index } = page
      return { kind: 'page', rows: items.map(rowOf), hasMore, index }
    })
  }

  /** @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE, RPC_CANCELLED */
  async get(key: RecordKey, options?: CallOptions): Promise<StoredRecord | undefined> {
    checkKey(key)
    const read: Read<StoredRecord | undefined> = {
      group: partitionOf(key.table, key.pk),
      here: (replica) => replica.get(key),
      there: async (member, asked) => {
        const { table, pk, sk } = key
        const answer = await this.#options.peers.ask(member, getRecord, { table, pk, sk }, asked)
        if (answer.kind !== 'record') return undefined
        return { value: answer.row === null ? undefined : recordOf(answer.row) }
      },
    }
    return this.#read(read, options)
  }

  /** @throws AnilloError CURSOR_STALE, BAD_REQUEST, STORE_UNAVAILABLE, RPC_CANCELLED */
  async list(
    { cursor: text, ...wanted }: RangeOptions & { readonly cursor?: string },
    options?: CallOptions,
  ): Promise<ListPage> {
    const cursor = text === undefined ? undefined : readCursor(text)
    const whole = { bytesMax: LIST_BYTES_MAX, ...wanted }
    const range = cursor === undefined ? whole : rangeAfter(whole, cursor)
    checkRange(range)
    const read: Read<Page> = {
      group: partitionOf(range.table, range.pk),
      here: (replica) => pageOf(replica, range, cursor?.index),
      there: async (member, asked) => {
        const question = { range, sinceIndex: cursor?.index ?? null }
        const answer = await this.#options.peers.ask(member, listRecords, question, asked)
        if (answer.kind === 'stale') return { value: answer }
        if (answer.kind !== 'page') return undefined
        const { rows, hasMore, index } = answer
        return { value: { kind: 'page', items: rows.map(recordOf), hasMore, index } }
      },
    }
    const page = await this.#read(read, options)
    if (page.kind === 'stale') throw new AnilloError('CURSOR_STALE')
    const { hasMore, index, items } = page
    const last = items.at(-1)
    const goesOn = hasMore && last !== undefined
    return { items, index, cursor: goesOn ? writeCursor({ index, after: last.sk }) : undefined }
  }

  /** @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE, RPC_CANCELLED */
  async read(question: RangeQuestion, options?: CallOptions): Promise<RangeAnswer> {
    checkRange(question)
    const read: Read<RangeAnswer> = {
      group: partitionOf(question.table, question.pk),
      here: (replica) => rangeAnswerOf(replica, question),
      there: (member, asked) => this.#batches.ask(member, question, asked),
    }
    return this.#read(read, options)
  }

  /** For another member. */
  async #answer(question: RangeQuestion): Promise<WireAnswer> {
    const replica = await this.#confirmed(partitionOf(question.table, question.pk), ASKED)
    if (typeof replica === 'string') return { kind: replica }
    return toldOf(question, rangeAnswerOf(replica, question))
  }

  /** A page's index says from where a watch goes on. */
  async indexOf(table: string, pk: string, signal: AbortSignal): Promise<number> {
    return (await this.list({ table, pk, limit: 1 }, { signal })).index
  }

  async #read<T>(read: Read<T>, options: CallOptions | undefined): Promise<T> {
    const { effects, host, outages, router } = this.#options
    const allowance = new Allowance(effects.clock, options)
    let refusals = 0
    for (let rounds = 1; !allowance.isOver; rounds++) {
      // A replica may leave while it is asked: then nothing is to be waited for here.
      let isHere = host.replica(read.group) !== undefined
      if (isHere) {
        const replica = await this.#confirmed(read.group, allowance)
        if (typeof replica === 'string') refusals++
        else {
          const told = readHere(read, replica)
          if (told !== undefined) {
            outages.served(read.group)
            return told.value
          }
          isHere = false
        }
      }
      if (!isHere || refusals % REFUSALS_BEFORE_ELSEWHERE === 0) {
        const told = await this.#elsewhere(read, allowance)
        if (told !== undefined) {
          outages.served(read.group)
          return told.value
        }
        if (outages.inVain(read.group, neededFor(read.group, this.#options))) break
        if (!allowance.isOver) await router.look()
      }
      await allowance.pause(pauseMs(rounds, effects.random))
    }
    allowance.throwIfCancelled('store.read')
    const { problem } = neededFor(read.group, this.#options)
    throw new AnilloError('STORE_UNAVAILABLE', { partition: read.group, problem })
  }

  /** A replica that may answer what was asked before this call. */
  async #confirmed(group: PartitionId, allowance: Waiting): Promise<Replica | NotServed> {
    const { host } = this.#options
    const outcome = await host.confirmRead(group, allowance.tryOf(CONFIRM_TIMEOUT_MS))
    if (outcome !== 'ready') return outcome
    return host.replica(group) ?? 'notHere'
  }

  async #elsewhere<T>(read: Read<T>, allowance: Allowance): Promise<Told<T> | undefined> {
    for (const member of this.#options.router.readable(read.group)) {
      if (allowance.isOver) return undefined
      try {
        const told = await read.there(member, allowance.tryOf(TRY_TIMEOUT_MS))
        if (told !== undefined) return told
      } catch (thrown) {
        // The next one may answer; what is wrong with a member others tell.
        if (!isAnilloError(thrown)) throw thrown
      }
    }
    return undefined
  }
}

type NotServed = 'notHere' | 'refused'
type Waiting = Pick<Allowance, 'tryOf'>

/** For another member, which asks the next one when it has waited long enough. */
const ASKED: Waiting = { tryOf: (timeoutMs) => ({ timeoutMs }) }

/** `undefined`: what is rotten here, and given up with this member, is whole elsewhere. */
function readHere<T>(read: Read<T>, replica: Replica): Told<T> | undefined {
  try {
    return { value: read.here(replica) }
  } catch (thrown) {
    if (!isAnilloError(thrown, 'DATA_DAMAGED')) throw thrown
    return undefined
  }
}

function pageOf(replica: Replica, range: RangeOptions, sinceIndex: number | undefined): Page {
  if (sinceIndex !== undefined && hasChanged(replica, range, sinceIndex)) return { kind: 'stale' }
  const { items, hasMore } = replica.list(range)
  return { kind: 'page', items, hasMore, index: replica.appliedIndex }
}

/** Whether anything of the pk changed after the index, or nobody can say. */
function hasChanged(replica: Replica, range: RangeOptions, index: number): boolean {
  return replica.changedSince(range, index)?.length !== 0
}
