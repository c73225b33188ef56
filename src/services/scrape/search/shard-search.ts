/**
 * The pages of one partition that have all words of a query: each once, by its newest copy that is
 * indexed.
 */
import { PREFIX_BLOCKS_MAX } from './limits.ts'
import type { Query, Term } from './query.ts'
import { entriesOf, postingsOf, readFacts, type Posting } from './segment.ts'
import {
  factsSk,
  firstsIn,
  firstsPrefix,
  goneIn,
  readSegments,
  SEGMENTS_SK,
  wordsSk,
  type SegmentSum,
} from './shard-rows.ts'
import { byCodePoints } from './words.ts'

/** Rows of the index of one partition. */
export interface ShardRows {
  get(sk: string): Promise<Uint8Array | undefined>
  /** In their order, or backwards. */
  list(range: {
    readonly prefix: string
    readonly start?: string
    readonly end?: string
    readonly reverse?: boolean
    readonly limit: number
  }): Promise<readonly { readonly sk: string; readonly value: Uint8Array }[]>
}

/** Of a term on a page: how often, and in the title. */
export type Hit = Omit<Posting, 'page'>

export interface Match {
  readonly segment: string
  readonly page: number
  readonly words: number
  readonly fetchedAtS: number
  /** One a term of the query. */
  readonly hits: readonly Hit[]
}

export interface ShardAnswer {
  readonly matches: readonly Match[]
  /** What is indexed here. */
  readonly pages: number
  readonly words: number
  /** Of each term, how many pages have it. */
  readonly having: readonly number[]
}

/** `undefined`: segments were merged meanwhile; to be asked anew. */
export async function searchShard(
  rows: ShardRows,
  { afterS = 0, beforeS = Infinity, terms }: Query,
): Promise<ShardAnswer | undefined> {
  const { segments } = readSegments(await rows.get(SEGMENTS_SK))
  const matches: Match[] = []
  const having = terms.map(() => 0)
  for (const segment of segments) {
    const { name } = segment
    const within = { name, firsts: await firstsOf(rows, name), gone: goneIn(segment) }
    if (within.firsts.length === 0 && segment.words > 0) return undefined
    const found = await Promise.all(terms.map((term) => hitsOf(rows, within, term)))
    for (const [place, hits] of found.entries()) having[place] = (having[place] ?? 0) + hits.size
    const least = found.toSorted((a, b) => a.size - b.size)[0]
    const pages = [...(least?.keys() ?? [])].filter((page) => found.every((of) => of.has(page)))
    if (pages.length === 0) continue
    const packed = await rows.get(factsSk(segment.name))
    if (packed === undefined) return undefined
    const facts = readFacts(packed)
    for (const page of pages) {
      const { fetchedAtS = 0, words = 0 } = facts[page] ?? {}
      if (fetchedAtS < afterS || fetchedAtS >= beforeS) continue
      const hits = found.map((of) => of.get(page) ?? NO_HIT)
      matches.push({ segment: segment.name, page, words, fetchedAtS, hits })
    }
  }
  const sum = (of: (segment: SegmentSum) => number): number =>
    segments.reduce((total, segment) => total + of(segment), 0)
  return { matches, having, pages: sum(({ pages }) => pages), words: sum(({ words }) => words) }
}

const NO_HIT: Hit = { count: 0, isInTitle: false }

/** What is looked for, in one segment. */
interface Within {
  readonly name: string
  /** The first word of each block. */
  readonly firsts: readonly string[]
  /** Pages that are no answer. */
  readonly gone: ReadonlySet<number>
}

async function firstsOf(rows: ShardRows, name: string): Promise<readonly string[]> {
  const found = await rows.list({ prefix: firstsPrefix(name), limit: FIRST_ROWS_MAX })
  return found.flatMap(({ value }) => firstsIn(value))
}

/** More than blocks of a segment can fill. */
const FIRST_ROWS_MAX = 100

async function hitsOf(
  rows: ShardRows,
  { firsts, gone, name }: Within,
  { isOfTitle, isPrefix, word }: Term,
): Promise<ReadonlyMap<number, Hit>> {
  // The last block that does not begin behind the word.
  const at = firsts.findLastIndex((first) => byCodePoints(first, word) <= 0)
  const places = at < 0 ? [] : [at]
  for (let next = at + 1; isPrefix && next <= at + PREFIX_BLOCKS_MAX; next++) {
    if (firsts[next]?.startsWith(word) === true) places.push(next)
  }
  const hits = new Map<number, Hit>()
  for (const block of await Promise.all(places.map((place) => rows.get(wordsSk(name, place))))) {
    for (const entry of block === undefined ? [] : entriesOf(block)) {
      const isMeant = isPrefix ? entry.word.startsWith(word) : entry.word === word
      if (isMeant) addHits(hits, entry.postings, isOfTitle)
    }
  }
  for (const page of gone) hits.delete(page)
  return hits
}

function addHits(hits: Map<number, Hit>, postings: Uint8Array, isOfTitle: boolean): void {
  for (const { count, isInTitle, page } of postingsOf(postings)) {
    if (isOfTitle && !isInTitle) continue
    const known = hits.get(page)
    hits.set(page, {
      count: count + (known?.count ?? 0),
      isInTitle: isInTitle || known?.isInTitle === true,
    })
  }
}
