/** The first address in a text. Pure. */
import { dweetPieces } from '../../../src/wire/dweet-text.ts'

export function firstLinkIn(text: string): string | undefined {
  for (const piece of dweetPieces(text)) if (piece.kind === 'link') return piece.url
  return undefined
}
