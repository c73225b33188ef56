/**
 * Pages that are held, by host and day: read from the rows of sites (`pages/site-rows.ts`), a part
 * of them at a time, in no order. It keeps nothing in memory.
 */
import { assert } from '../../../base/assert.ts'
import { isAnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import { HEADS } from '../heads.ts'
import { headOf, PAGES_TABLE } from '../pages/page-rows.ts'
import type { PageStore } from '../pages/page-table.ts'
import {
  hostOf,
  pageIdIn,
  readSiteRow,
  SITE_PREFIX,
  siteKey,
  sitePrefix,
  siteTimePrefix,
  timeIn,
  type SiteRow,
} from '../pages/site-rows.ts'
import { canonicalUrl, pageIdOf, type CanonicalUrl } from '../urls/canonical-url.ts'
import type { Archive } from '../versions/archive.ts'

export interface SitePage extends SiteRow {
  readonly id: string
}

/** Heads read at once, and rows of each: what a list has in memory at a time. */
const HEADS_AT_ONCE = 16
const ROWS_AT_ONCE = 256
/** Where most of what follows is passed over. */
const ROWS_BEFORE_A_LEAP = 8

export class SiteArchive {
  readonly #store: Pick<PageStore, 'get' | 'list'>
  readonly #archive: Pick<Archive, 'at'>

  constructor(store: Pick<PageStore, 'get' | 'list'>, archive: Pick<Archive, 'at'>) {
    this.#store = store
    this.#archive = archive
  }

  /** Of which a page is held, with their ports. One may be told more than once. */
  async *hosts(options?: CallOptions): AsyncGenerator<string> {
    const leap = (url: string): string => sitePrefix(hostOf(url))
    for await (const { row } of this.#rows({ prefix: SITE_PREFIX, leap }, options)) {
      yield hostOf(row.url)
    }
  }

  /** Days, `2026-11-21`, and `latest`. One may be told more than once. */
  async *times(host: string, options?: CallOptions): AsyncGenerator<string> {
    const leap = (_: string, time: string): string => siteTimePrefix(host, time)
    for await (const { sk } of this.#rows({ prefix: sitePrefix(host), leap }, options)) {
      yield timeIn(sk)
    }
  }

  /** Of a day: contents that were first seen on it, the last of each page. */
  async *pages(host: string, time: string, options?: CallOptions): AsyncGenerator<SitePage> {
    const prefix = siteTimePrefix(host, time)
    for await (const { row, sk } of this.#rows({ prefix }, options)) {
      yield { ...row, id: pageIdIn(sk) }
    }
  }

  /** The one of an address. */
  async page(
    { time, url }: { readonly url: string; readonly time: string },
    options?: CallOptions,
  ): Promise<SitePage | undefined> {
    const canonical = tryCanonicalUrl(url)
    if (canonical !== url) return undefined
    const id = pageIdOf(canonical)
    return this.#found(siteKey(url, time, id), id, options)
  }

  /** The one of an id. */
  async pageOf(
    { host, id, time }: { readonly host: string; readonly time: string; readonly id: string },
    options?: CallOptions,
  ): Promise<SitePage | undefined> {
    return this.#found(siteTimePrefix(host, time) + id, id, options)
  }

  /** `undefined`: it was taken away. */
  async body({ hash, id, sinceMs }: SitePage, options?: CallOptions) {
    const found = await this.#archive.at(id, new Date(sinceMs).toISOString(), options)
    return found?.page.hash === hash ? found.body : undefined
  }

  async #found(sk: string, id: string, options?: CallOptions): Promise<SitePage | undefined> {
    const record = await this.#store.get({ table: PAGES_TABLE, pk: headOf(id), sk }, options)
    return record && { ...readSiteRow(record), id }
  }

  /** With `leap`, all that begins with what it tells is passed over behind the row. */
  async *#rows(what: Wanted, options?: CallOptions): AsyncGenerator<Row> {
    for (let first = 0; first < HEADS.length; first += HEADS_AT_ONCE) {
      let open = HEADS.slice(first, first + HEADS_AT_ONCE).map((pk) => ({ pk, start: what.prefix }))
      while (open.length > 0) {
        const parts = await Promise.all(open.map((at) => this.#part(what, at, options)))
        open = []
        for (const { next, rows } of parts) {
          yield* rows
          if (next !== undefined) open.push(next)
        }
      }
    }
  }

  async #part(
    { leap, prefix }: Wanted,
    { pk, start }: Place,
    options?: CallOptions,
  ): Promise<{ readonly rows: readonly Row[]; readonly next: Place | undefined }> {
    const limit = leap === undefined ? ROWS_AT_ONCE : ROWS_BEFORE_A_LEAP
    const range = { table: PAGES_TABLE, pk, prefix, start, limit }
    const { cursor, items } = await this.#store.list(range, options)
    const rows = items.map((record) => ({ sk: record.sk, row: readSiteRow(record) }))
    const last = rows.at(-1)
    if (cursor === undefined || last === undefined) return { rows, next: undefined }
    const behind =
      leap === undefined ? `${last.sk}\u0001` : behindAll(leap(last.row.url, timeIn(last.sk)))
    return { rows, next: { pk, start: behind } }
  }
}

interface Wanted {
  readonly prefix: string
  readonly leap?: (url: string, time: string) => string
}

interface Row {
  readonly sk: string
  readonly row: SiteRow
}

interface Place {
  readonly pk: string
  readonly start: string
}

/** The first key behind all that begin with a prefix that ends with a slash. */
function behindAll(prefix: string): string {
  assert(prefix.endsWith('/'), 'a prefix ends with a slash')
  // `0` is what follows the slash.
  return `${prefix.slice(0, -1)}0`
}

/** `undefined`: it is no address. */
function tryCanonicalUrl(url: string): CanonicalUrl | undefined {
  try {
    return canonicalUrl(url)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return undefined
  }
}
