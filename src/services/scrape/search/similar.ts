/**
 * Pages that are nearly the same as one: those whose SimHash differs in few bits. All prints of the
 * ring are looked through: eight bytes a page, so that a million of them are read in a moment, and
 * nothing of a text need stand in a key.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { SimilarPage, SimilarPages } from '../../../wire/api-similar.ts'
import type { Page } from '../../../wire/api.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { partitionOfPage } from '../pages/page-rows.ts'
import type { Scraper } from '../pages/scraper.ts'
import { ID_ROWS_MAX, IDS_PER_ROW, SIMILAR_TRIES_PER_RESULT } from './limits.ts'
import { HASH_DIGITS, readIds } from './segment.ts'
import { atEachShard, shardRows, type ShardReaderTools } from './shard-reader.ts'
import { idsPrefix, idsSk, printsSk, readSegments, SEGMENTS_SK } from './shard-rows.ts'
import type { ShardRows } from './shard-search.ts'
import { distanceOf, NEAR_BITS, readPrints, type Print } from './simhash.ts'

export interface SimilarTools extends ShardReaderTools {
  readonly scraper: Pick<Scraper, 'content'>
}

export interface Similar {
  /** Nearest first; `undefined`: no such page is held. @throws AnilloError STORE_UNAVAILABLE */
  similar(id: string, limit: number, signal: AbortSignal): Promise<SimilarPages | undefined>
}

interface Near {
  readonly partition: PartitionId
  readonly segment: string
  readonly page: number
  readonly distance: number
}

export class SimilarSearcher implements Similar {
  readonly #tools: SimilarTools

  constructor(tools: SimilarTools) {
    this.#tools = tools
  }

  async similar(id: string, limit: number, signal: AbortSignal): Promise<SimilarPages | undefined> {
    const content = await this.#tools.scraper.content(id, signal)
    if (content === undefined) return undefined
    const print = await this.#printOf(content.page, signal)
    if (print === undefined) return { items: [], isCompared: false, isPartial: false }
    const { isPartial, near } = await this.#near(print, signal)
    const items: SimilarPage[] = []
    const told = new Set([id])
    for (const one of near.slice(0, SIMILAR_TRIES_PER_RESULT * (limit + 1))) {
      if (items.length === limit) break
      const page = await this.#pageOf(one, signal)
      if (page === undefined || told.has(page.id)) continue
      told.add(page.id)
      const { contentType, fetchedAt, since = fetchedAt, title, url } = page
      const { distance } = one
      items.push({ id: page.id, url, title, contentType, since, fetchedAt, distance })
    }
    return { items, isCompared: true, isPartial }
  }

  /** As it is indexed; `undefined`: not yet, or it is too short. */
  async #printOf({ hash, id }: Page, signal: AbortSignal): Promise<Print | undefined> {
    const rows = shardRows(this.#tools, partitionOfPage(id), signal)
    const { segments } = readSegments(await rows.get(SEGMENTS_SK))
    for (const { name } of segments.toReversed()) {
      const found = await rows.list({ prefix: idsPrefix(name), limit: ID_ROWS_MAX })
      const ids = found.flatMap(({ value }) => readIds(value))
      const number = ids.findIndex((one) => one.id === id && hash.startsWith(one.hash))
      if (number !== -1) return (await printsOf(rows, name))[number]
    }
    return undefined
  }

  async #near(print: Print, signal: AbortSignal) {
    const near: Near[] = []
    let isPartial = false
    await atEachShard(async (partition) => {
      try {
        const rows = shardRows(this.#tools, partition, signal)
        const { segments } = readSegments(await rows.get(SEGMENTS_SK))
        for (const { name: segment } of segments) {
          for (const [page, other] of (await printsOf(rows, segment)).entries()) {
            const distance = other === undefined ? Infinity : distanceOf(print, other)
            if (distance <= NEAR_BITS) near.push({ partition, segment, page, distance })
          }
        }
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        isPartial = true
      }
    })
    signal.throwIfAborted()
    return { near: near.toSorted(byDistance), isPartial }
  }

  /** `undefined`: it has another content by now, or is gone. */
  async #pageOf({ page, partition, segment }: Near, signal: AbortSignal) {
    const rows = shardRows(this.#tools, partition, signal)
    const ids = await rows.get(idsSk(segment, page))
    const facts = ids === undefined ? undefined : readIds(ids)[page % IDS_PER_ROW]
    if (facts === undefined) return undefined
    const content = await this.#tools.scraper.content(facts.id, signal)
    return content?.page.hash.slice(0, HASH_DIGITS) === facts.hash ? content.page : undefined
  }
}

/** In the order of the segment's pages; none where an older member wrote it. */
export async function printsOf(
  rows: Pick<ShardRows, 'get'>,
  segment: string,
): Promise<readonly (Print | undefined)[]> {
  const row = await rows.get(printsSk(segment))
  return row === undefined ? [] : readPrints(row)
}

/** Of equals in one order at all members. */
function byDistance(a: Near, b: Near): number {
  if (a.distance !== b.distance) return a.distance - b.distance
  if (a.segment !== b.segment) return a.segment < b.segment ? -1 : 1
  return a.page - b.page
}
