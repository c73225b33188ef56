/**
 * Pages in the store: the table `pages`. A page stands under the first two digits of its id, with
 * the lock of whoever downloads it and the order for it beside it, so that one transaction shows
 * the lock's fence, keeps the page and ends both.
 */
import { present } from '../../../base/assert.ts'
import { utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { Random } from '../../../effects/random.ts'
import { acquireLock, releaseLock, renewLock } from '../../../store/locks/lock-procedures.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type {
  CallOptions,
  ChunkChanges,
  ChunkLinks,
  ChunkRef,
  Condition,
  RecordWrite,
  Store,
  Upload,
} from '../../../store/types.ts'
import {
  packPage,
  readPageOrder,
  readPageRow,
  type PageOrder,
  type PageSum,
  type StoredPage,
} from '../../../wire/pages.ts'
import { VALUE_BYTES_MAX } from '../../../wire/record-limits.ts'
import {
  LEASE_MS,
  OLDER_VERSIONS_MAX,
  ORDER_KEPT_MS,
  ORDERS_PER_LOOK_MAX,
  VERSION_ROWS_AT_ONCE,
} from '../limits.ts'
import { removeRenders } from '../render/render-rows.ts'
import { isImported, isSameVersion, sinceOf } from './page-record.ts'
import {
  bodyChunksOf,
  headOf,
  linksOf,
  LOCK_PREFIX,
  ORDER_PREFIX,
  PAGE_PREFIX,
  PAGES_TABLE,
  partitionOfPage,
  placeOf,
  readKept,
  testimonyKey,
  versionKey,
  versionsPrefix,
  type KeptPage,
} from './page-rows.ts'
import { endOfDay, rowBesideOthers, siteRowsOf } from './site-rows.ts'

/** The store as pages need it. */
export type PageStore = Pick<Store, 'get' | 'list' | 'transact' | 'call' | 'chunks'>

export interface Order extends PageOrder {
  readonly id: string
}

/** The lock of a page, held. */
export interface Lease {
  readonly id: string
  readonly fence: number
}

/** The right to keep one page: by its lease, or without one by being the first. */
export interface ShownRight {
  readonly id: string
  readonly fence: number | undefined
}

export interface PageTableOptions {
  readonly store: PageStore
  readonly random: Random
  /** Whose locks they are: the same after a restart, who then goes on with its own. */
  readonly self: string
}

export class PageTable {
  readonly #options: PageTableOptions

  constructor(options: PageTableOptions) {
    this.#options = options
  }

