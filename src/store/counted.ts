/** A store that counts what became of each question, for `/metrics`. */
import { isAnilloError } from '../base/errors.ts'
import type { RecordStore } from './store.ts'
import type { TransactOutcome } from './types.ts'

/**
 * How often each outcome came, since the start: of reads `found` or `absent`, of writes `done` or
 * `conflict`, of both the codes of errors.
 */
export interface StoreCounts {
  readonly reads: ReadonlyMap<string, number>
  readonly writes: ReadonlyMap<string, number>
}

export interface CountedStore {
  readonly store: RecordStore
  readonly counts: StoreCounts
}

/** Watches are not counted: they are questions without an end. */
export function countedStore(store: RecordStore): CountedStore {
  const reads = new Map<string, number>()
  const writes = new Map<string, number>()
  return {
    counts: { reads, writes },
    store: {
      watch: (what, signal) => store.watch(what, signal),
      get: (key, options) =>
        counted(reads, store.get(key, options), (record) =>
          record === undefined ? 'absent' : 'found',
        ),
      list: (range, options) => counted(reads, store.list(range, options), () => 'found'),
      read: (question, options) => counted(reads, store.read(question, options), () => 'found'),
      transact: (request, options) =>
        counted(writes, store.transact(request, options), ({ kind }: TransactOutcome) => kind),
      call: (group, procedure, input, options) =>
        counted(writes, store.call(group, procedure, input, options), () => 'done'),
    },
  }
}

async function counted<T>(
  counts: Map<string, number>,
  asked: Promise<T>,
  outcomeOf: (value: T) => string,
): Promise<T> {
  try {
    const value = await asked
    increase(counts, outcomeOf(value))
    return value
  } catch (thrown) {
    increase(counts, isAnilloError(thrown) ? thrown.code : 'INTERNAL')
    throw thrown
  }
}

function increase(counts: Map<string, number>, outcome: string): void {
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
}
