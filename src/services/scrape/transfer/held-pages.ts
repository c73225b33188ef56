/**
 * The pages that the ring holds, in the order of their ids: read by head, through whichever member
 * is asked, with no more in memory than a few rows.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { HeldPage, HeldPages as HeldPageList, PageFilter } from '../../../wire/api-archives.ts'
import type { PageRecord } from '../../../wire/pages.ts'
import { HEADS } from '../heads.ts'
import { PAGE_PREFIX, PAGES_TABLE, placeOf, readKept, type KeptPage } from '../pages/page-rows.ts'
import type { PageStore } from '../pages/page-table.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { HELD_ROWS_AT_ONCE, HELD_ROWS_PER_LIST_MAX } from './limits.ts'

export interface PageListAsked extends PageFilter {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Of one page. */
interface Row {
  readonly id: string
  /** `undefined`: it cannot be read, and must not hide all behind it. */
  readonly page: KeptPage | undefined
}

export class HeldPages {
  readonly #store: PageStore

  constructor(store: PageStore) {
    this.#store = store
  }

  /**
   * Those that the filter wants, without those that cannot be read.
   * @throws AnilloError URL_*, STORE_UNAVAILABLE
   */
  async *pages(filter: PageFilter, signal: AbortSignal): AsyncGenerator<KeptPage> {
    const wanted = wantedBy(filter)
    for await (const { page } of this.#rows(filter, '', signal)) {
      if (page !== undefined && wanted(page.record)) yield page
    }
  }

  /** @throws AnilloError URL_*, STORE_UNAVAILABLE */
  async list(asked: PageListAsked, signal: AbortSignal): Promise<HeldPageList> {
    const wanted = wantedBy(asked)
    const items: HeldPage[] = []
    let looked = 0
    for await (const { id, page } of this.#rows(asked, asked.cursor ?? '', signal)) {
      if (page !== undefined && wanted(page.record)) items.push(heldPage(page.record))
      looked++
      if (items.length === asked.limit || looked === HELD_ROWS_PER_LIST_MAX) {
        return { items, cursor: id }
      }
    }
    return { items }
  }

  /** Behind the id `after`. */
  async *#rows({ url }: PageFilter, after: string, signal: AbortSignal): AsyncGenerator<Row> {
    if (url !== undefined) {
      const id = pageIdOf(canonicalUrl(url))
      const found = await this.#store.get(placeOf(PAGE_PREFIX, id), { signal })
      if (found !== undefined && id > after) yield await this.#row(found, signal)
      return
    }
    for (const head of HEADS) {
      if (head >= after.slice(0, head.length)) yield* this.#rowsOf(head, after, signal)
    }
  }

  async *#rowsOf(head: string, after: string, signal: AbortSignal): AsyncGenerator<Row> {
    const range = { table: PAGES_TABLE, pk: head, prefix: PAGE_PREFIX, limit: HELD_ROWS_AT_ONCE }
    let start = after.startsWith(head) ? `${PAGE_PREFIX}${after}${BEHIND}` : PAGE_PREFIX
    for (;;) {
      signal.throwIfAborted()
      const { items, cursor } = await this.#store.list({ ...range, start }, { signal })
      for (const found of items) yield await this.#row(found, signal)
      const last = items.at(-1)
      if (cursor === undefined || last === undefined) return
      start = `${last.sk}${BEHIND}`
    }
  }

  async #row(found: StoredRecord, signal: AbortSignal): Promise<Row> {
    const id = found.sk.slice(PAGE_PREFIX.length)
    try {
      return { id, page: await readKept(found, this.#store.chunks, { signal }) }
    } catch (thrown) {
      if (!isLost(thrown)) throw thrown
      return { id, page: undefined }
    }
  }
}

/** Nothing that is asked for again will be there. */
export function isLost(thrown: unknown): boolean {
  return LOST.some((code) => isAnilloError(thrown, code))
}

const LOST = ['NOT_FOUND', 'CHUNK_LOST', 'DATA_DAMAGED'] as const

/** Between a key and the next one that there may be. */
const BEHIND = '\u0001'

/** @throws AnilloError URL_* */
function wantedBy({ host, prefix, url }: PageFilter): (record: PageRecord) => boolean {
  const name = host?.trim().toLowerCase()
  const whole = url === undefined ? undefined : canonicalUrl(url)
  return (record) => {
    if (whole !== undefined && record.url !== whole) return false
    if (prefix !== undefined && !record.url.startsWith(prefix)) return false
    return name === undefined || isOn(name, record.url)
  }
}

/** With its port, where it has one; a whole origin does as well. */
function isOn(name: string, url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && (parsed.host === name || parsed.origin === name)
}

const NEVER = new Date(0).toISOString()

export function heldPage({ failure, id, page, url }: PageRecord): HeldPage {
  if (page === undefined) {
    return {
      id,
      url,
      ...(failure === undefined ? {} : { code: failure.code }),
      at: failure?.at ?? NEVER,
    }
  }
  const { bytes, contentType, fetchedAt: at, finalUrl, hash, status, title } = page
  return {
    id,
    url,
    finalUrl,
    status,
    ...(failure === undefined ? {} : { code: failure.code }),
    contentType,
    ...(title === null ? {} : { title }),
    bytes,
    hash,
    at,
  }
}