  get #store(): PageStore {
    return this.#options.store
  }

  /** Linearizable. */
  async get(id: string, options?: CallOptions): Promise<KeptPage | undefined> {
    const found = await this.#store.get(placeOf(PAGE_PREFIX, id), options)
    return found === undefined ? undefined : readKept(found, this.#store.chunks, options)
  }

  /** Another member downloads the page, or did so until a moment ago. */
  async isLeased(id: string): Promise<boolean> {
    return (await this.#store.get(placeOf(LOCK_PREFIX, id))) !== undefined
  }

  /** `undefined`: another member has it. */
  async acquire(id: string): Promise<Lease | undefined> {
    const answer = await this.#store.call(partitionOfPage(id), acquireLock, this.#leased(id))
    return answer.kind === 'held' ? { id, fence: answer.fence } : undefined
  }

  /** @returns whether it is held still. */
  async renew({ id }: Lease): Promise<boolean> {
    const answer = await this.#store.call(partitionOfPage(id), renewLock, this.#leased(id))
    return answer.kind === 'held'
  }

  /** The order stays. */
  async release({ id }: Lease): Promise<void> {
    await this.#store.call(partitionOfPage(id), releaseLock, this.#named(id))
  }

  /** Chunks that it will refer to are pinned for this. */
  upload(id: string): Upload {
    const bytes = this.#options.random.bytes(UPLOAD_BYTES)
    return { id: Buffer.from(bytes).toString('hex'), partition: partitionOfPage(id) }
  }

  /**
   * Keeps the page, ends lease and order; another content that it takes the place of becomes a
   * version. `false`: the lease ran out before, or without one another member was quicker, and
   * nothing was done.
   */
  async keep(shown: ShownRight, page: StoredPage, kept: Keeping): Promise<boolean> {
    const { id } = shown
    const { before } = kept
    const isReplaced = before !== undefined && isReplacedBy(before, page)
    const counts = countsAfter(before, isReplaced)
    const isOneTooMany = isReplaced && !isOfImport(page) && ownOf(counts) > OLDER_VERSIONS_MAX
    const dropped = isOneTooMany ? await this.#oldestOwn(id) : undefined
    const beside = { ...counts, older: counts.older - (dropped === undefined ? 0 : 1) }
    const { value, chunks } = await this.#rowOf(page, { upload: kept.upload, beside })
    const outcome = await this.#store.transact({
      table: PAGES_TABLE,
      pk: headOf(id),
      conditions: conditionsOf(shown, before),
      writes: [
        { kind: 'put', sk: PAGE_PREFIX + id, value },
        ...(isReplaced ? [movedOf(id, before)] : []),
        ...siteRowsOf(page),
        ...(dropped === undefined ? [] : droppedWrites(id, dropped)),
        ...(dropped === undefined ? [] : await endOfDay(this.#store, dropped.record)),
        ...toldOf(id, page, kept.testimony),
        ...endOf(shown, kept.isOrdered),
      ],
      chunks: changesOf({ ...page, chunks, ...kept }, isReplaced ? dropped : before),
    })
    if (outcome.kind !== 'done') return false
    if (dropped !== undefined) await this.#leaveRender(id, dropped)
    return true
  }

  /** What was drawn of a version that is no more; where that fails it goes with the page. */
  async #leaveRender(id: string, { record }: KeptPage): Promise<void> {
    const since = sinceOf(present(record.page, 'a page that is dropped'))
    await removeRenders(this.#store, id, { since }).catch((thrown: unknown) => {
      if (!isAnilloError(thrown)) throw thrown
    })
  }

  /**
   * Puts a version beside the page, which stays. `before` is that page, with room for a version.
   * `false`: as `keep()`.
   */
  async keepBeside(
    shown: ShownRight,
    version: StoredPage,
    kept: Keeping & { readonly before: KeptPage },
  ): Promise<boolean> {
    const { id } = shown
    const { before, isOrdered, upload } = kept
    const since = sinceOf(present(version.record.page, 'a page as a version'))
    const { value, chunks } = await this.#rowOf(version, { upload, beside: NOTHING_BESIDE })
    const page = present(readPageRow(before.row.value), 'a row that was read')
    const imported = before.imported + (isOfImport(version) ? 1 : 0)
    const counted = packPage({ ...page, older: before.older + 1, imported })
    const outcome = await this.#store.transact({
      table: PAGES_TABLE,
      pk: headOf(id),
      conditions: [...conditionsOf(shown, before), { sk: versionKey(id, since), is: 'absent' }],
      writes: [
        { kind: 'put', sk: versionKey(id, since), value },
        { kind: 'put', sk: PAGE_PREFIX + id, value: counted },
        ...(await rowBesideOthers(this.#store, version.record)),
        ...endOf(shown, isOrdered),
      ],
      chunks: changesOf({ ...version, chunks, ...kept }, undefined),
    })
    return outcome.kind === 'done'
  }

  /** What is kept is good enough: lease and order end. */
  async endWith(shown: ShownRight, isOrdered: boolean): Promise<void> {
    const { fence, id } = shown
    const writes = endOf(shown, isOrdered)
    if (writes.length === 0) return
    const conditions = fence === undefined ? [] : [{ sk: LOCK_PREFIX + id, is: { fence } }]
    await this.#store.transact({ table: PAGES_TABLE, pk: headOf(id), conditions, writes })
  }

  /** Outlives whoever takes it: another begins with it then. */
  async order({ id, ...order }: Order): Promise<void> {
    const value = packPage(order)
    const sk = ORDER_PREFIX + id
    const writes = [{ kind: 'put', sk, value, expiresInMs: ORDER_KEPT_MS } as const]
    const place = { table: PAGES_TABLE, pk: headOf(id) }
    await this.#store.transact({ ...place, conditions: [], writes })
  }

  async forget(id: string): Promise<void> {
    const place = { table: PAGES_TABLE, pk: headOf(id) }
    const writes = [{ kind: 'delete', sk: ORDER_PREFIX + id } as const]
    await this.#store.transact({ ...place, conditions: [], writes })
  }

  /** Of pages whose ids begin so; the first of them, where there are very many. */
  async orders(head: string): Promise<readonly Order[]> {
    const range = { table: PAGES_TABLE, pk: head, prefix: ORDER_PREFIX, limit: ORDERS_PER_LOOK_MAX }
    const { items } = await this.#store.list(range)
    return items.flatMap(({ sk, value }) => {
      const order = readPageOrder(value)
      return order === undefined ? [] : [{ id: sk.slice(ORDER_PREFIX.length), ...order }]
    })
  }

  /** The oldest version that the ring got itself: imported ones have their own bound. */
  async #oldestOwn(id: string): Promise<KeptPage | undefined> {
    const prefix = versionsPrefix(id)
    const range = { table: PAGES_TABLE, pk: headOf(id), prefix, limit: VERSION_ROWS_AT_ONCE }
    let start = prefix
    for (;;) {
      const { cursor, items } = await this.#store.list({ ...range, start })
      for (const row of items) {
        if (readPageRow(row.value)?.isImported === true) continue
        return await this.#readable(row)
      }
      const last = items.at(-1)
      if (cursor === undefined || last === undefined) return undefined
      // NUL: the next key in byte order.
      start = `${last.sk}\0`
    }
  }

  /** Whose chunks cannot be told stays, and what was just downloaded is kept all the same. */
  async #readable(row: StoredRecord): Promise<KeptPage | undefined> {
    try {
      return await readKept(row, this.#store.chunks)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return undefined
    }
  }

  /** Facts that are too large for a record go into a chunk: headers may have 64 KiB. */
  async #rowOf(
    page: StoredPage,
    { upload, beside }: { readonly upload: Upload; readonly beside: Beside },
  ): Promise<Row> {
    const sum = sumOf(page)
    const chunks = bodyChunksOf(page)
    const counts = Object.entries(beside).filter(([, count]) => count > 0)
    const beyond = {
      ...(sum === undefined ? {} : { sum }),
      ...(isOfImport(page) ? { isImported: true as const } : {}),
      ...Object.fromEntries(counts),
    }
    const row = { ...beyond, page }
    const value = packPage(row)
    if (value.length <= VALUE_BYTES_MAX) return { value, chunks }
    const { hash, bytes } = await this.#store.chunks.put(packPage(page), upload)
    const facts = { hash, bytes }
    return { value: packPage({ ...row, page: { facts } }), chunks: [...chunks, facts] }
  }

  #named(id: string) {
    return { ...placeOf(LOCK_PREFIX, id), token: this.#tokenOf(id) }
  }

  #leased(id: string) {
    return { ...this.#named(id), ttlMs: LEASE_MS }
  }

  #tokenOf(id: string): string {
    return sha256Hex(`${this.#options.self} ${id}`).slice(0, TOKEN_DIGITS)
  }
}

