/**
 * Text as the HTML that Mastodon's clients take: paragraphs, line ends, links, mentions, tags.
 * Whatever else stands in the text is escaped: of what people write nothing becomes markup. Pure.
 */
import { dweetPieces, type DweetPiece } from '../../../wire/dweet-text.ts'
import { escaped } from '../escaped.ts'

export interface Addresses {
  /** Without a slash at its end. */
  readonly base: string
  /** Nicks that are people's; others are text. */
  readonly isPerson: (nick: string) => boolean
}

/** Of the page (docs/page.md). */
export function personAddress(base: string, nick: string): string {
  return `${base}/?view=dweets&at=@${nick}`
}

export function dweetAddress(base: string, id: string): string {
  return `${base}/?view=dweets&at=${id}`
}

export function tagAddress(base: string, tag: string): string {
  return `${base}/?view=dweets&at=${encodeURIComponent(`#${tag}`)}`
}

export function contentOf(text: string, addresses: Addresses): string {
  if (text === '') return ''
  const marked = dweetPieces(text)
    .map((piece) => markup(piece, addresses))
    .join('')
  const paragraphs = marked.split(/\n{2,}/).map((one) => `<p>${one.replaceAll('\n', '<br />')}</p>`)
  return paragraphs.join('')
}

function markup(piece: DweetPiece, { base, isPerson }: Addresses): string {
  const text = escaped(piece.text)
  switch (piece.kind) {
    case 'link':
      return (
        `<a href="${escaped(piece.url)}" target="_blank" ` +
        `rel="nofollow noopener noreferrer">${text}</a>`
      )
    case 'mention':
      return isPerson(piece.nick)
        ? `<span class="h-card"><a href="${escaped(personAddress(base, piece.nick))}" ` +
            `class="u-url mention">@<span>${escaped(piece.text.slice(1))}</span></a></span>`
        : text
    case 'tag':
      return (
        `<a href="${escaped(tagAddress(base, piece.tag))}" class="mention hashtag" rel="tag">` +
        `#<span>${escaped(piece.text.slice(1))}</span></a>`
      )
    case 'text':
      return text
  }
}
