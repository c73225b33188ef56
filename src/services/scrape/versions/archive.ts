/**
 * The versions of a page. A content that is replaced stays beside the page that took its place,
 * under the instant at which it was first seen; so the version held at an instant is the one with
 * the latest instant that is not after it.
 */
import { tryText } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { PageVersion, PageVersions } from '../../../wire/api-pages.ts'
import type { Page } from '../../../wire/api.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { REMOVE_TRIES_MAX, VERSIONS_PER_LIST_MAX } from '../limits.ts'
import { bodyPieces } from '../pages/page-body.ts'
import { sinceOf } from '../pages/page-record.ts'
import {
  headOf,
  linksOf,
  LOCK_PREFIX,
  PAGE_PREFIX,
  PAGES_TABLE,
  placeOf,
  readKept,
  testimoniesPrefix,
  testimonyKey,
  versionKey,
  versionsPrefix,
  type KeptPage,
} from '../pages/page-rows.ts'
import type { PageStore } from '../pages/page-table.ts'
import type { PageContent } from '../pages/scraper.ts'
import { siteRowsGone } from '../pages/site-rows.ts'
import { removeRenders } from '../render/render-rows.ts'

export class Archive {
  readonly #store: PageStore

  constructor(store: PageStore) {
    this.#store = store
  }