/** What a page that is kept takes the place of, and the upload that brought its chunks. */
export interface Keeping {
  readonly before: KeptPage | undefined
  readonly upload: Upload
  /** An order for it stands, or may stand, and ends. */
  readonly isOrdered: boolean
  /** What several members say that they saw of it; it stays with this content. */
  readonly testimony?: string | undefined
}

interface Row {
  readonly value: Uint8Array
  readonly chunks: readonly ChunkRef[]
}

/** Versions that are kept beside a page. */
type Beside = Pick<KeptPage, 'older' | 'imported'>

const NOTHING_BESIDE: Beside = { older: 0, imported: 0 }

const UPLOAD_BYTES = 16
const TOKEN_DIGITS = 32

function endOf({ fence, id }: ShownRight, isOrdered: boolean): readonly RecordWrite[] {
  return [
    ...(fence === undefined ? [] : [{ kind: 'delete', sk: LOCK_PREFIX + id } as const]),
    ...(isOrdered ? [{ kind: 'delete', sk: ORDER_PREFIX + id } as const] : []),
  ]
}

/** The lease is held, or nobody has one; and the page is what it was. */
function conditionsOf(
  { fence, id }: ShownRight,
  before: KeptPage | undefined,
): readonly Condition[] {
  return [
    { sk: LOCK_PREFIX + id, is: fence === undefined ? 'absent' : { fence } },
    { sk: PAGE_PREFIX + id, is: before?.row.etag ?? 'absent' },
  ]
}

