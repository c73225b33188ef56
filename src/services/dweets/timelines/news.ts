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
import type { Circle } from './circle.ts'
import { countUpTo, type Head } from './heads.ts'
import {
  DEEPENED_BY,
  DEEPENED_MAX,
  HEAD_ROWS,
  LOOKED_AT_MAX,
  UNSEEN_COUNTED_MAX,
} from './limits.ts'
import { isUnreadable, Merging, type Order, type Ref, type Source } from './merging.ts'
import { Folding } from './paging.ts'
import { acknowledge } from './procedures.ts'
import { placeOf, rowIdOf, type Published } from './published.ts'
import { resolve, type Resolved } from './resolving.ts'
import { show } from './showing.ts'
import { authorSource, unseenSource } from './sources.ts'
import type { TimelineParts } from './timelines.ts'

/** All reject with AnilloError: STORE_UNAVAILABLE (of whoever asks). */
export class News {
  readonly #parts: TimelineParts

  constructor(parts: TimelineParts) {
    this.#parts = parts
  }

  async fresh({ nick }: Dweeter, limit: number): Promise<NewDweets> {
    const circle = await this.#parts.circles.of(nick)
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
    const { follows } = await this.#parts.circles.of(nick)
    const seen = new Map<string, Bounds>()
    await Promise.all(
      [...follows].map(async ([author, { high, low }]) => {
        const head = await this.#headOf(author)
        const newest = head?.rows.at(-1)
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
    const heads = await this.#heads(circle, reading)
    await this.#deepen(circle, heads)
    const { store } = this.#parts
    const sources = [...heads].map(([author, head]) => unseenSource(store, author, head))
    const from = ({ name }: Source): string => placeOf(userPk(name), highOf(circle, name))
    const merging = mergingOf('oldestFirst', sources, from, reading)
    for (let lookedAt = 0; !reading.isFull && lookedAt < UNSEEN_COUNTED_MAX;) {
      const refs = await merging.take(reading.limit)
      if (refs.length === 0) break
      await this.#pass(reading, refs, (row) => ({ high: row }))
      // However many somebody imported, what is new stands behind them.
      lookedAt += refs.filter(({ row }) => row?.imported === undefined).length
    }
    return this.#count(circle, reading, heads)
  }

  async #heads(circle: Circle, reading: Reading): Promise<Map<string, Head>> {
    const heads = new Map<string, Head>()
    await Promise.all(
      circle.followed.map(async (author) => {
        const head = await this.#headOf(author)
        if (head === undefined) reading.stop(author)
        else heads.set(author, head)
      }),
    )
    return heads
  }

  /** Where more is unseen than is kept, more is kept from then on. */
  async #deepen(circle: Circle, heads: Map<string, Head>): Promise<void> {
    const missing = [...heads].filter(([author, { isWhole, rows }]) => {
      const isAllUnseen = !isWhole && newerIn(circle, author, rows) === rows.length
      return isAllUnseen && rows.length < UNSEEN_COUNTED_MAX
    })
    await Promise.all(
      missing.slice(0, DEEPENED_MAX).map(async ([author, { rows }]) => {
        const last = Math.max(HEAD_ROWS, rows.length) * DEEPENED_BY
        const head = await this.#headOf(author, Math.min(last, UNSEEN_COUNTED_MAX))
        if (head !== undefined) heads.set(author, head)
      }),
    )
  }

  /** Of dweets it is known how many there are; what redweets show may be gone, or unwanted. */
  async #count(
    circle: Circle,
    reading: Reading,
    heads: ReadonlyMap<string, Head>,
  ): Promise<number> {
    let count = 0
    const redweets: Published[] = []
    for (const [author, head] of heads) {
      if (reading.isStopped(author)) continue
      const redweeted = newerIn(circle, author, head.redweets)
      const imported = newerIn(circle, author, head.imported)
      count += newerIn(circle, author, head.rows) - redweeted - imported
      if (redweeted > 0) redweets.push(...head.redweets.slice(-redweeted))
    }
    const left = UNSEEN_COUNTED_MAX - count
    if (left <= 0) return UNSEEN_COUNTED_MAX
    const refs = redweets.toSorted((a, b) => (a.place < b.place ? -1 : 1)).slice(0, left)
    for (const [i, one] of (await resolve(this.#parts.store, refs)).entries()) {
      if (one.kind === 'unreadable') reading.stop(refs[i]?.row.author ?? '')
      else if (reading.isWanted(one)) count++
    }
    return count
  }

  async #pass(
    reading: Reading,
    refs: readonly Ref[],
    boundsOf: (row: string) => Partial<Bounds>,
  ): Promise<void> {
    for (const [i, one] of (await resolve(this.#parts.store, refs)).entries()) {
      const author = refs[i]?.row?.author ?? ''
      if (one.kind === 'unreadable') reading.stop(author)
      if (reading.isFull) return
      reading.pass(author, one, boundsOf(rowIdOf(one.place)))
    }
  }

  async #headOf(author: string, last?: number): Promise<Head | undefined> {
    return orUnreadable(this.#parts.heads.of(author, last))
  }

  async #older(circle: Circle, reading: Reading): Promise<void> {
    const sources = circle.followed
      .filter((author) => !reading.isStopped(author))
      .map((author) => authorSource(this.#parts, author))
    const from = ({ name }: Source): string => behindPlace(name, reading.boundsOf(name).low)
    const merging = mergingOf('newestFirst', sources, from, reading)
    for (let lookedAt = 0; !reading.isFull && lookedAt < LOOKED_AT_MAX;) {
      const refs = await merging.take(reading.limit)
      if (refs.length === 0) return
      await this.#pass(reading, refs, (row) => ({ low: rowBefore(row) }))
      lookedAt += refs.length
    }
  }
}

/** Of sources that cannot be read any more nothing is passed. */
function mergingOf(
  order: Order,
  sources: readonly Source[],
  from: (source: Source) => string,
  reading: Reading,
): Merging {
  return new Merging(order, sources, from, (partition) => {
    for (const source of sources) if (source.partition === partition) reading.stop(source.name)
  })
}

function isImported(one: Resolved): boolean {
  return 'row' in one && one.row.imported !== undefined
}

/** Up to there all was seen when the reading began. */
function highOf(circle: Circle, author: string): string {
  return circle.follows.get(author)?.high ?? ''
}

/** How many of the rows, oldest first, were not seen. */
function newerIn(circle: Circle, author: string, rows: readonly Published[]): number {
  return rows.length - countUpTo(rows, highOf(circle, author))
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
    // What somebody imported is old: among what is unseen it is passed.
    if (bounds.high !== undefined && isImported(one)) return
    if (this.isWanted(one) && one.kind !== 'gone' && one.kind !== 'unreadable') this.#found.add(one)
  }
}
