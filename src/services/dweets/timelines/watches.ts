/**
 * What changes of publications and of what people have, as the store tells it: one watch a
 * partition key, for as many as listen.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import type { Change, Store } from '../../../store/types.ts'
import { USERS_TABLE } from '../../../wire/users.ts'
import { PUBLICATION_PREFIX } from '../places.ts'
import { WATCH_PAUSE_MS } from './limits.ts'

export interface WatchesParts {
  readonly store: Pick<Store, 'list' | 'watch'>
  readonly clock: Clock
}

export interface Listener {
  /** @param newest row id of the newest publication that there was before */
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
  async listen(pk: string, listener: Listener): Promise<() => void> {
    const watched = this.#watched.get(pk) ?? this.#watch(pk)
    watched.listeners.add(listener)
    await watched.begun
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size > 0 || this.#watched.get(pk) !== watched) return
      this.#watched.delete(pk)
      watched.ended.abort()
    }
  }

  #watch(pk: string): Watched {
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const watched = { listeners: new Set<Listener>(), ended: new AbortController(), begun }
    this.#watched.set(pk, watched)
    void this.#follow(pk, watched, resolve)
    return watched
  }

  /** Until nobody listens. */
  async #follow(pk: string, { ended, listeners }: Watched, began: () => void): Promise<void> {
    const { signal } = ended
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        const { index: fromIndex, newest } = await this.#newest(pk)
        if (!isFirst) for (const { missed } of listeners) missed()
        began()
        await this.#tell(pk, { fromIndex, newest, listeners, signal })
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        began()
      }
      await pause(this.#parts.clock, WATCH_PAUSE_MS, signal)
    }
  }

  async #tell(
    pk: string,
    watch: {
      readonly fromIndex: number
      readonly newest: string
      readonly listeners: ReadonlySet<Listener>
      readonly signal: AbortSignal
    },
  ): Promise<void> {
    const { fromIndex, listeners, signal } = watch
    let { newest } = watch
    const what = { table: USERS_TABLE, pk, fromIndex }
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

  async #newest(pk: string): Promise<{ readonly index: number; readonly newest: string }> {
    const range = { table: USERS_TABLE, pk, prefix: PUBLICATION_PREFIX, reverse: true, limit: 1 }
    const { index, items } = await this.#parts.store.list(range)
    return { index, newest: items[0]?.sk.slice(PUBLICATION_PREFIX.length) ?? '' }
  }
}

/** Of a publication. */
export function rowOf(change: Change): string | undefined {
  const sk = change.kind === 'put' ? change.record.sk : change.sk
  return sk.startsWith(PUBLICATION_PREFIX) ? sk.slice(PUBLICATION_PREFIX.length) : undefined
}