function countsAfter(before: KeptPage | undefined, isReplaced: boolean): Beside {
  const { imported, older } = before ?? NOTHING_BESIDE
  if (before === undefined || !isReplaced) return { imported, older }
  return { imported: imported + (isOfImport(before) ? 1 : 0), older: older + 1 }
}

/** Versions that the ring got itself. */
function ownOf({ imported, older }: Beside): number {
  return older - imported
}

function isOfImport({ record }: Pick<StoredPage, 'record'>): boolean {
  return record.page !== undefined && isImported(record.page)
}

/** A version goes with what was said of it. */
function droppedWrites(id: string, { record, row }: KeptPage): readonly RecordWrite[] {
  const since = record.page === undefined ? undefined : sinceOf(record.page)
  return [
    { kind: 'delete', sk: row.sk },
    ...(since === undefined ? [] : [{ kind: 'delete', sk: testimonyKey(id, since) } as const]),
  ]
}

function toldOf(
  id: string,
  { record }: StoredPage,
  testimony: string | undefined,
): readonly RecordWrite[] {
  if (testimony === undefined) return []
  const since = sinceOf(present(record.page, 'a page that was seen'))
  return [{ kind: 'put', sk: testimonyKey(id, since), value: utf8(testimony) }]
}

function sumOf({ record }: StoredPage): PageSum | undefined {
  const { page } = record
  return page === undefined ? undefined : { hash: page.hash, bytes: page.bytes }
}

/** Another version: what was there stays beside it. */
function isReplacedBy({ record }: KeptPage, page: StoredPage): boolean {
  const [before, after] = [record.page, page.record.page]
  return before !== undefined && after !== undefined && !isSameVersion(before, after)
}

function movedOf(id: string, { record, row }: KeptPage): RecordWrite {
  const since = sinceOf(present(record.page, 'a page that is replaced'))
  return { kind: 'put', sk: versionKey(id, since), value: row.value }
}

/**
 * Chunks of both stay, as `ChunkChanges` says; those of the very body that was kept are not told.
 */
function changesOf(
  { record, body, chunks, upload }: Pick<KeptPage, 'record' | 'body' | 'chunks'> & Keeping,
  gone: KeptPage | undefined,
): ChunkChanges {
  const refer = linksOf({ record, chunks })
  const unrefer = gone === undefined ? NO_LINKS : linksOf(gone)
  const isSame = gone?.body === body && unrefer.reference === refer.reference
  const kept = new Set(isSame ? bodyChunksOf(gone).map(({ hash }) => hash) : [])
  const others = (links: ChunkLinks): ChunkLinks => {
    return { ...links, chunks: links.chunks.filter(({ hash }) => !kept.has(hash)) }
  }
  const changes = { refer: others(refer), unrefer: others(unrefer) }
  return {
    ...(changes.refer.chunks.length === 0 ? {} : { upload: upload.id, refer: changes.refer }),
    ...(changes.unrefer.chunks.length === 0 ? {} : { unrefer: changes.unrefer }),
  }
}

const NO_LINKS: ChunkLinks = { reference: '', chunks: [] }
