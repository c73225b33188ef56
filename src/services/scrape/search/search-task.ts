/** What the search asks of worker threads, and what they tell. */
import type { SearchSnippet } from '../../../wire/api-search.ts'
import type { TextSource } from '../extract/text-of.ts'
import type { IndexSource } from './page-words.ts'
import type { Segment } from './segment.ts'
import type { SnippetQuery } from './snippet.ts'

export const WORDS_TASK = 'search.words'
export const MERGE_TASK = 'search.merge'
export const SNIPPET_TASK = 'search.snippet'

export interface WordsQuestion {
  readonly pages: readonly { readonly page: IndexSource; readonly bytes: Uint8Array }[]
}
export type WordsAnswer = Segment

export interface MergeQuestion {
  readonly segments: readonly Segment[]
  /** Of each segment, the numbers of pages that are gone. */
  readonly gone: readonly (readonly number[])[]
}
export type MergeAnswer = Segment

export interface SnippetQuestion {
  readonly page: TextSource
  readonly bytes: Uint8Array
  readonly query: SnippetQuery
}
/** `undefined`: the page has not what was looked for. */
export type SnippetAnswer = SearchSnippet | undefined
