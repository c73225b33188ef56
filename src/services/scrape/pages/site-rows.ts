/**
 * Which pages of a site are held, and when their contents came: rows beside those of the pages, in
 * the same transactions, so that a site can be listed without its pages being read.
 *
 *     pages  HEAD  site/HOST/TIME/ID   a page of that host
 *
 * HOST is the first 32 hex digits of the SHA-256 of its name, as keys stand on the disk in clear.
 * TIME is a day in UTC, on which a content of the page was first seen, the last one of that day; or
 * `latest`, of the newest copy.
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import type { RecordWrite, Store } from '../../../store/types.ts'
import type { Page } from '../../../wire/api.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import type { PageRecord, StoredPage } from '../../../wire/pages.ts'
import { Count, Hex64 } from '../../../wire/shapes.ts'
import { URL_CHARS_MAX } from '../limits.ts'
import { sinceOf } from './page-record.ts'
import { headOf, PAGES_TABLE } from './page-rows.ts'

export const SITE_PREFIX = 'site/'
/** In place of a day: the newest copies. */
export const LATEST = 'latest'

const HOST_DIGITS = 32
/** `2026-11-21` of an instant. */
const DAY_CHARS = 10

const SiteRow = Type.Object({
  url: Type.String({ minLength: 1, maxLength: URL_CHARS_MAX }),
  /** When its content was first seen, ms since 1970. */
  sinceMs: Count,
  /** Of the decoded body. */
  bytes: Count,
  hash: Hex64,
})
export type SiteRow = Readonly<Static<typeof SiteRow>>

export const readSiteRow = rowReader(SiteRow)

/** With its port, where that is not the one of its scheme. */
export function hostOf(url: string): string {
  return new URL(url).host
}

/** Of all pages of a host. */
export function sitePrefix(host: string): string {
  return `${SITE_PREFIX}${sha256Hex(host).slice(0, HOST_DIGITS)}/`
}

/** Of those of one time. */
export function siteTimePrefix(host: string, time: string): string {
  return `${sitePrefix(host)}${time}/`
}

export function siteKey(url: string, time: string, id: string): string {
  return siteTimePrefix(hostOf(url), time) + id
}

/** The time in a key. */
export function timeIn(sk: string): string {
  return sk.slice(SITE_PREFIX.length + HOST_DIGITS + 1).split('/', 1)[0] ?? ''
}

/** The id of the page, in a key. */
export function pageIdIn(sk: string): string {
  return sk.slice(sk.lastIndexOf('/') + 1)
}

/** Of a content that is kept as the newest copy. */
export function siteRowsOf({ record }: StoredPage): readonly RecordWrite[] {
  const { page } = record
  return page === undefined ? [] : [put(page, dayOf(page)), put(page, LATEST)]
}

/** Of one that is kept as a version: later ones of its day stay what is told. */
export async function rowBesideOthers(
  store: Pick<Store, 'get'>,
  { page }: PageRecord,
): Promise<readonly RecordWrite[]> {
  if (page === undefined) return []
  const there = await rowOf(store, page)
  const isLatest = there === undefined || there.sinceMs <= sinceMsOf(page)
  return isLatest ? [put(page, dayOf(page))] : []
}

/** Of a version that goes, where it was the last one of its day. */
export async function endOfDay(
  store: Pick<Store, 'get'>,
  { page }: PageRecord,
): Promise<readonly RecordWrite[]> {
  if (page === undefined) return []
  const there = await rowOf(store, page)
  return there?.sinceMs === sinceMsOf(page) ? [remove(page, dayOf(page))] : []
}

/** Of a page that goes with all its versions, or of one of these. */
export function siteRowsGone({ page }: PageRecord, isPage: boolean): readonly RecordWrite[] {
  if (page === undefined) return []
  return [remove(page, dayOf(page)), ...(isPage ? [remove(page, LATEST)] : [])]
}

async function rowOf(store: Pick<Store, 'get'>, page: Page): Promise<SiteRow | undefined> {
  const sk = siteKey(page.url, dayOf(page), page.id)
  const record = await store.get({ table: PAGES_TABLE, pk: headOf(page.id), sk })
  return record && readSiteRow(record)
}

function put(page: Page, time: string): RecordWrite {
  const { bytes, hash, url } = page
  const row: SiteRow = { url, sinceMs: sinceMsOf(page), bytes, hash }
  return { kind: 'put', sk: siteKey(url, time, page.id), value: rowBytes(row) }
}

function remove({ id, url }: Page, time: string): RecordWrite {
  return { kind: 'delete', sk: siteKey(url, time, id) }
}

function dayOf(page: Page): string {
  return sinceOf(page).slice(0, DAY_CHARS)
}

function sinceMsOf(page: Page): number {
  return Date.parse(sinceOf(page))
}
