/** What one entry of the log does to a partition. */
import { AssertionError, assert, unreachable } from '../../base/assert.ts'
import type { ErrorCode, ErrorDetails } from '../../base/errors.ts'
import { decodeCommand, listOfDeliverAnswer, packAnswer } from '../../wire/command-codec.ts'
import type { Answer, Command, OutboxMessage } from '../../wire/command.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogEntry } from '../../wire/raft.ts'
import type { StateReader } from '../state/types.ts'
import type { ExpiryIndex } from './expiry.ts'
import { markOf, noteRefused, setMark, turnOf } from './inbox.ts'
import { META_KEY, readRecordKey, retryKey, SPACE } from './keys.ts'
import { Layer } from './layer.ts'
import { metaRow } from './meta.ts'
import type { Meta } from './meta.ts'
import type { Outbox } from './outbox.ts'
import type { AnyProcedure, ProcedureTable } from './procedures.ts'
import { findRetry, keepRetry, RETRIES_MAX } from './retries.ts'
import { ANSWER_BYTES_MAX } from './sessions.ts'
import type { Sessions } from './sessions.ts'
import type { Applied, RecordChange, RefusedMessage } from './types.ts'
import { Refusal, Work } from './work.ts'

/** An `expire` that finds more is followed by another: an entry does not hold up the loop. */
export const EXPIRE_ROWS_MAX = 256

/** Every other command takes some along, so that expiry keeps up with writes. */
export const EXPIRE_ALONG_ROWS_MAX = 2

/** What a partition has in memory: copies of rows of the state. */
export interface Parts {
  readonly id: PartitionId
  readonly state: StateReader
  readonly procedures: ProcedureTable
  readonly onBackup: (backup: number) => void
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly expiry: ExpiryIndex
}

const NOWHERE: readonly PartitionId[] = []

type Changing<T> = { -readonly [K in keyof T]: T[K] }

/** Who asked for a run: only to a caller can one say that it is to come again. */
type Asker = 'call' | 'message'

interface Run {
  readonly procedure: string
  readonly input: unknown
  readonly asker: Asker
}

/** An answer, packed; `code` of a refusal. */
interface RunAnswer {
  readonly packed: Uint8Array
  readonly code: ErrorCode | undefined
}

export class Entry {
  readonly meta: Changing<Meta>
  readonly #parts: Parts
  readonly #layer: Layer
  readonly #changes: RecordChange[] = []
  #sent: Set<PartitionId> | undefined
  readonly #refused: RefusedMessage[] = []

  constructor(parts: Parts, before: Meta, entry: LogEntry) {
    assert(entry.index === before.index + 1, `entry ${entry.index} after ${before.index}`)
    const timeMs = Math.max(before.timeMs, entry.timeMs)
    this.meta = { ...before, index: entry.index, timeMs }
    this.#parts = parts
    this.#layer = new Layer(parts.state)
  }

  run(entry: LogEntry): Applied {
    const answer = entry.kind === 'command' ? this.#command(entry.data) : undefined
    this.#layer.put(META_KEY, metaRow(this.meta))
    return {
      index: entry.index,
      writes: this.#layer.writes(),
      answer,
      changes: this.#changes,
      sent: this.#sent === undefined ? NOWHERE : [...this.#sent],
      refused: this.#refused,
    }
  }

  #command(data: Uint8Array): Uint8Array {
    const command = decodeCommand(data)
    if (command === undefined) return refused('BAD_REQUEST', { problem: 'no such command' })
    this.#learnBackup(backupIn(command))
    this.#expire(command.kind === 'expire' ? EXPIRE_ROWS_MAX : EXPIRE_ALONG_ROWS_MAX)
    switch (command.kind) {
      case 'openSession':
        return done(this.#parts.sessions.open(this.#layer, command.owner, this.meta.index))
      case 'call':
        return this.#call(command)
      case 'deliver':
        return this.#deliver(command.source, command.messages)
      case 'delivered':
        this.#parts.outbox.taken(this.#layer, command.destination, command.through)
        return done(null)
      case 'feature':
        return this.#switch(command.level)
      case 'expire':
      case 'backup':
        return done(null)
      default:
        return unreachable(command)
    }
  }

