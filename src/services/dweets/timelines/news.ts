/**
 * What somebody has not seen yet of whom they follow: unseen ones first, the oldest before; where
 * there are none, older ones, the newest before. Asking changes nothing: what is not acknowledged
 * comes again, what is never does.
 *
 * Passed over are redweets of what was deleted, and what those who ask do not want to see.
 */
import type { NewDweets } from '../../../wire/api-dweets.ts'
import { userPk } from '../../../wire/users.ts'
import { partitionOfNick } from '../places.ts'
import type { FollowRow } from '../rows.ts'
import type { Dweeter } from '../types.ts'
import {
  rowAfter,
  rowBefore,
  readToken,
  writeToken,
  type Bounds,
  type SeenBounds,
} from './bounds.ts'
import { Circle } from './circle.ts'
import type { Head } from './heads.ts'
import { LOOKED_AT_MAX, UNSEEN_COUNTED_MAX } from './limits.ts'
import { isUnreadable, Merging, type Source } from './merging.ts'
import { Folding } from './paging.ts'
import { acknowledge } from './procedures.ts'
import { listPublished, placeOf, rowIdOf, type Published } from './published.ts'
import { resolve, type Resolved } from './resolving.ts'
import { show } from './showing.ts'
import { authorSource } from './sources.ts'
import type { TimelineParts } from './timelines.ts'

/** All reject with AnilloError: STORE_UNAVAILABLE (of whoever asks). */
export class News {
  readonly #parts: TimelineParts

  constructor(parts: TimelineParts) {
    this.#parts = parts
  }

