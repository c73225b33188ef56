/**
 * What a reader of a dweet's text makes of it: mentions (`@nick`), tags (`#words`), addresses of
 * the web. Pure, for those who keep dweets as for those who show them, so that all find the same.
 */
import { foldNick } from './account-texts.ts'
import { TAG_CHARS_MAX } from './dweet-limits.ts'

export type DweetPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `nick`: folded; whether there is such a person it does not tell. */
  | { readonly kind: 'mention'; readonly text: string; readonly nick: string }
  /** `tag`: folded. */
  | { readonly kind: 'tag'; readonly text: string; readonly tag: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }

/** None begins within a word, an address, or another one. */
const APART = String.raw`(?<![\p{L}\p{M}\p{N}_@#&/.])`
const WORD = String.raw`[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*`
const FOUND = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}_])(?<link>https?:\/\/[^\s<>"\p{Cc}]+)`,
    String.raw`${APART}@(?<nick>[A-Za-z0-9_]{1,30})(?![\p{L}\p{M}\p{N}_@])`,
    String.raw`${APART}#(?<tag>${WORD})`,
  ].join('|'),
  'giu',
)

/** All of the text, in order. */
export function dweetPieces(text: string): DweetPiece[] {
  const pieces: DweetPiece[] = []
  let end = 0
  const until = (at: number): void => {
    if (at > end) pieces.push({ kind: 'text', text: text.slice(end, at) })
  }
  for (const match of text.matchAll(FOUND)) {
    const piece = pieceOf(match)
    if (piece === undefined) continue
    until(match.index)
    pieces.push(piece)
    end = match.index + piece.text.length
  }
  until(text.length)
  return pieces
}

function pieceOf({ 0: text, groups }: RegExpExecArray): DweetPiece | undefined {
  if (groups?.['link'] !== undefined) return linkOf(text)
  const nick = foldNick(groups?.['nick'] ?? '')
  if (nick !== undefined) return { kind: 'mention', text, nick }
  const tag = foldTag(groups?.['tag'] ?? '')
  return tag === undefined ? undefined : { kind: 'tag', text, tag }
}

/** Marks at the end belong to the sentence; a bracket does where none was opened. */
function linkOf(found: string): DweetPiece | undefined {
  let text = found
  while (/[.,;:!?'’”»…]$/u.test(text) || closesMore(text)) text = text.slice(0, -1)
  return URL.canParse(text) ? { kind: 'link', text, url: text } : undefined
}

function closesMore(text: string): boolean {
  const open = { ')': '(', ']': '[', '}': '{' }[text.at(-1) ?? '']
  return open !== undefined && text.split(open).length < text.split(text.at(-1) ?? '').length
}

const TAG = new RegExp(`^${WORD}$`, 'u')
const LETTER = /\p{L}/u

/**
 * The form under which a tag is one, without `#`: compatibility forms and case make no other.
 * `undefined`: it is none, for it has no letter, is too long, or has what no tag has.
 */
export function foldTag(written: string): string | undefined {
  if (written.length > 4 * TAG_CHARS_MAX) return undefined
  const tag = written.normalize('NFKC').toLowerCase().normalize('NFKC')
  if (!TAG.test(tag) || !LETTER.test(tag)) return undefined
  return charsOf(tag) <= TAG_CHARS_MAX ? tag : undefined
}

/** Code points: what bounds of texts count. */
export function charsOf(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