  /** An older build must not go on: it would apply later entries otherwise than the others do. */
  #switch(level: number): Uint8Array {
    const { id, procedures } = this.#parts
    this.meta.featureLevel = Math.max(this.meta.featureLevel, level)
    procedures.checkLevel(this.meta.featureLevel, `partition ${id}`)
    return done(this.meta.featureLevel)
  }

  /** The state as it stands belongs to that backup: nothing of this entry is in it. */
  #learnBackup(backup: number): void {
    if (backup <= this.meta.backup) return
    this.#parts.onBackup(backup)
    this.meta.backup = backup
  }

  #expire(rowsMax: number): void {
    const due = this.#parts.expiry.due(this.meta.timeMs, rowsMax)
    if (due.length === 0) return
    const work = this.#work(() => true)
    for (const { atMs, row } of due) {
      if (row[0] === SPACE.record) {
        work.expire(readRecordKey(row))
      } else {
        this.#layer.delete(row)
        this.#parts.expiry.remove(this.#layer, atMs, row)
        this.meta.retries--
      }
    }
    this.#takeOver(work)
  }

  #call(command: Extract<Command, { kind: 'call' }>): Uint8Array {
    const recalled = this.#parts.sessions.recall(command.request)
    if (recalled.kind === 'unknown') return refused('SESSION_UNKNOWN')
    if (recalled.kind === 'answered') return recalled.answer
    const answer = this.#callOnce(command)
    const at = { ...command.request, index: this.meta.index }
    this.#parts.sessions.remember(this.#layer, at, answer)
    return answer
  }

  #callOnce(command: Extract<Command, { kind: 'call' }>): Uint8Array {
    const { retry, procedure, input } = command
    const run: Run = { procedure, input, asker: 'call' }
    if (retry === undefined) return this.#run(run).packed
    const key = retryKey(retry.key)
    const kept = findRetry(this.#layer, key)
    const isKept = kept !== undefined && kept.expiresAtMs > this.meta.timeMs
    if (isKept) return kept.request === retry.request ? kept.answer : refused('RETRY_MISMATCH')
    if (kept === undefined && this.meta.retries >= RETRIES_MAX) {
      return refused('BUSY', { what: 'requests with an Idempotency-Key' })
    }
    const { packed, code } = this.#run(run)
    // “Try again” is no outcome that should stay.
    if (code === 'BUSY' || code === 'SLOW_DOWN') return packed
    const keeping = { layer: this.#layer, expiry: this.#parts.expiry, timeMs: this.meta.timeMs }
    keepRetry(keeping, { key, request: retry.request, answer: packed, older: kept })
    if (kept === undefined) this.meta.retries++
    return packed
  }

  /** In order; what is not next is passed over. The mark tells the source how far it came. */
  #deliver(source: PartitionId, messages: readonly OutboxMessage[]): Uint8Array {
    const before = markOf(this.#layer, source)
    let mark = before
    for (const message of messages) {
      if (turnOf(message, mark, this.meta.generation) !== 'next') continue
      mark = { generation: message.generation, number: message.number }
      const { procedure, input } = message
      const { code } = this.#run({ procedure, input, asker: 'message' })
      if (code !== undefined) this.#noteRefused(source, message, code)
    }
    if (mark !== before) setMark(this.#layer, source, mark)
    return done(listOfDeliverAnswer({ mark, backup: this.meta.backup }))
  }

  /** Its effect is none for ever: it must not stop those behind it, nor vanish without a word. */
  #noteRefused(source: PartitionId, message: OutboxMessage, code: ErrorCode): void {
    const { generation, number, procedure } = message
    const { index, timeMs } = this.meta
    const one = { source, generation, number, procedure, code, index, timeMs }
    noteRefused(this.#layer, one, this.meta.refused)
    this.meta.refused++
    this.#refused.push(one)
  }

  /** All of what the procedure did, or nothing of it. */
  #run(run: Run): RunAnswer {
    const procedure = this.#parts.procedures.find(run.procedure, this.meta.featureLevel)
    if (procedure === undefined) return refusal('BAD_REQUEST', { problem: 'no such procedure' })
    const { procedures } = this.#parts
    const mayWrite = (table: string): boolean => procedures.mayWrite(run.procedure, table)
    const work = this.#work(mayWrite)
    this.#layer.attempt()
    const answer = this.#attempt(run, procedure, work)
    if (answer.code !== undefined) {
      this.#layer.undo()
      return answer
    }
    this.#layer.keep()
    this.#takeOver(work)
    return answer
  }

  #attempt(run: Run, procedure: AnyProcedure, work: Work): RunAnswer {
    try {
      const input: unknown = procedure.readInput(run.input)
      if (input === undefined) return refusal('BAD_REQUEST', { problem: 'no such input' })
      const packed = done(procedure.run(work, input))
      if (packed.length > ANSWER_BYTES_MAX) {
        return refusal('TOO_LARGE', { what: 'the answer', limit: `${ANSWER_BYTES_MAX} bytes` })
      }
      if (run.asker === 'call' && work.messages.some(({ to }) => this.#parts.outbox.isFull(to))) {
        return refusal('BUSY', { what: 'messages to another partition' })
      }
      return { packed, code: undefined }
    } catch (thrown) {
      return refusalOf(thrown)
    }
  }

  #work(mayWrite: (table: string) => boolean): Work {
    const { id: partition, expiry } = this.#parts
    return new Work({ partition, at: this.meta, layer: this.#layer, expiry, mayWrite })
  }

  #takeOver(work: Work): void {
    this.meta.records += work.recordsMore
    this.meta.recordBytes += work.recordBytesMore
    for (const change of work.changes) this.#changes.push(change)
    for (const message of work.messages) {
      this.#parts.outbox.send(this.#layer, message)
      this.#sent ??= new Set()
      this.#sent.add(message.to)
    }
  }
}

function backupIn(command: Command): number {
  switch (command.kind) {
    case 'backup':
      return command.number
    case 'delivered':
      return command.backup
    case 'deliver':
      return command.messages.reduce((newest, { backup }) => Math.max(newest, backup), 0)
    case 'openSession':
    case 'call':
    case 'expire':
    case 'feature':
      return 0
    default:
      return unreachable(command)
  }
}

/** A fault of a procedure is an answer; a broken assertion ends the process. */
function refusalOf(thrown: unknown): RunAnswer {
  if (thrown instanceof Refusal) return refusal(thrown.code, thrown.details)
  if (thrown instanceof AssertionError) throw thrown
  return refusal('INTERNAL', {})
}

function refusal(code: ErrorCode, details: ErrorDetails): RunAnswer {
  return { packed: refused(code, details), code }
}

function refused(code: ErrorCode, details: ErrorDetails = {}): Uint8Array {
  return packed({ kind: 'refused', code, details })
}

function done(value: unknown): Uint8Array {
  return packed({ kind: 'done', value })
}

/** The packer may use its buffer again. */
function packed(answer: Answer): Uint8Array {
  return new Uint8Array(packAnswer(answer))
}