  async fresh({ nick }: Dweeter, limit: number): Promise<NewDweets> {
    const circle = await Circle.of(this.#parts.store, nick)
    const reading = new Reading(circle, limit)
    const unseen = await this.#unseen(circle, reading)
    if (unseen === 0) await this.#older(circle, reading)
    return {
      dweets: await show(this.#parts, nick, reading.shown),
      unseen,
      token: writeToken(reading.seen),
      incomplete: reading.incomplete,
    }
  }

  /** @throws AnilloError BAD_REQUEST: the token is none */
  async acknowledge({ nick }: Dweeter, token: string): Promise<void> {
    await this.#acknowledge(nick, readToken(token))
  }

  /** All that can be read now counts as seen; what is older is still to be read. */
  async catchUp({ nick }: Dweeter): Promise<void> {
    const { follows } = await Circle.of(this.#parts.store, nick)
    const seen = new Map<string, Bounds>()
    await Promise.all(
      [...follows].map(async ([author, { high, low }]) => {
        const head = await this.#headOf(author)
        const newest = head?.rows[0]
        if (newest === undefined) return
        const row = rowIdOf(newest.place)
        if (row > high) seen.set(author, { low, high: row })
      }),
    )
    await this.#acknowledge(nick, seen)
  }

  async #acknowledge(nick: string, bounds: SeenBounds): Promise<void> {
    if (bounds.size === 0) return
    const seen = [...bounds].map(
      ([author, { high, low }]) => [author, low, high] as [string, string, string],
    )
    await this.#parts.store.call(partitionOfNick(nick), acknowledge, { nick, seen })
  }

  /** @returns how many there are, at most `UNSEEN_COUNTED_MAX` */
  async #unseen(circle: Circle, reading: Reading): Promise<number> {
    const lists = await Promise.all(
      circle.followed.map(async (author) => {
        const rows = await this.#newer(author, reading.boundsOf(author).high)
        if (rows === undefined) reading.stop(author)
        return rows ?? []
      }),
    )
    const oldest = lists
      .flat()
      .toSorted((a, b) => (a.place < b.place ? -1 : 1))
      .slice(0, UNSEEN_COUNTED_MAX)
    const refs = oldest.map(({ place, row }) => ({ place, row }))
    const resolved = await resolve(this.#parts.store, refs)
    let count = 0
    for (const [i, one] of resolved.entries()) {
      const author = refs[i]?.row.author ?? ''
      if (one.kind === 'unreadable') reading.stop(author)
      else if (!reading.isStopped(author) && reading.isWanted(one)) count++
      if (!reading.isFull) reading.pass(author, one, { high: rowIdOf(one.place) })
    }
    return count
  }

  /** Oldest first, at most `UNSEEN_COUNTED_MAX`; `undefined`: they cannot be read now. */
  async #newer(author: string, high: string): Promise<readonly Published[] | undefined> {
    const head = await this.#headOf(author)
    if (head === undefined) return undefined
    const rows = head.rows.filter(({ place }) => rowIdOf(place) > high)
    if (head.isWhole || rows.length < head.rows.length) return rows.toReversed()
    const stretch = { order: 'oldestFirst', limit: UNSEEN_COUNTED_MAX, behind: high } as const
    return orUnreadable(listPublished(this.#parts.store, author, stretch).then((page) => page.rows))
  }

  async #headOf(author: string): Promise<Head | undefined> {
    return orUnreadable(this.#parts.heads.of(author))
  }

  async #older(circle: Circle, reading: Reading): Promise<void> {
    const sources = circle.followed
      .filter((author) => !reading.isStopped(author))
      .map((author) => authorSource(this.#parts, author))
    const from = ({ name }: Source): string => behindPlace(name, reading.boundsOf(name).low)
    const merging = new Merging('newestFirst', sources, from, (partition) => {
      for (const source of sources) if (source.partition === partition) reading.stop(source.name)
    })
    for (let lookedAt = 0; !reading.isFull && lookedAt < LOOKED_AT_MAX;) {
      const refs = await merging.take(reading.limit)
      if (refs.length === 0) return
      const resolved = await resolve(this.#parts.store, refs)
      for (const [i, one] of resolved.entries()) {
        const author = refs[i]?.row?.author ?? ''
        if (one.kind === 'unreadable') reading.stop(author)
        if (reading.isFull) return
        reading.pass(author, one, { low: rowBefore(rowIdOf(one.place)) })
      }
      lookedAt += refs.length
    }
  }
}

/** Publications up to and with that row lie before it. */
function behindPlace(author: string, row: string): string {
  const least = '0'.repeat(userPk(author).length)
  return placeOf(least, rowAfter(row))
}

async function orUnreadable<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown
    return undefined
  }
}

/** What is passed of each author, in order, and what of it is shown. */
class Reading {
  readonly limit: number
  readonly #circle: Circle
  readonly #found = new Folding(true)
  readonly #passed = new Map<string, Bounds>()
  readonly #stopped = new Set<string>()

  constructor(circle: Circle, limit: number) {
    this.#circle = circle
    this.limit = limit
  }

  get isFull(): boolean {
    return this.#found.size >= this.limit
  }

  get shown(): Folding['all'] {
    return this.#found.all
  }

  /** Of those of whom something was passed. */
  get seen(): SeenBounds {
    return this.#passed
  }

  get incomplete(): string[] {
    return [...this.#stopped].toSorted()
  }

  boundsOf(author: string): Bounds {
    const row: FollowRow | undefined = this.#circle.follows.get(author)
    return this.#passed.get(author) ?? { low: row?.low ?? '', high: row?.high ?? '' }
  }

  isWanted(one: Resolved): boolean {
    if (one.kind === 'dweet') return this.#circle.wantsShown(one)
    return one.kind === 'redweet' && one.of !== undefined && this.#circle.wantsShown(one)
  }

  /** It, or what it shows, cannot be read: nothing more of them is passed. */
  stop(author: string): void {
    this.#stopped.add(author)
  }

  isStopped(author: string): boolean {
    return this.#stopped.has(author)
  }

  pass(author: string, one: Resolved, bounds: Partial<Bounds>): void {
    if (this.#stopped.has(author)) return
    this.#passed.set(author, { ...this.boundsOf(author), ...bounds })
    if (this.isWanted(one) && one.kind !== 'gone' && one.kind !== 'unreadable') this.#found.add(one)
  }
}
