/**
 * One page of many publications, newest first. Each comes once, whatever is published or deleted
 * between two pages: a page goes on behind the place that the one before reached, and new ones lie
 * before it or have not been passed.
 *
 * A redweet of what already stands on the page is left out where `areFolded`: the dweet itself
 * stands always, and of its redweets the first one, where it does not stand there itself. That is
 * decided on each page alone, so that nothing needs to be remembered of pages before.
 */
import type { PartitionId } from '../../../wire/partition.ts'
import { LOOKED_AT_MAX } from './limits.ts'
import { Merging, type Ref, type Source } from './merging.ts'
import { Positions } from './positions.ts'
import { partitionAt, type Records } from './published.ts'
import { resolve } from './resolving.ts'
import type { Showable } from './showing.ts'

export interface Timeline {
  readonly sources: readonly Source[]
  /** Of a source whose items are of many partitions: it begins at the highest of them. */
  readonly isOfMany?: boolean
  readonly areFolded: boolean
  /** Of what may be listed, what is shown. */
  readonly isShown: (one: Showable) => boolean
}

export interface FoundPage {
  /** Newest first. */
  readonly found: readonly Showable[]
  readonly cursor: string | undefined
  readonly incomplete: readonly string[]
}

/** Stands in `incomplete` for authors whose nicks cannot be told now. */
export const SOMEBODY = '*'

/** @throws AnilloError BAD_REQUEST: the cursor is none */
export async function findPage(
  store: Records,
  timeline: Timeline,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<FoundPage> {
  const page = new Page(timeline, Positions.of(cursor))
  for (let lookedAt = 0; page.size < limit && lookedAt < LOOKED_AT_MAX;) {
    const refs = await page.take(limit)
    if (refs.length === 0) break
    const resolved = await resolve(store, refs)
    for (const [i, one] of resolved.entries()) {
      if (page.size === limit) return page.cut()
      if (one.kind === 'unreadable') page.leave(one.place, refs[i]?.author)
      else page.pass(one.place, one.kind === 'gone' ? undefined : one)
    }
    lookedAt += refs.length
  }
  return page.end()
}

class Page {
  readonly #timeline: Timeline
  readonly #positions: Positions
  readonly #merging: Merging
  readonly #incomplete = new Set<string>()
  readonly #found: Folding

  constructor(timeline: Timeline, positions: Positions) {
    this.#timeline = timeline
    this.#positions = positions
    this.#found = new Folding(timeline.areFolded)
    const from = ({ partition }: Source): string =>
      timeline.isOfMany === true ? positions.highest : positions.of(partition)
    this.#merging = new Merging('newestFirst', timeline.sources, from, (partition, thrown) => {
      // The list itself: without it nothing can be told.
      if (timeline.isOfMany === true) throw thrown
      this.#leave(partition)
    })
  }

  get size(): number {
    return this.#found.size
  }

  take(count: number): Promise<readonly Ref[]> {
    return this.#merging.take(count)
  }

  /** @param one absent: it is no more */
  pass(place: string, one: Showable | undefined): void {
    if (!this.#positions.isDue(place)) return
    this.#positions.reach(place)
    if (one !== undefined && this.#timeline.isShown(one)) this.#found.add(one)
  }

  /** It, or what it shows, cannot be read: its partition waits before it. */
  leave(place: string, author: string | undefined): void {
    if (!this.#positions.isDue(place)) return
    const partition = partitionAt(place)
    if (this.#timeline.isOfMany === true) {
      this.#positions.leave(partition)
      this.#incomplete.add(author ?? SOMEBODY)
      return
    }
    this.#merging.leave(partition)
    this.#leave(partition)
  }

  #leave(partition: PartitionId): void {
    this.#positions.leave(partition)
    for (const { name, partition: other } of this.#timeline.sources) {
      if (other === partition) this.#incomplete.add(name)
    }
  }

  /** There is more of what was taken. */
  cut(): FoundPage {
    const incomplete = [...this.#incomplete].toSorted()
    return { found: this.#found.all, cursor: this.#positions.cursor, incomplete }
  }

  end(): FoundPage {
    const isAtEnd = this.#merging.isAtEnd && !this.#positions.hasLeft
    return isAtEnd ? { ...this.cut(), cursor: undefined } : this.cut()
  }
}

/** What is shown of one answer: of redweets and what they show each once, where that is wanted. */
export class Folding {
  readonly #areFolded: boolean
  readonly #shown = new Map<string, Showable>()

  constructor(areFolded: boolean) {
    this.#areFolded = areFolded
  }

  get size(): number {
    return this.#shown.size
  }

  /** In the order in which they came. */
  get all(): readonly Showable[] {
    return [...this.#shown.values()]
  }

  add(one: Showable): void {
    const subject = one.kind === 'redweet' ? one.of?.place : one.place
    const name = this.#areFolded && subject !== undefined ? subject : one.place
    const there = this.#shown.get(name)
    if (there !== undefined && one.kind === 'redweet') return
    this.#shown.delete(name)
    this.#shown.set(name, one)
  }
}
