/**
 * Search over all pages that the ring keeps, from any member: each partition's index is read from
 * the replica here, where there is one, else from the ring. What is found is looked up before it is
 * told: a page that has another content by now, or is gone, is no result.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Workers } from '../../../effects/workers.ts'
import type { GroupHost } from '../../../store/group/types.ts'
import type { Store } from '../../../store/types.ts'
import type { SearchResult, SearchResults } from '../../../wire/api-search.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { beginningOf } from '../extract/extracts.ts'
import type { Scraper } from '../pages/scraper.ts'
import { foldedBy } from './folding.ts'
import {
  CANDIDATES_MAX,
  FOLD_DEPTH_MAX,
  IDS_PER_ROW,
  INDEX_BYTES_MAX,
  INDEX_TASK_MS_MAX,
  SEARCH_DEPTH_MAX,
  SEARCH_TIMEOUT_MS,
  SEARCH_TRIES_PER_RESULT,
} from './limits.ts'
import { readQuery, type Query } from './query.ts'
import { scoreOf } from './ranking.ts'
import { SNIPPET_TASK, type SnippetAnswer, type SnippetQuestion } from './search-task.ts'
import { HASH_DIGITS, readIds } from './segment.ts'
import { atEachShard, shardRows } from './shard-reader.ts'
import { idsSk } from './shard-rows.ts'
import { searchShard, type Match, type ShardAnswer, type ShardRows } from './shard-search.ts'
import type { Print } from './simhash.ts'
import { printsOf } from './similar.ts'

export interface Asked {
  readonly limit: number
  readonly cursor?: string | undefined
  /** Near-duplicates stand for themselves. */
  readonly isUnfolded?: boolean
}

export interface Search {
  /** Best first. @throws AnilloError BAD_REQUEST, BUSY, STORE_UNAVAILABLE */
  search(query: string, asked: Asked, signal: AbortSignal): Promise<SearchResults>
}

export interface SearcherTools {
  readonly clock: Clock
  readonly workers: Pick<Workers, 'run'>
  readonly held: Pick<GroupHost, 'replica'>
  readonly store: Pick<Store, 'get' | 'list'>
  readonly scraper: Pick<Scraper, 'content'>
}

interface Candidate extends Match {
  readonly partition: PartitionId
}

interface Best {
  readonly result?: SearchResult
  /** Before it, that are no answers any more. */
  readonly refused: number
}

interface Gathered {
  readonly ranked: readonly Candidate[]
  readonly isPartial: boolean
}

export class Searcher implements Search {
  readonly #tools: SearcherTools

  constructor(tools: SearcherTools) {
    this.#tools = tools
  }

  async search(
    text: string,
    { cursor, isUnfolded = false, limit }: Asked,
    signal: AbortSignal,
  ): Promise<SearchResults> {
    const query = readQuery(text)
    const from = placeOf(cursor)
    const { isPartial, ranked } = await this.#gather(query, signal)
    const groups = isUnfolded ? ranked.map((one) => [one]) : await this.#folded(ranked, signal)
    const items: SearchResult[] = []
    const told = new Set<string>()
    let at = from
    const triesMax = from + SEARCH_TRIES_PER_RESULT * limit
    const atMax = Math.min(groups.length, SEARCH_DEPTH_MAX, triesMax)
    // The index may not know yet of the newest, and knows nothing of phrases.
    let refused = 0
    for (; at < atMax && items.length < limit; at++) {
      const best = await this.#best(groups[at] ?? [], { query, signal })
      refused += best.refused
      const { result } = best
      if (result === undefined) continue
      if (told.has(result.id)) {
        refused++
        continue
      }
      told.add(result.id)
      items.push(result)
    }
    const hasMore = at < Math.min(groups.length, SEARCH_DEPTH_MAX)
    const found = ranked.length - refused
    return { items, found, isPartial, ...(hasMore ? { cursor: String(at) } : {}) }
  }

  /** Near-duplicates under the best of them. */
  async #folded(
    ranked: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<readonly (readonly Candidate[])[]> {
    const best = ranked.slice(0, FOLD_DEPTH_MAX)
    const prints = new Map<string, readonly (Print | undefined)[]>()
    const bySegment = Map.groupBy(best, ({ segment }) => segment)
    await Promise.all(
      Array.from(bySegment, async ([segment, [first]]) => {
        if (first === undefined) return
        prints.set(segment, await this.#prints(first, signal))
      }),
    )
    const groups = foldedBy(best, ({ page, segment }) => prints.get(segment)?.[page])
    return [...groups, ...ranked.slice(FOLD_DEPTH_MAX).map((one) => [one])]
  }

  /** Results that cannot be compared stand for themselves. */
  async #prints({ partition, segment }: Candidate, signal: AbortSignal) {
    try {
      return await printsOf(this.#rows(partition, signal), segment)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return []
    }
  }

  /** The first that is an answer still; how many are under it. */
  async #best(
    group: readonly Candidate[],
    how: { readonly query: Query; readonly signal: AbortSignal },
  ): Promise<Best> {
    const tried = group.slice(0, SEARCH_TRIES_PER_RESULT)
    for (const [refused, candidate] of tried.entries()) {
      const result = await this.#resolve(candidate, how)
      const folded = group.length - 1 - refused
      if (result === undefined) continue
      return { result: folded === 0 ? result : { ...result, folded }, refused }
    }
    return { refused: tried.length }
  }

