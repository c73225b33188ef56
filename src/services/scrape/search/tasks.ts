/** What worker threads do for the search. */
import type { TaskTable } from '../../../effects/workers.ts'
import { isSearched, seenAtS, wordsOfPage, type IndexSource } from './page-words.ts'
import {
  MERGE_TASK,
  SNIPPET_TASK,
  WORDS_TASK,
  type MergeAnswer,
  type MergeQuestion,
  type SnippetAnswer,
  type SnippetQuestion,
  type WordsAnswer,
  type WordsQuestion,
} from './search-task.ts'
import { HASH_DIGITS, mergedSegment, segmentOf, type PageWords } from './segment.ts'
import { snippetOf } from './snippet.ts'

export const searchTasks: TaskTable = {
  [WORDS_TASK]: (input) => indexed(input as WordsQuestion),
  [MERGE_TASK]: (input) => merged(input as MergeQuestion),
  [SNIPPET_TASK]: (input) => snippet(input as SnippetQuestion),
}

function indexed({ pages }: WordsQuestion): WordsAnswer {
  return segmentOf(
    pages.map(({ bytes, page }) => (isSearched(page) ? wordsOfPage(page, bytes) : unfound(page))),
  )
}

/** It is known, and found by nothing. */
function unfound(page: IndexSource): PageWords {
  const { hash, id } = page
  const facts = { id, hash: hash.slice(0, HASH_DIGITS), words: 0, fetchedAtS: seenAtS(page) }
  return { ...facts, found: new Map() }
}

function merged({ gone, segments }: MergeQuestion): MergeAnswer {
  const sets = gone.map((numbers) => new Set(numbers))
  return mergedSegment(segments, (segment, page) => sets[segment]?.has(page) ?? false)
}

function snippet({ bytes, page, query }: SnippetQuestion): SnippetAnswer {
  return snippetOf(page, bytes, query)
}
