/**
 * Which page is the better answer: BM25 (Robertson and Zaragoza 2009) over text and title, of which
 * a word in the title counts as several in the text (BM25F, with one length). Pure.
 */
import type { Match } from './shard-search.ts'

export interface Collection {
  /** Over all partitions. */
  readonly pages: number
  readonly words: number
  /** Of each term, how many pages have it. */
  readonly having: readonly number[]
}

const SATURATION = 1.2
/** Long pages are long because they say much, rather than often. */
const LENGTH_WEIGHT = 0.5
const TITLE_COUNTS = 8

export function scoreOf({ hits, words }: Match, { having, pages, words: all }: Collection): number {
  const mean = Math.max(1, all / Math.max(1, pages))
  const length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * (words / mean)
  let score = 0
  for (const [term, { count, isInTitle }] of hits.entries()) {
    const weight = count + (isInTitle ? TITLE_COUNTS : 0)
    const have = having[term] ?? 0
    const rarity = Math.log(1 + (Math.max(pages, have) - have + 0.5) / (have + 0.5))
    score += (rarity * weight * (SATURATION + 1)) / (weight + SATURATION * length)
  }
  return score
}