  async #gather(query: Query, signal: AbortSignal): Promise<Gathered> {
    const { clock } = this.#tools
    const untilMs = clock.nowMs() + SEARCH_TIMEOUT_MS
    const candidates: Candidate[] = []
    const sum = { pages: 0, words: 0, having: query.terms.map(() => 0) }
    let isPartial = false
    await atEachShard(async (shard) => {
      const isOver = clock.nowMs() >= untilMs || candidates.length >= CANDIDATES_MAX
      const answer = isOver ? undefined : await this.#shard(shard, { query, signal })
      if (answer === undefined) {
        isPartial = true
        return
      }
      for (const match of answer.matches) candidates.push({ ...match, partition: shard })
      sum.pages += answer.pages
      sum.words += answer.words
      sum.having = sum.having.map((have, term) => have + (answer.having[term] ?? 0))
    })
    if (signal.aborted) throw new AnilloError('RPC_CANCELLED', { method: 'search' })
    const scored = candidates.map((candidate) => ({ candidate, score: scoreOf(candidate, sum) }))
    // Of equals the newer first, and then in one order at all members.
    scored.sort(
      (a, b) =>
        b.score - a.score ||
        b.candidate.fetchedAtS - a.candidate.fetchedAtS ||
        (keyOf(a.candidate) < keyOf(b.candidate) ? -1 : 1),
    )
    return { ranked: scored.map(({ candidate }) => candidate), isPartial }
  }

  /** `undefined`: this partition does not answer, or changes too fast. */
  async #shard(
    shard: PartitionId,
    { query, signal }: { readonly query: Query; readonly signal: AbortSignal },
  ): Promise<ShardAnswer | undefined> {
    try {
      for (let tries = 0; tries < MERGED_TRIES_MAX; tries++) {
        const answer = await searchShard(this.#rows(shard, signal), query)
        if (answer !== undefined) return answer
      }
      return undefined
    } catch (thrown) {
      if (isAnilloError(thrown)) return undefined
      throw thrown
    }
  }

  /** `undefined`: it is no answer any more. */
  async #resolve(
    { page: number, partition, segment }: Candidate,
    { query, signal }: { readonly query: Query; readonly signal: AbortSignal },
  ): Promise<SearchResult | undefined> {
    const ids = await this.#rows(partition, signal).get(idsSk(segment, number))
    const facts = ids === undefined ? undefined : readIds(ids)[number % IDS_PER_ROW]
    if (facts === undefined) return undefined
    const content = await this.#tools.scraper.content(facts.id, signal)
    if (content?.page.hash.slice(0, HASH_DIGITS) !== facts.hash) return undefined
    const { page } = content
    const { charset, contentType, fetchedAt, headers, id, since = fetchedAt, title, url } = page
    const question: SnippetQuestion = {
      page: { charset, contentType, headers, title },
      bytes: await beginningOf(content, INDEX_BYTES_MAX),
      query: { terms: query.terms, phrases: query.phrases },
    }
    const snippet = await this.#snippet(question, signal)
    return snippet === undefined
      ? undefined
      : { id, url, title, contentType, since, fetchedAt, snippet }
  }

  async #snippet(question: SnippetQuestion, signal: AbortSignal): Promise<SnippetAnswer> {
    try {
      const limits = { signal, timeoutMs: INDEX_TASK_MS_MAX }
      return (await this.#tools.workers.run(SNIPPET_TASK, question, limits)) as SnippetAnswer
    } catch (thrown) {
      if (!isAnilloError(thrown, 'TASK_ENDED')) throw thrown
      return { text: '', marks: [] }
    }
  }

  #rows(shard: PartitionId, signal: AbortSignal): ShardRows {
    return shardRows(this.#tools, shard, signal)
  }
}

/** Segments are merged in between, but not all the time. */
const MERGED_TRIES_MAX = 3

function keyOf({ page, segment }: Candidate): string {
  return `${segment} ${String(page).padStart(6, '0')}`
}

/** @throws AnilloError BAD_REQUEST */
function placeOf(cursor: string | undefined): number {
  const place = cursor === undefined ? 0 : Number(cursor)
  if (Number.isInteger(place) && place >= 0 && place <= SEARCH_DEPTH_MAX) return place
  throw new AnilloError('BAD_REQUEST', { problem: 'the cursor is none' })
}
