/** Dweets as an Atom feed (RFC 4287). Pure. */
import type { Dweet, Publication } from '../../../wire/api-dweets.ts'
import { escaped } from '../escaped.ts'
import { contentOf, dweetAddress, personAddress } from '../mastodon/content.ts'

export interface Feed {
  /** Without a slash at its end. */
  readonly base: string
  readonly ringId: string
  /** From the first slash on: of the feed, and of the page that shows the same. */
  readonly self: string
  readonly page: string
  /** Of what it is: `users/ana`; the same at every member. */
  readonly name: string
  readonly title: string
  readonly subtitle: string
  /** Of whose it is; absent: of many. */
  readonly author: { readonly nick: string; readonly name: string } | undefined
  /** Newest first. */
  readonly entries: readonly Publication[]
  /** Of a feed of nothing. */
  readonly sinceMs: number
}

const TITLE_CHARS = 80

/** What is for followers is never there, whoever asks. */
export function shownInFeeds(one: Publication): boolean {
  const dweet = one.kind === 'redweet' ? one.of : one
  return dweet !== null && dweet.visibility === 'public'
}

export function changedAt({ entries, sinceMs }: Pick<Feed, 'entries' | 'sinceMs'>): number {
  return Math.max(sinceMs, ...entries.map(changedOf))
}

export function atomFeed(feed: Feed): string {
  const { author, base, entries, name, page, ringId, self, subtitle, title } = feed
  const updated = new Date(changedAt(feed)).toISOString()
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<feed xmlns="http://www.w3.org/2005/Atom">' +
    `<id>urn:anillo:${ringId}:feed:${xml(name)}</id><title>${xml(title)}</title>` +
    (subtitle === '' ? '' : `<subtitle>${xml(subtitle)}</subtitle>`) +
    `<updated>${updated}</updated><generator>anillo</generator>` +
    link('self', 'application/atom+xml', base + self) +
    link('alternate', 'text/html', base + page) +
    (author === undefined ? '' : person(base, author)) +
    entries.map((one) => entry(feed, one)).join('') +
    '</feed>'
  )
}

function entry({ base, ringId }: Feed, one: Publication): string {
  const dweet = one.kind === 'redweet' ? one.of : one
  if (dweet === null) return ''
  const people = new Set(dweet.mentions)
  const html = contentOf(dweet.text, { base, isPerson: (nick) => people.has(nick) })
  const heading = dweet.warning ?? firstOf(dweet.text)
  const { author } = dweet
  const shown = one.kind === 'redweet' ? `@${author.nick}: ${heading}` : heading
  return (
    `<entry><id>urn:anillo:${ringId}:dweet:${one.id}</id><title>${xml(shown)}</title>` +
    `<published>${one.createdAt}</published>` +
    `<updated>${new Date(changedOf(one)).toISOString()}</updated>` +
    person(base, author) +
    link('alternate', 'text/html', dweetAddress(base, dweet.id)) +
    categories(dweet) +
    (dweet.warning === undefined ? '' : `<summary>${xml(dweet.warning)}</summary>`) +
    `<content type="html">${xml(html)}</content></entry>`
  )
}

function categories({ tags }: Dweet): string {
  return tags.map((tag) => `<category term="${xml(tag)}"/>`).join('')
}

function person(
  base: string,
  { name, nick }: { readonly nick: string; readonly name: string },
): string {
  return (
    `<author><name>${xml(name)}</name>` + `<uri>${xml(personAddress(base, nick))}</uri></author>`
  )
}

function link(relation: string, type: string, address: string): string {
  return `<link rel="${relation}" type="${type}" href="${xml(address)}"/>`
}

function changedOf(one: Publication): number {
  const dweet = one.kind === 'redweet' ? one.of : one
  return Math.max(Date.parse(one.createdAt), Date.parse(dweet?.editedAt ?? one.createdAt))
}

/** Of its first line. */
function firstOf(text: string): string {
  const [line = ''] = text.trim().split('\n')
  const chars = Array.from(line)
  return chars.length <= TITLE_CHARS ? line : `${chars.slice(0, TITLE_CHARS).join('')}…`
}

/** Characters that XML has not (1.0, 2.2). */
const NONE_OF_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function xml(text: string): string {
  return escaped(text.toWellFormed().replaceAll(NONE_OF_XML, '\ufffd'))
}