  /** Newest first, the copy held among them. @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE */
  async versions(id: string, cursor?: string, options?: CallOptions): Promise<PageVersions> {
    const held = cursor === undefined ? await this.#held(id, options) : undefined
    const items = held?.record.page === undefined ? [] : [sumOf(held.record.page, true)]
    // What was held a moment ago may have become a version meanwhile: it is not told twice.
    const before = cursor === undefined ? items[0]?.at : instantOf(cursor)
    const range = {
      ...this.#range(id),
      ...(before === undefined ? {} : { end: versionKey(id, before) }),
      reverse: true,
      limit: VERSIONS_PER_LIST_MAX - items.length,
    }
    const found = await this.#store.list(range, options)
    for (const row of found.items) {
      const { record } = await readKept(row, this.#store.chunks, options)
      if (record.page !== undefined) items.push(sumOf(record.page, false))
    }
    const last = items.at(-1)
    return found.cursor === undefined || last === undefined ? { items } : { items, cursor: last.at }
  }

  /**
   * The version that was held at that instant, else the nearest to it, which is the oldest.
   * @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE
   */
  async at(id: string, instant: string, options?: CallOptions): Promise<PageContent | undefined> {
    const at = instantOf(instant)
    const held = await this.#held(id, options)
    const page = held?.record.page
    if (held !== undefined && page !== undefined && sinceOf(page) <= at) {
      return this.#contentOf(held, options)
    }
    const range = { ...this.#range(id), limit: 1 }
    // NUL: that very instant is among them.
    const until = { ...range, end: `${versionKey(id, at)}\0`, reverse: true }
    const [before] = (await this.#store.list(until, options)).items
    const row = before ?? (await this.#store.list(range, options)).items[0]
    if (row === undefined) return held === undefined ? undefined : this.#contentOf(held, options)
    return this.#contentOf(await readKept(row, this.#store.chunks, options), options)
  }

  /**
   * What several members say that they saw of the version held at the instant, or of the newest;
   * `undefined`: nobody was asked. @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE
   */
  async testimony(
    id: string,
    instant: string | undefined,
    options?: CallOptions,
  ): Promise<string | undefined> {
    const page =
      instant === undefined
        ? (await this.#held(id, options))?.record.page
        : (await this.at(id, instant, options))?.page
    return page === undefined ? undefined : this.testimonyOf(page, options)
  }

  /** As `testimony()`, of what is kept as this page. */
  async testimonyOf(page: Page, options?: CallOptions): Promise<string | undefined> {
    if (page.witnesses === undefined) return undefined
    const place = { table: PAGES_TABLE, pk: headOf(page.id) }
    const sk = testimonyKey(page.id, sinceOf(page))
    const row = await this.#store.get({ ...place, sk }, options)
    return row === undefined ? undefined : tryText(row.value)
  }

  /** The version of that very name, which is none that is held as the page. */
  async version(id: string, since: string, options?: CallOptions): Promise<Page | undefined> {
    const place = { table: PAGES_TABLE, pk: headOf(id), sk: versionKey(id, instantOf(since)) }
    const row = await this.#store.get(place, options)
    if (row === undefined) return undefined
    return (await readKept(row, this.#store.chunks, options)).record.page
  }

  /**
   * Takes the page away with all its versions; whoever downloads it meanwhile begins anew.
   * @returns how many contents were taken away; 0: there was no such page.
   * @throws AnilloError BUSY, STORE_UNAVAILABLE, OUTCOME_UNKNOWN; asked again, it goes on
   */
  async remove(id: string, options?: CallOptions): Promise<number> {
    let removed = 0
    await removeRenders(this.#store, id, options)
    for (let tries = 0; tries < REMOVE_TRIES_MAX; tries++) {
      for (;;) {
        // The page itself goes last: as long as a version is left, people see that there is.
        const { items } = await this.#store.list(
          { ...this.#range(id), limit: LIST_RECORDS_MAX },
          options,
        )
        if (items.length === 0) break
        for (const row of items) if (await this.#removeRow(id, row, options)) removed++
      }
      const row = await this.#store.get(placeOf(PAGE_PREFIX, id), options)
      if (row === undefined) {
        // What was drawn in between was kept beside a version that was there still.
        await removeRenders(this.#store, id, options)
        return removed
      }
      if (await this.#removeRow(id, row, options)) removed++
    }
    throw new AnilloError('BUSY', { what: 'downloads of this page' })
  }

  /** `false`: it is another one by now, or gone. */
  async #removeRow(id: string, row: StoredRecord, options?: CallOptions): Promise<boolean> {
    const kept = await this.#toRemove(row, options)
    const isPage = row.sk === PAGE_PREFIX + id
    const told = await this.#testimoniesWith(id, row, options)
    const outcome = await this.#store.transact(
      {
        table: PAGES_TABLE,
        pk: headOf(id),
        conditions: [{ sk: row.sk, is: row.etag }],
        writes: [
          { kind: 'delete', sk: row.sk },
          ...told.map((sk) => ({ kind: 'delete', sk }) as const),
          ...(kept === undefined ? [] : siteRowsGone(kept.record, isPage)),
          // Who downloads it loses the right to keep it: it knows versions that are no more.
          ...(isPage ? [{ kind: 'delete', sk: LOCK_PREFIX + id } as const] : []),
        ],
        ...(kept === undefined || kept.chunks.length === 0
          ? {}
          : { chunks: { unrefer: linksOf(kept) } }),
      },
      options,
    )
    return outcome.kind === 'done'
  }

  /** Keys: that of a version, and of the page, which goes last, all that are left. */
  async #testimoniesWith(id: string, { sk }: StoredRecord, options?: CallOptions) {
    if (sk !== PAGE_PREFIX + id) return [testimonyKey(id, sk.slice(versionsPrefix(id).length))]
    const place = { table: PAGES_TABLE, pk: headOf(id) }
    const range = { ...place, prefix: testimoniesPrefix(id), limit: LIST_RECORDS_MAX }
    return (await this.#store.list(range, options)).items.map((row) => row.sk)
  }

  /** `undefined`: what it refers to is lost, and cannot be told any more. */
  async #toRemove(row: StoredRecord, options?: CallOptions): Promise<KeptPage | undefined> {
    try {
      return await readKept(row, this.#store.chunks, options)
    } catch (thrown) {
      if (!(thrown instanceof AnilloError) || !LOST.has(thrown.code)) throw thrown
      return undefined
    }
  }

  async #held(id: string, options?: CallOptions): Promise<KeptPage | undefined> {
    const found = await this.#store.get(placeOf(PAGE_PREFIX, id), options)
    return found === undefined ? undefined : readKept(found, this.#store.chunks, options)
  }

  #range(id: string) {
    return { table: PAGES_TABLE, pk: headOf(id), prefix: versionsPrefix(id) }
  }

  #contentOf(kept: KeptPage, options: CallOptions = {}): PageContent | undefined {
    const { page } = kept.record
    if (page === undefined) return undefined
    return { page, body: bodyPieces(this.#store.chunks, kept.body, options) }
  }
}

const LOST: ReadonlySet<string> = new Set(['NOT_FOUND', 'CHUNK_LOST', 'DATA_DAMAGED'])

function sumOf(page: Page, isHeld: boolean): PageVersion {
  const { bytes, contentType, fetchedAt, hash, importedAt, status, title } = page
  const at = sinceOf(page)
  const told = { at, fetchedAt, status, hash, bytes, contentType, title, isHeld }
  return importedAt === undefined ? told : { ...told, importedAt }
}

/** In the one spelling in which they stand in the table. @throws AnilloError BAD_REQUEST */
export function instantOf(text: string): string {
  const ms = Date.parse(text)
  // Beyond, instants have more digits, and stand elsewhere in the order of texts.
  if (Number.isNaN(ms) || ms < 0 || ms > LAST_MS) {
    throw new AnilloError('BAD_REQUEST', {
      problem: 'that is no instant, such as 2026-01-31T12:00:00Z',
    })
  }
  return new Date(ms).toISOString()
}

const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')
