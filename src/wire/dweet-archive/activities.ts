/**
 * Dweets as ActivityStreams 2.0 has them, in the shape of Mastodon’s archives (`outbox.json`), so
 * that other programs read them. What that has no word for stands under `anillo:`. Pure.
 */
import { dweetPieces } from '../dweet-text.ts'

export const ACTIVITY_STREAMS = 'https://www.w3.org/ns/activitystreams'
export const PUBLIC = `${ACTIVITY_STREAMS}#Public`
export const CONTEXT = [
  ACTIVITY_STREAMS,
  { sensitive: 'as:sensitive', Hashtag: 'as:Hashtag', anillo: 'urn:anillo:ns:' },
] as const

/** Of an archive with its files, as in those of Mastodon. */
export const MEDIA_FOLDER = 'media_attachments'

const DWEET_URN = 'urn:anillo:dweet:'
const USER_URN = 'urn:anillo:user:'

export function dweetUrn(id: string): string {
  return DWEET_URN + id
}

/** The id of a dweet of a ring; `undefined`: it is none. */
export function idOfUrn(urn: string): string | undefined {
  return urn.startsWith(DWEET_URN) ? urn.slice(DWEET_URN.length) : undefined
}

export function userUrn(nick: string): string {
  return USER_URN + nick
}

export function nickOfUrn(urn: string): string | undefined {
  return urn.startsWith(USER_URN) ? urn.slice(USER_URN.length) : undefined
}

export interface ArchivedText {
  readonly text: string
  readonly warning?: string | undefined
  readonly writtenAt: string
}

/** What is shown with a dweet. */
export interface ArchivedAttachment {
  readonly id: string
  /** Media type. */
  readonly type: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly description?: string | undefined
  /** In the archive; absent: it is not contained. */
  readonly path?: string | undefined
}

/** A dweet, as its author takes it along; instants in ISO 8601. */
export interface ArchivedDweet {
  readonly id: string
  readonly createdAt: string
  readonly editedAt?: string
  readonly text: string
  readonly warning?: string | undefined
  readonly visibility: 'public' | 'followers'
  readonly replyTo?: { readonly id: string; readonly nick: string } | undefined
  readonly tags: readonly string[]
  readonly mentions: readonly string[]
  /** Oldest first. */
  readonly history: readonly ArchivedText[]
  readonly attachments: readonly ArchivedAttachment[]
  readonly counts: { readonly replies: number; readonly redweets: number; readonly likes: number }
  /** When it came to the ring that it is taken from, and its id before. */
  readonly imported?: { readonly at: string; readonly id: string } | undefined
}

export interface ArchivedRedweet {
  readonly id: string
  readonly createdAt: string
  readonly of: { readonly id: string; readonly nick: string }
  readonly imported?: ArchivedDweet['imported']
}

export function createActivity(nick: string, dweet: ArchivedDweet) {
  const actor = userUrn(nick)
  const id = dweetUrn(dweet.id)
  const audience = audienceOf(actor, dweet.visibility)
  return {
    id: `${id}#create`,
    type: 'Create',
    actor,
    published: dweet.createdAt,
    ...audience,
    object: {
      id,
      type: 'Note',
      attributedTo: actor,
      published: dweet.createdAt,
      ...(dweet.editedAt === undefined ? {} : { updated: dweet.editedAt }),
      ...audience,
      summary: dweet.warning ?? null,
      sensitive: dweet.warning !== undefined,
      ...answered(dweet.replyTo),
      content: htmlOfText(dweet.text),
      source: { content: dweet.text, mediaType: 'text/plain' },
      tag: [
        ...dweet.tags.map((tag) => ({ type: 'Hashtag', name: `#${tag}` })),
        ...dweet.mentions.map((one) => ({
          type: 'Mention',
          href: userUrn(one),
          name: `@${one}`,
        })),
      ],
      ...attachedTo(dweet),
      'anillo:counts': dweet.counts,
      ...(dweet.history.length === 0 ? {} : { 'anillo:history': dweet.history.map(formerOf) }),
      ...broughtFrom(dweet.imported),
    },
  }
}

export function announceActivity(nick: string, redweet: ArchivedRedweet) {
  const actor = userUrn(nick)
  return {
    id: dweetUrn(redweet.id),
    type: 'Announce',
    actor,
    published: redweet.createdAt,
    ...audienceOf(actor, 'public'),
    object: dweetUrn(redweet.of.id),
    'anillo:author': redweet.of.nick,
    ...broughtFrom(redweet.imported),
  }
}

function attachedTo({ attachments, id }: ArchivedDweet) {
  if (attachments.length === 0) return {}
  return {
    attachment: attachments.map(({ description, height, path, width, ...one }) => ({
      type: 'Document',
      mediaType: one.type,
      url: path ?? `/v1/dweets/${id}/attachments/${one.id}`,
      name: description ?? one.name,
      'anillo:name': one.name,
      ...(width === undefined || height === undefined ? {} : { width, height }),
      'anillo:bytes': one.bytes,
      'anillo:sha256': one.sha256,
    })),
  }
}

function formerOf({ text, warning, writtenAt }: ArchivedText) {
  return { content: text, summary: warning ?? null, published: writtenAt }
}

function answered(replyTo: ArchivedDweet['replyTo']) {
  if (replyTo === undefined) return { inReplyTo: null }
  return { inReplyTo: dweetUrn(replyTo.id), 'anillo:inReplyToAuthor': replyTo.nick }
}

function broughtFrom(imported: ArchivedDweet['imported']) {
  return imported === undefined ? {} : { 'anillo:imported': imported }
}

function audienceOf(actor: string, visibility: ArchivedDweet['visibility']) {
  const followers = `${actor}/followers`
  return visibility === 'public' ? { to: [PUBLIC], cc: [followers] } : { to: [followers], cc: [] }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** With the links of its addresses; for programs that show HTML. */
export function htmlOfText(text: string): string {
  const pieces = dweetPieces(text).map((piece) => {
    const shown = escaped(piece.text)
    return piece.kind === 'link' ? `<a href="${escaped(piece.url)}">${shown}</a>` : shown
  })
  return `<p>${pieces.join('').replaceAll('\n', '<br>')}</p>`
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => ESCAPES[char] ?? char)
}
