/**
 * Where pages and their versions stand in the table `pages`, and how their rows are read. All of
 * one page lies under the first two digits of its id: `page/ID` the newest copy, `version/ID/SINCE`
 * what it took the place of. The chunks of a content are referred to under a name that bears the
 * same instant, so that its row can become a version without any chunk learning of it.
 */
import { AnilloError } from '../../../base/errors.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { CallOptions, ChunkLinks, ChunkRef, ChunkStore } from '../../../store/types.ts'
import type { Page } from '../../../wire/api.ts'
import { readPageRow, readStoredPage, type StoredPage } from '../../../wire/pages.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { HEAD_DIGITS } from '../heads.ts'

export const PAGES_TABLE = 'pages'

/** Begins the sort keys of pages. */
export const PAGE_PREFIX = 'page/'
export const LOCK_PREFIX = 'lock/'
export const ORDER_PREFIX = 'order/'
const VERSION_PREFIX = 'version/'
const TESTIMONY_PREFIX = 'testimony/'

/** A page or a version that is kept, and what it refers to. */
export interface KeptPage extends StoredPage {
  /** All chunks that the row refers to. */
  readonly chunks: readonly ChunkRef[]
  /** As it stands. */
  readonly row: StoredRecord
  /** Versions that are kept beside the page. */
  readonly older: number
  /** Those of them that somebody imported. */
  readonly imported: number
}

export function headOf(id: string): string {
  return id.slice(0, HEAD_DIGITS)
}

export function partitionOfPage(id: string): PartitionId {
  return partitionOf(PAGES_TABLE, headOf(id))
}

export function placeOf(prefix: string, id: string) {
  return { table: PAGES_TABLE, pk: headOf(id), sk: prefix + id }
}

/** In byte order, that of their instants. */
export function versionsPrefix(id: string): string {
  return `${VERSION_PREFIX}${id}/`
}

export function versionKey(id: string, since: string): string {
  return versionsPrefix(id) + since
}

/** Beside the rows of its content, under the same instant. */
export function testimoniesPrefix(id: string): string {
  return `${TESTIMONY_PREFIX}${id}/`
}

export function testimonyKey(id: string, since: string): string {
  return testimoniesPrefix(id) + since
}

/** Of the chunks of this content, wherever its row stands. */
export function referenceOf(id: string, page: Page | undefined): string {
  // What a page has had from the time before it had versions is under its bare name.
  return page?.since === undefined ? PAGE_PREFIX + id : `${PAGE_PREFIX}${id}/${page.since}`
}

export function linksOf({ record, chunks }: Pick<KeptPage, 'record' | 'chunks'>): ChunkLinks {
  return { reference: referenceOf(record.id, record.page), chunks }
}

/** @throws AnilloError DATA_DAMAGED, and as `ChunkStore.get` */
export async function readKept(
  found: StoredRecord,
  chunks: Pick<ChunkStore, 'get'>,
  options?: CallOptions,
): Promise<KeptPage> {
  const row = readPageRow(found.value)
  const counts = { older: row?.older ?? 0, imported: row?.imported ?? 0 }
  if (row !== undefined && 'record' in row.page) {
    return { ...row.page, chunks: bodyChunksOf(row.page), row: found, ...counts }
  }
  if (row !== undefined && 'facts' in row.page) {
    const { facts } = row.page
    const page = readStoredPage(await chunks.get(facts.hash, options))
    if (page !== undefined) {
      return { ...page, chunks: [...bodyChunksOf(page), facts], row: found, ...counts }
    }
  }
  throw new AnilloError('DATA_DAMAGED', { path: PAGES_TABLE, problem: 'a page is none' })
}

export function bodyChunksOf({ body }: StoredPage): readonly ChunkRef[] {
  return body.kind === 'chunks' ? body.chunks : []
}
