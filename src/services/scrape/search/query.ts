/** What a person types into a search, read. Pure. */
import { AnilloError } from '../../../base/errors.ts'
import { PREFIX_CHARS_MIN, QUERY_CHARS_MAX, QUERY_TERMS_MAX } from './limits.ts'
import { HOST, LANGUAGE, SITE, URL_WORD } from './page-words.ts'
import { isPaired, wordsIn } from './words.ts'

/** A page has all of them. */
export interface Term {
  readonly word: string
  readonly isPrefix: boolean
  /** It counts in the title alone. */
  readonly isOfTitle: boolean
}

export interface Query {
  readonly terms: readonly Term[]
  /** Words that follow each other. */
  readonly phrases: readonly (readonly string[])[]
  /** Content that was first downloaded at this second or later. */
  readonly afterS: number | undefined
  /** Before this second. */
  readonly beforeS: number | undefined
}

/**
 * `words`, `begin*`, `"words in a row"`, `title:word`, `host:example.org:8000`, `site:example.org`,
 * `url:word`, `lang:es`, `after:2026-01-31`, `before:2026-02`.
 * @throws AnilloError BAD_REQUEST
 */
export function readQuery(text: string): Query {
  if (text.length > QUERY_CHARS_MAX) throw bad(`the query is longer than ${QUERY_CHARS_MAX}`)
  const terms = new Map<string, Term>()
  const phrases: string[][] = []
  let afterS: number | undefined
  let beforeS: number | undefined
  const add = (...found: readonly Term[]): void => {
    for (const term of found) {
      terms.set(`${term.word} ${String(term.isPrefix)} ${String(term.isOfTitle)}`, term)
    }
  }
  for (const { groups = {} } of text.matchAll(PART)) {
    const { bare, key, quoted } = groups
    const value = quoted ?? bare ?? ''
    if (key === 'after') afterS = secondOf(key, value)
    else if (key === 'before') beforeS = secondOf(key, value)
    else if (key === undefined || key === 'title') {
      const found = termsOf(value, quoted === undefined, key === 'title')
      add(...found)
      if (quoted !== undefined && found.length > 1) phrases.push(found.map(({ word }) => word))
    } else add(...filterOf(key, value))
  }
  if (terms.size === 0) throw bad('the query has no word')
  if (terms.size > QUERY_TERMS_MAX) throw bad(`the query has more than ${QUERY_TERMS_MAX} words`)
  return { terms: [...terms.values()], phrases, afterS, beforeS }
}

const PART =
  /(?:(?<key>title|host|site|url|lang|after|before):)?(?:"(?<quoted>[^"]*)"?|(?<bare>[^\s"]+))/g

function termsOf(text: string, mayBegin: boolean, isOfTitle: boolean): readonly Term[] {
  const found = [...wordsIn(text)]
  return found.map(({ end, word }, at) => {
    const isLast = at === found.length - 1
    const isMarked = mayBegin && isLast && text.slice(end).startsWith('*')
    // A character alone of a script that is read in pairs begins some of them.
    const isAlone = isPaired(word) && Array.from(word).length === 1
    const isPrefix = isAlone || (isMarked && word.length >= PREFIX_CHARS_MIN)
    return { word, isPrefix, isOfTitle }
  })
}

function filterOf(key: string, value: string): readonly Term[] {
  const term = (word: string): Term => ({ word, isPrefix: false, isOfTitle: false })
  if (key === 'url') return Array.from(wordsIn(value), ({ word }) => term(URL_WORD + word))
  const name = value.trim().toLowerCase()
  if (name === '') throw bad(`${key}: needs a value`)
  if (key === 'host') return [term(HOST + asciiHost(name))]
  if (key === 'site') return [term(SITE + asciiHost(name))]
  return [term(LANGUAGE + (name.split('-', 1)[0] ?? ''))]
}

/** As addresses have it: `bücher.example` is `xn--bcher-kva.example`. */
function asciiHost(name: string): string {
  return URL.parse(`http://${name}`)?.host ?? name
}

/** A year, a month or a day stands for its beginning; an instant for itself. UTC. */
function secondOf(key: string, text: string): number {
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw bad(`${key}: needs a day such as 2026-01-31`)
  return Math.floor(ms / 1_000)
}

const INSTANT = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?)?)?$/

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
