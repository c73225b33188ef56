/** Whom a text names, and what it is about. */
import { TAGS_MAX } from '../../../wire/dweet-limits.ts'
import { dweetPieces } from '../../../wire/dweet-text.ts'

/** Folded, each once, in the order of the text. */
export function mentionsIn(text: string): string[] {
  const nicks = dweetPieces(text).flatMap((piece) => (piece.kind === 'mention' ? piece.nick : []))
  return [...new Set(nicks)]
}

/** As written, without `#`; each once, however it is written, and not more than `TAGS_MAX`. */
export function tagsIn(text: string): string[] {
  const tags = new Map<string, string>()
  for (const piece of dweetPieces(text)) {
    if (piece.kind === 'tag' && !tags.has(piece.tag)) tags.set(piece.tag, piece.text.slice(1))
  }
  return [...tags.values()].slice(0, TAGS_MAX)
}
