/**
 * Who waits for changes of which (table, pk), and the latest changes, so that a watch can go on
 * where another ended. In memory alone: after a restart watches that are behind read again.
 */
import { assert } from '../../base/assert.ts'
import type { Change } from '../types.ts'
import type { StoredRecord } from './procedure.ts'
import type { Applied, RecordChange } from './types.ts'

/** Names only: some 100 KiB in each partition at most. */
export const HISTORY_CHANGES_MAX = 1_024

type Told = (change: Change) => void

interface Past {
  readonly home: string
  readonly pk: string
  readonly sk: string
  readonly index: number
}

export interface Watched {
  readonly table: string
  readonly pk: string
  readonly fromIndex: number
}

export class Watches {
  readonly #watchers = new Map<string, Set<Told>>()
  readonly #history: Past[] = []
  /** Changes up to here may be missing from the history. */
  #forgottenIndex: number

  constructor(appliedIndex: number) {
    this.#forgottenIndex = appliedIndex
  }

  announce({ index, changes }: Applied): void {
    for (const change of changes) {
      const home = homeOf(change)
      this.#history.push({ home, pk: change.pk, sk: change.sk, index })
      const watchers = this.#watchers.get(home)
      if (watchers === undefined) continue
      // A watcher that begins meanwhile knows this change from the history.
      const before = Array.from(watchers)
      for (const told of before) if (watchers.has(told)) told(changeOf(change, index))
    }
    if (this.#history.length > HISTORY_CHANGES_MAX) this.#cut()
  }

  /** To a half, so that it is done seldom; an entry is kept whole or not at all. */
  #cut(): void {
    const half = this.#history[this.#history.length >> 1]
    assert(half !== undefined, 'a long history has a middle')
    this.#forgottenIndex = half.index
    const kept = this.#history.findIndex((past) => past.index > half.index)
    this.#history.splice(0, kept === -1 ? this.#history.length : kept)
  }

  /** `current`: what stands at an `sk`. `undefined`: too much was missed. */
  watch(
    watched: Watched,
    current: (sk: string) => StoredRecord | undefined,
    tell: Told,
  ): { stop(): void } | undefined {
    if (watched.fromIndex < this.#forgottenIndex) return undefined
    // A replica that lags behind the one that was watched before applies what is known already.
    const told: Told = (change) => {
      if (change.kind === 'resync' || change.index > watched.fromIndex) tell(change)
    }
    const home = homeOf(watched)
    const missed = new Map<string, number>()
    for (const past of this.#history) {
      if (past.home !== home || past.index <= watched.fromIndex) continue
      missed.delete(past.sk)
      missed.set(past.sk, past.index)
    }
    const watchers = this.#watchers.get(home) ?? new Set<Told>()
    this.#watchers.set(home, watchers.add(told))
    for (const [sk, index] of missed) {
      told(changeOf({ table: watched.table, pk: watched.pk, sk, record: current(sk) }, index))
    }
    return {
      stop: () => {
        watchers.delete(told)
        if (watchers.size === 0 && this.#watchers.get(home) === watchers)
          this.#watchers.delete(home)
      },
    }
  }

  /** Nothing more will be told here. */
  close(index: number): void {
    const all = [...this.#watchers.values()].flatMap((watchers) => [...watchers])
    this.#watchers.clear()
    for (const told of all) told({ kind: 'resync', index })
  }
}

/** No name contains NUL. */
function homeOf({ table, pk }: Pick<RecordChange, 'table' | 'pk'>): string {
  return `${table}\0${pk}`
}

function changeOf({ pk, sk, record }: RecordChange, index: number): Change {
  return record === undefined
    ? { kind: 'delete', pk, sk, index }
    : { kind: 'put', pk, record, index }
}
