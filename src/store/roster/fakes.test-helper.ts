/** A partition in memory, for procedures of the ring's table and for those who follow it. */
import { present } from '../../base/assert.ts'
import { AnilloError, type ErrorCode, type ErrorDetails } from '../../base/errors.ts'
import { RING_PARTITION } from '../../wire/partition.ts'
import type { Replica } from '../group/types.ts'
import type {
  PartitionWork,
  Procedure,
  RangeOptions,
  RecordKey,
  StoredRecord,
} from '../partition/procedure.ts'
import { packTransact, readTransactOutcome } from '../partition/transact-codec.ts'
import { transact } from '../partition/transact.ts'
import type { Store } from '../types.ts'

export const FIRST_TIME_MS = Date.UTC(2026, 10, 21)

interface Row extends StoredRecord {
  readonly pk: string
}

export class FakePartition {
  readonly rows = new Map<string, Row>()
  index = 0
  generation = 0
  timeMs = FIRST_TIME_MS
  readonly #watchers = new Set<{ readonly pk: string; readonly changed: () => void }>()

  /** As one entry of the log: a refusal changes nothing, and is thrown. */
  run<Q, A>(procedure: Procedure<Q, A>, input: unknown): A {
    const read = procedure.readInput(input)
    if (read === undefined) throw new AnilloError('BAD_REQUEST', { problem: procedure.name })
    this.index += 1
    const before = new Map(this.rows)
    const changed = new Set<string>()
    try {
      const answer = procedure.run(this.#work(changed), read)
      for (const watcher of this.#watchers) if (changed.has(watcher.pk)) watcher.changed()
      return answer
    } catch (thrown) {
      this.rows.clear()
      for (const [key, row] of before) this.rows.set(key, row)
      throw thrown
    }
  }

  replica(): Replica {
    const indexOf = (): number => this.index
    return {
      get appliedIndex() {
        return indexOf()
      },
      generation: 1,
      featureLevel: 1,
      destinations: () => [],
      changedSince: () => undefined,
      get: (key) => this.rows.get(keyOf(key)),
      list: (range) => ({ items: this.#list(range), hasMore: false }),
      watch: ({ pk }, changed) => {
        const watcher = { pk, changed: () => changed({ kind: 'resync', index: this.index }) }
        this.#watchers.add(watcher)
        return { stop: () => void this.#watchers.delete(watcher) }
      },
    }
  }

  #list({ pk, limit }: RangeOptions): readonly StoredRecord[] {
    return [...this.rows.values()]
      .filter((row) => row.pk === pk && (row.expiresAtMs ?? Infinity) > this.timeMs)
      .toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
      .slice(0, limit)
  }

  #work(changed: Set<string>): PartitionWork {
    return {
      partition: RING_PARTITION,
      index: this.index,
      generation: this.generation,
      timeMs: this.timeMs,
      featureLevel: 1,
      get: (key) => this.rows.get(keyOf(key)),
      has: (key) => this.rows.has(keyOf(key)),
      list: (range) => this.#list(range),
      put: (key, value, expiresAtMs) => {
        changed.add(key.pk)
        const etag = { generation: this.generation, index: this.index }
        this.rows.set(keyOf(key), { sk: key.sk, pk: key.pk, value, etag, expiresAtMs })
      },
      delete: (key) => {
        changed.add(key.pk)
        this.rows.delete(keyOf(key))
      },
      send: () => undefined,
      refuse: (code: ErrorCode, details?: ErrorDetails): never => {
        throw new AnilloError(code, details)
      },
    }
  }
}

/** The ring's store, as far as it keeps the list of members, and records of one table. */
export function storeOn(
  partition: FakePartition,
): Pick<Store, 'call' | 'get' | 'list' | 'transact'> {
  return {
    call: async (_partition, procedure, input) => partition.run(procedure, structuredClone(input)),
    get: async (key) => partition.replica().get(key),
    list: async (range) => {
      const { items } = partition.replica().list(range)
      return { items, index: partition.index, cursor: undefined }
    },
    transact: async (request) =>
      present(readTransactOutcome(partition.run(transact, packTransact(request))), 'an outcome'),
  }
}

function keyOf({ pk, sk }: RecordKey): string {
  return `${pk}\0${sk}`
}
