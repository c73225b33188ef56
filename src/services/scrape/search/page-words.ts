/** What a page is found by: its words, its title's, its address's. Pure. */
import type { Page } from '../../../wire/api.ts'
import { textOf } from '../extract/text-of.ts'
import { WORDS_PER_PAGE_MAX } from './limits.ts'
import { HASH_DIGITS, type PageWords } from './segment.ts'
import { SimHash } from './simhash.ts'
import { wordsIn } from './words.ts'

/** What is known of a page beside its content. */
export type IndexSource = Pick<
  Page,
  'id' | 'url' | 'hash' | 'status' | 'contentType' | 'charset' | 'headers' | 'title' | 'fetchedAt'
> &
  Partial<Pick<Page, 'since'>>

/** Answers that are no page for readers are found by nothing. */
export function isSearched({ status }: Pick<Page, 'status'>): boolean {
  return status >= 200 && status < 300
}

/** When the content was first downloaded. */
export function seenAtS({ fetchedAt, since = fetchedAt }: IndexSource): number {
  return Math.max(0, Math.floor(Date.parse(since) / 1_000))
}

/** @param bytes the content, or its beginning */
export function wordsOfPage(page: IndexSource, bytes: Uint8Array): PageWords {
  const found = new Map<string, { count: number; isInTitle: boolean }>()
  const add = (word: string, isInTitle: boolean): void => {
    const known = found.get(word)
    if (known === undefined) found.set(word, { count: 1, isInTitle })
    else {
      known.count++
      known.isInTitle ||= isInTitle
    }
  }
  const { language, lines, title = '' } = textOf(page, bytes, { isContentAlone: true })
  for (const { word } of wordsIn(title)) add(word, true)
  const print = new SimHash()
  const words = addText(lines, (word) => {
    add(word, false)
    print.add(word)
  })
  for (const term of termsOfUrl(page.url)) add(term, false)
  if (language !== undefined) add(`${LANGUAGE}${language.split('-', 1)[0] ?? ''}`, false)
  const { id, hash } = page
  const facts = { words, fetchedAtS: seenAtS(page), print: print.take() }
  return { id, hash: hash.slice(0, HASH_DIGITS), ...facts, found }
}

function addText(lines: readonly string[], add: (word: string) => void): number {
  let words = 0
  for (const line of lines) {
    for (const { word } of wordsIn(line)) {
      if (words >= WORDS_PER_PAGE_MAX) return words
      add(word)
      words++
    }
  }
  return words
}

/** Begin terms that are no words of a text: no word has a colon. */
export const HOST = 'h:'
export const SITE = 's:'
export const URL_WORD = 'u:'
export const LANGUAGE = 'l:'

const TERM_CHARS_MAX = 260

function termsOfUrl(text: string): ReadonlySet<string> {
  const { host, hostname, pathname, search } = new URL(text)
  const labels = hostname.split('.')
  const sites = labels.map((_, at) => SITE + labels.slice(at).join('.'))
  const words = Array.from(wordsIn(`${hostname} ${unescaped(pathname + search)}`), ({ word }) => {
    return URL_WORD + word
  })
  return new Set([HOST + host, ...sites, ...words].filter(({ length }) => length <= TERM_CHARS_MAX))
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
