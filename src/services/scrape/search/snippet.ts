/** The piece of a page's text that shows why it was found. Pure. */
import type { SearchSnippet } from '../../../wire/api-search.ts'
import { textOf, type TextSource } from '../extract/text-of.ts'
import { SNIPPET_CHARS } from './limits.ts'
import type { Query } from './query.ts'
import { wordsIn, type FoundWord } from './words.ts'

export type SnippetQuery = Pick<Query, 'terms' | 'phrases'>

/** `undefined`: a phrase is not there, so the page is none that was looked for. */
export function snippetOf(
  page: TextSource,
  bytes: Uint8Array,
  { phrases, terms }: SnippetQuery,
): SearchSnippet | undefined {
  const { lines, title = '' } = textOf(page, bytes, { isContentAlone: true })
  const left = new Set(phrases)
  let best: { readonly line: string; readonly hits: readonly FoundWord[] } | undefined
  let bestWorth = 0
  for (const line of [title, ...lines]) {
    const words = [...wordsIn(line)]
    for (const phrase of left) if (hasPhrase(words, phrase)) left.delete(phrase)
    const hits = words.filter(({ word }) => terms.some((term) => isHit(term, word)))
    const worth = new Set(hits.map(({ word }) => word)).size
    // The title is shown anyway; what says no more than it is less worth.
    if (worth > bestWorth && line !== title) {
      best = { line, hits }
      bestWorth = worth
    }
  }
  if (left.size > 0) return undefined
  return best === undefined ? beginning(lines) : around(best.line, best.hits)
}

function isHit({ isPrefix, word }: SnippetQuery['terms'][number], of: string): boolean {
  return isPrefix ? of.startsWith(word) : of === word
}

function hasPhrase(words: readonly FoundWord[], phrase: readonly string[]): boolean {
  return words.some((_, at) => phrase.every((word, behind) => words[at + behind]?.word === word))
}

function beginning(lines: readonly string[]): SearchSnippet {
  let text = ''
  for (const line of lines) {
    text += text === '' ? line : ` ${line}`
    if (text.length >= SNIPPET_CHARS) break
  }
  const cut = cutAt(text, 0)
  return { text: cut.text, marks: [] }
}

function around(line: string, hits: readonly FoundWord[]): SearchSnippet {
  const first = hits[0]?.start ?? 0
  const wanted = Math.max(0, Math.min(first - SNIPPET_CHARS / 4, line.length - SNIPPET_CHARS))
  const { before, from, text } = cutAt(line, wanted)
  const shift = before.length - from
  const marks = hits.flatMap(({ end, start }) => {
    const isWhole = start >= from && end <= from + text.length - before.length
    return isWhole ? [[start + shift, end + shift] satisfies [number, number]] : []
  })
  return { text, marks }
}

/** Whole words from about `wanted` on, with dots where something is left out. */
function cutAt(line: string, wanted: number) {
  const space = wanted === 0 ? 0 : line.indexOf(' ', wanted) + 1
  const from = space === 0 || space > wanted + 40 ? wordBoundary(line, wanted) : space
  const long = line.slice(from, from + SNIPPET_CHARS)
  const isCut = from + SNIPPET_CHARS < line.length
  const end = isCut ? Math.max(long.lastIndexOf(' '), SNIPPET_CHARS / 2) : long.length
  const before = from === 0 ? '' : '… '
  const shown = long.slice(0, wordBoundary(long, end))
  return { from, before, text: `${before}${shown}${isCut ? ' …' : ''}` }
}

/** Never between the two halves of a character. */
function wordBoundary(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at
}
