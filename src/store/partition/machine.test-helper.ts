/** A partition over a state in memory, driven entry by entry, for tests. */
import { present } from '../../base/assert.ts'
import { compareBytes } from '../../base/bytes.ts'
import type { DatabaseEntry, DatabaseWrite, ScanOptions } from '../../effects/database.ts'
import { decodeAnswer, encodeCommand } from '../../wire/command-codec.ts'
import type { Answer, Command } from '../../wire/command.ts'
import { partitionOf } from '../../wire/partition.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { LOCK_PROCEDURES } from '../locks/lock-procedures.ts'
import type { StateReader } from '../state/types.ts'
import type { TransactOutcome, TransactRequest } from '../types.ts'
import { Partition } from './partition.ts'
import { ProcedureTable } from './procedures.ts'
import type { AnyProcedure } from './procedures.ts'
import { packTransact, readTransactOutcome } from './transact-codec.ts'
import { transact } from './transact.ts'
import type { Applied } from './types.ts'

/** Rows in order of their keys; a change rebuilds nothing but the list of keys. */
export class MemoryState implements StateReader {
  readonly #rows = new Map<string, DatabaseEntry>()
  #sorted: readonly DatabaseEntry[] | undefined

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#rows.get(nameOf(key))?.value
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    const { from, to, reverse = false, limit = Infinity, bytesMax = Infinity } = options
    this.#sorted ??= [...this.#rows.values()].toSorted((a, b) => compareBytes(a.key, b.key))
    const all = this.#sorted
    const first = from === undefined ? 0 : firstNotBelow(all, from)
    const end = to === undefined ? all.length : firstNotBelow(all, to)
    const found: DatabaseEntry[] = []
    let bytes = 0
    for (let i = 0; i < end - first && found.length < limit && bytes < bytesMax; i++) {
      const entry = present(all[reverse ? end - 1 - i : first + i], 'row')
      found.push(entry)
      bytes += entry.key.length + entry.value.length
    }
    return found
  }

  commit(writes: readonly DatabaseWrite[]): void {
    this.#sorted = undefined
    for (const write of writes) {
      if (write.kind === 'put') this.#rows.set(nameOf(write.key), write)
      else if (write.kind === 'delete') this.#rows.delete(nameOf(write.key))
      else this.#deleteRange(write.from, write.to)
    }
  }

  #deleteRange(from: Uint8Array, to: Uint8Array): void {
    for (const { key } of this.scan({ from, to })) this.#rows.delete(nameOf(key))
    this.#sorted = undefined
  }

  copy(): MemoryState {
    const copied = new MemoryState()
    copied.commit(this.scan({}).map(({ key, value }) => ({ kind: 'put', key, value })))
    return copied
  }

  /** Equal texts: equal states. */
  dump(): string {
    return this.scan({})
      .map(({ key, value }) => `${hex(key)}=${hex(value)}`)
      .join('\n')
  }
}

function firstNotBelow(entries: readonly DatabaseEntry[], key: Uint8Array): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(present(entries[middle], 'row').key, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function nameOf(key: Uint8Array): string {
  return String.fromCharCode(...key)
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Where the records of `putOf` lie. */
export const HOME = partitionOf('t', 'p')

export interface MachineOptions {
  readonly partition?: PartitionId
  readonly state?: MemoryState
  readonly procedures?: readonly AnyProcedure[]
  readonly onBackup?: (backup: number) => void
}

/** One replica: it applies, commits and announces, as a host does. */
export class Machine {
  readonly state: MemoryState
  readonly #options: MachineOptions
  partition: Partition
  timeMs: number
  /** Of the last entry. */
  applied: Applied | undefined
  #session = 0
  #sequence = 0

  constructor(options: MachineOptions = {}) {
    this.#options = options
    this.state = options.state ?? new MemoryState()
    this.partition = this.#built()
    this.timeMs = this.partition.timeMs
  }

  #built(): Partition {
    const { partition = HOME, procedures = [], onBackup } = this.#options
    return new Partition({
      id: partition,
      state: this.state,
      procedures: new ProcedureTable({
        procedures: [transact, ...LOCK_PROCEDURES, ...procedures],
        levels: { from: 1, to: Number.MAX_SAFE_INTEGER },
      }),
      ...(onBackup === undefined ? {} : { onBackup }),
    })
  }

  /** As after a restart, or at another member that got a copy of the state. */
  rebuild(): void {
    this.partition = this.#built()
  }

  /** `call` opens another one. */
  forgetSession(): void {
    this.#session = 0
  }

  applyBytes(data: Uint8Array): Answer {
    const index = this.partition.appliedIndex + 1
    const entry = { index, term: 1, timeMs: this.timeMs, kind: 'command', data } as const
    this.applied = this.partition.apply(entry)
    this.state.commit(this.applied.writes)
    this.partition.announce(this.applied)
    return present(decodeAnswer(present(this.applied.answer, 'answer')), 'answer')
  }

  apply(command: Command): Answer {
    return this.applyBytes(encodeCommand(command))
  }

  openSession(owner = 'tester'): number {
    return Number(valueOf(this.apply({ kind: 'openSession', owner })))
  }

  /** A fresh call in a session of the machine's own. */
  call(procedure: string, input: unknown): Answer {
    if (this.#session === 0) this.#session = this.openSession()
    this.#sequence++
    const request = { session: this.#session, sequence: this.#sequence, floor: this.#sequence }
    return this.apply({ kind: 'call', request, procedure, input })
  }

  transact(request: TransactRequest): TransactOutcome {
    const value = valueOf(this.call('transact', packTransact(request)))
    return present(readTransactOutcome(value), 'outcome')
  }

  /** The text that stands there. */
  text(pk: string, sk: string): string | undefined {
    const record = this.partition.get({ table: 't', pk, sk })
    return record === undefined ? undefined : new TextDecoder().decode(record.value)
  }
}

export function valueOf(answer: Answer): unknown {
  if (answer.kind !== 'done') throw new Error(`refused: ${answer.code}`)
  return answer.value
}

export function putOf(sk: string, text: string, expiresInMs?: number): TransactRequest {
  const value = new TextEncoder().encode(text)
  const write = expiresInMs === undefined ? { sk, value } : { sk, value, expiresInMs }
  return { table: 't', pk: 'p', conditions: [], writes: [{ kind: 'put', ...write }] }
}
