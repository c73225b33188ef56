/**
 * Who waits for changes of which (table, pk), and the latest changes, so that a watch can go on
 * where another ended. In memory alone: after a restart watches that are behind read again.
 */
import { assert } from '../../base/assert.ts'
import type { Change, WatchEvent } from '../types.ts'
import type { StoredRecord } from './procedure.ts'
import type { Applied, RecordChange } from './types.ts'

/** Names only: some 100 KiB in each partition at most. */
export const HISTORY_CHANGES_MAX = 1_024
/** Of so many (table, pk) it is known when they changed last; some 100 KiB, too. */
export const HOMES_KNOWN_MAX = 1_024

const NOTHING: readonly string[] = []

type Tell = (event: WatchEvent) => void

interface Past {
  readonly home: string
  readonly sk: string
  readonly index: number
}

export interface Watched {
  readonly table: string
  readonly pk: string
  readonly fromIndex: number
}

export class Watches {
  readonly #watchers = new Map<string, Set<Tell>>()
  readonly #history: Past[] = []
  /** Changes up to here may be missing from the history. */
  #forgottenIndex: number
  /** The index of its last change, by (table, pk): those that changed longest ago first. */
  readonly #changedAt = new Map<string, number>()
  /** A (table, pk) that is not there did not change after this. */
  #othersChangedAt: number

  constructor(appliedIndex: number) {
    this.#forgottenIndex = appliedIndex
    this.#othersChangedAt = appliedIndex
  }

  announce({ index, changes }: Applied): void {
    let watched: Map<string, Change[]> | undefined
    for (const change of changes) {
      const home = homeOf(change)
      this.#history.push({ home, sk: change.sk, index })
      this.#changed(home, index)
      if (!this.#watchers.has(home)) continue
      watched ??= new Map()
      const before = watched.get(home)
      if (before === undefined) watched.set(home, [changeOf(change)])
      else before.push(changeOf(change))
    }
    if (this.#history.length > HISTORY_CHANGES_MAX) this.#cut()
    if (watched !== undefined) this.#tell(index, watched)
  }

  /** A watcher that begins meanwhile knows of this entry from the history. */
  #tell(index: number, watched: ReadonlyMap<string, readonly Change[]>): void {
    const tellings = [...watched].flatMap(([home, changes]) => {
      const watchers = this.#watchers.get(home) ?? new Set()
      const event = { kind: 'changes', index, changes } as const
      return Array.from(watchers, (tell) => ({ watchers, tell, event }))
    })
    for (const { watchers, tell, event } of tellings) if (watchers.has(tell)) tell(event)
  }

  #changed(home: string, index: number): void {
    if (this.#changedAt.get(home) === index) return
    this.#changedAt.delete(home)
    this.#changedAt.set(home, index)
    if (this.#changedAt.size <= HOMES_KNOWN_MAX) return
    for (const [oldest, at] of this.#changedAt) {
      this.#changedAt.delete(oldest)
      this.#othersChangedAt = at
      break
    }
  }

  /** Each `sk` once, the latest first; `undefined`: nobody can tell. */
  changedSince(of: Pick<Watched, 'table' | 'pk'>, index: number): readonly string[] | undefined {
    const home = homeOf(of)
    if (index >= (this.#changedAt.get(home) ?? this.#othersChangedAt)) return NOTHING
    if (index < this.#forgottenIndex) return undefined
    const changed = new Set<string>()
    for (let at = this.#history.length - 1; at >= 0; at--) {
      const past = this.#history[at]
      if (past === undefined || past.index <= index) break
      if (past.home === home) changed.add(past.sk)
    }
    return [...changed]
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
    tell: Tell,
  ): { stop(): void } | undefined {
    if (watched.fromIndex < this.#forgottenIndex) return undefined
    // A replica that lags behind the one that was watched before applies what is known already.
    const tellLater: Tell = (event) => {
      if (event.kind === 'resync' || event.index > watched.fromIndex) tell(event)
    }
    const home = homeOf(watched)
    const missed = new Map<string, number>()
    for (const past of this.#history) {
      if (past.home !== home || past.index <= watched.fromIndex) continue
      missed.delete(past.sk)
      missed.set(past.sk, past.index)
    }
    const watchers = this.#watchers.get(home) ?? new Set<Tell>()
    this.#watchers.set(home, watchers.add(tellLater))
    for (const [index, of] of Map.groupBy(missed, ([, latest]) => latest)) {
      const changes = of.map(([sk]) => changeOf({ sk, record: current(sk) }))
      tellLater({ kind: 'changes', index, changes })
    }
    return {
      stop: () => {
        watchers.delete(tellLater)
        if (watchers.size === 0 && this.#watchers.get(home) === watchers)
          this.#watchers.delete(home)
      },
    }
  }

  /** Nothing more will be told here. */
  close(index: number): void {
    const all = [...this.#watchers.values()].flatMap((watchers) => [...watchers])
    this.#watchers.clear()
    for (const tell of all) tell({ kind: 'resync', index })
  }
}

/** No name contains NUL. */
function homeOf({ table, pk }: Pick<RecordChange, 'table' | 'pk'>): string {
  return `${table}\0${pk}`
}

function changeOf({ sk, record }: Pick<RecordChange, 'sk' | 'record'>): Change {
  return record === undefined ? { kind: 'delete', sk } : { kind: 'put', record }
}
