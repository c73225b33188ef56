/** Texts of the microblog in memory. */
import { TAGS_MAX } from '../../wire/dweet-limits.ts'
import { dweetPieces, foldTag } from '../../wire/dweet-text.ts'
import { requireDweetText, requireWarning } from './text/fit-text.ts'

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

export function searchable(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
