/**
 * What changes of publications, of what people have, and of lists of partitions and tags, as the
 * store tells it: one watch a partition key, for as many as listen.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import type { Change, Store } from '../../../store/types.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { PUBLICATION_PREFIX } from '../places.ts'
import { WATCH_PAUSE_MS } from './limits.ts'

export interface WatchesParts {
  readonly store: Pick<Store, 'list' | 'watch'>
  readonly clock: Clock
}

/** What is watched together. */
export interface Home {
  readonly table: string
  readonly pk: string
}

/** Of somebody: what they have, and what they publish. */
export function homeOf(nick: string): Home {
  return { table: USERS_TABLE, pk: userPk(nick) }
}

export function nameOf({ pk, table }: Home): string {
  return `${table} ${pk}`
}

export interface Listener {
  /** @param newest row id of the newest publication that there was before, of a person */
  readonly changed: (changes: readonly Change[], newest: string) => void
  /** Something may have been missed. */
  readonly missed: () => void
}

interface Watched {
  readonly listeners: Set<Listener>
  readonly ended: AbortController
  /** All that come later are told. */
  readonly begun: Promise<void>
}

export class Watches {
  readonly #parts: WatchesParts
  readonly #watched = new Map<string, Watched>()

  constructor(parts: WatchesParts) {
    this.#parts = parts
  }

  /**
   * Resolves once all that comes later is told, or that it cannot be read now.
   * @returns ends it
   */
  async listen(home: Home, listener: Listener): Promise<() => void> {
    const name = nameOf(home)
    const watched = this.#watched.get(name) ?? this.#watch(home)
    watched.listeners.add(listener)
    await watched.begun
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size > 0 || this.#watched.get(name) !== watched) return
      this.#watched.delete(name)
      watched.ended.abort()
    }
  }

  #watch(home: Home): Watched {
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const watched = { listeners: new Set<Listener>(), ended: new AbortController(), begun }
    this.#watched.set(nameOf(home), watched)
    void this.#follow(home, watched, resolve)
    return watched
  }

  /** Until nobody listens. */
  async #follow(home: Home, { ended, listeners }: Watched, began: () => void): Promise<void> {
    const { signal } = ended
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        const { index: fromIndex, newest } = await this.#newest(home)
        if (!isFirst) for (const { missed } of listeners) missed()
        began()
        await this.#tell(home, { fromIndex, newest, listeners, signal })
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        began()
      }
      await pause(this.#parts.clock, WATCH_PAUSE_MS, signal)
    }
  }

  async #tell(
    { pk, table }: Home,
    watch: {
      readonly fromIndex: number
      readonly newest: string
      readonly listeners: ReadonlySet<Listener>
      readonly signal: AbortSignal
    },
  ): Promise<void> {
    const { fromIndex, listeners, signal } = watch
    let { newest } = watch
    const what = { table, pk, fromIndex }
    for await (const event of this.#parts.store.watch(what, signal)) {
      if (event.kind === 'resync') {
        for (const { missed } of listeners) missed()
        continue
      }
      for (const { changed } of listeners) changed(event.changes, newest)
      for (const change of event.changes) {
        const row = rowOf(change)
        if (row !== undefined && row > newest) newest = row
      }
    }
  }

  async #newest(home: Home): Promise<{ readonly index: number; readonly newest: string }> {
    const range = { ...home, prefix: PUBLICATION_PREFIX, reverse: true, limit: 1 }
    const { index, items } = await this.#parts.store.list(range)
    return { index, newest: items[0]?.sk.slice(PUBLICATION_PREFIX.length) ?? '' }
  }
}

/** Of a publication. */
export function rowOf(change: Change): string | undefined {
  const sk = change.kind === 'put' ? change.record.sk : change.sk
  return sk.startsWith(PUBLICATION_PREFIX) ? sk.slice(PUBLICATION_PREFIX.length) : undefined
}
