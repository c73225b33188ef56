/** Texts of the microblog in memory. */
import { AnilloError } from '../../base/errors.ts'
import { searchedWords } from '../../base/searchable.ts'
import { TAGS_MAX } from '../../wire/dweet-limits.ts'
import { dweetPieces, foldTag } from '../../wire/dweet-text.ts'
import { requireDweetText, requireWarning } from './text/fit-text.ts'
import { hasWords } from './timelines/words.ts'

/** @throws AnilloError DWEET_EMPTY, DWEET_TOO_LONG, DWEET_UNFIT, WARNING_UNFIT */
export function fitDweet(given: { readonly text: string; readonly warning?: string | undefined }): {
  readonly text: string
  readonly warning: string | undefined
} {
  return { text: requireDweetText(given.text), warning: requireWarning(given.warning ?? '') }
}

/** Folded, each once. */
export function namesIn(text: string): string[] {
  const names = dweetPieces(text).map((piece) => (piece.kind === 'mention' ? [piece.nick] : []))
  return [...new Set(names.flat())]
}

/** As written, without `#`; each once, however it is written. */
export function tagsIn(text: string): string[] {
  const tags = new Map<string, string>()
  for (const piece of dweetPieces(text)) {
    if (piece.kind === 'tag' && !tags.has(piece.tag)) tags.set(piece.tag, piece.text.slice(1))
  }
  return [...tags.values()].slice(0, TAGS_MAX)
}

/** @param tag folded */
export function hasTag(tags: readonly string[], tag: string): boolean {
  return tags.some((written) => foldTag(written) === tag)
}

/** Whether a text has all of the words. @throws AnilloError BAD_REQUEST: there are none */
export function searching(words: string): (text: string | undefined) => boolean {
  const wanted = searchedWords(words)
  if (wanted.length === 0) throw new AnilloError('BAD_REQUEST', { problem: 'q has no words' })
  return (text = '') => hasWords(text, wanted)
}
