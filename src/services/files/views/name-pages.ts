/** Lists in the order of names, page by page. Pure. */
import { base64Of, tryBase64 } from '../../../base/base64.ts'
import { compareBytes, tryText, utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { Entry, EntryPage, ListOptions } from '../types.ts'

export const PAGE_ENTRIES_DEFAULT = 1_000
export const PAGE_ENTRIES_MAX = 10_000

/** Of entries that are all in memory. @throws AnilloError BAD_REQUEST */
export function pageOf(entries: readonly Entry[], ask: ListOptions): EntryPage {
  const after = ask.cursor === undefined ? undefined : nameIn(ask.cursor)
  const { prefix = '' } = ask
  const sorted = entries
    .filter(({ name }) => startsWith(name, prefix) && isBehind(name, after))
    .toSorted((a, b) => compareNames(a.name, b.name))
  return cut(sorted, limitOf(ask))
}

/** @param entries in order, one more than the limit where there are more */
export function cut(entries: readonly Entry[], limit: number): EntryPage {
  const page = entries.slice(0, limit)
  const last = page.at(-1)
  const hasMore = entries.length > limit && last !== undefined
  return { entries: page, cursor: hasMore ? base64Of(utf8(nfc(last.name))) : undefined }
}

export function limitOf({ limit = PAGE_ENTRIES_DEFAULT }: ListOptions): number {
  return Math.min(limit, PAGE_ENTRIES_MAX)
}

export function startsWith(name: string, prefix: string): boolean {
  return nfc(name).startsWith(nfc(prefix))
}

export function compareNames(a: string, b: string): number {
  return compareBytes(utf8(nfc(a)), utf8(nfc(b)))
}

function isBehind(name: string, after: string | undefined): boolean {
  return after === undefined || compareNames(name, after) > 0
}

/** The last name of the page before. @throws AnilloError BAD_REQUEST */
export function nameIn(cursor: string): string {
  const bytes = tryBase64(cursor)
  const name = bytes === undefined ? undefined : tryText(bytes)
  if (name !== undefined) return name
  throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of a list' })
}

function nfc(name: string): string {
  return name.normalize('NFC')
}
