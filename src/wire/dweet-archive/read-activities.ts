/**
 * What an archive of this or another ring, or of Mastodon, says: as what can be imported, or why it
 * cannot. Nothing of it is trusted: whatever is of another shape is told, and passed over. Pure.
 */
import type { ImportItem, ImportProblem } from '../api-own-data.ts'
import { ATTACHMENTS_MAX } from '../dweet-limits.ts'
import { idOfUrn, MEDIA_FOLDER, PUBLIC } from './activities.ts'
import { textOfHtml } from './html-text.ts'

/** What `ImportAnswer` cannot say, as it is never sent. */
export type ArchiveProblem =
  | ImportProblem
  /** A message to some people alone: it is not published. */
  | 'private'
  /** Of another shape. */
  | 'strange'

/** What is shown with a dweet, and is contained. */
export interface ArchivedFile {
  /** In the archive. */
  readonly path: string
  readonly name: string
  readonly description?: string
}

export type Archived =
  | { readonly item: ImportItem; readonly files?: readonly ArchivedFile[] }
  | { readonly kind: ImportItem['kind']; readonly id: string; readonly problem: ArchiveProblem }

type Json = Readonly<Record<string, unknown>>

/** @param actor whose archive it is */
export function archivedActivity(value: unknown, actor: string): Archived {
  const activity = objectOf(value)
  const kind = activity['type'] === 'Announce' ? 'redweet' : 'dweet'
  const id = textOf(activity['id'])
  if (textOf(activity['actor']) !== actor) return { kind, id, problem: 'notYours' }
  if (kind === 'redweet') return archivedRedweet(activity, id)
  const note = objectOf(activity['object'])
  if (activity['type'] !== 'Create' || note['type'] !== 'Note') {
    return { kind, id, problem: 'strange' }
  }
  if (textOf(note['attributedTo']) !== actor) return { kind, id, problem: 'notYours' }
  return archivedNote(note)
}

function archivedRedweet(activity: Json, id: string): Archived {
  const original = idOfUrn(textOf(activity['object']))
  const nick = textOf(activity['anillo:author'])
  const createdAt = textOf(activity['published'])
  if (original === undefined || nick === '') return { kind: 'redweet', id, problem: 'notHere' }
  const own = idOfUrn(id) ?? id
  if (own === '' || createdAt === '') return { kind: 'redweet', id, problem: 'strange' }
  return { item: { kind: 'redweet', id: own, createdAt, of: { id: original, nick } } }
}

function archivedNote(note: Json): Archived {
  const given = textOf(note['id'])
  const id = idOfUrn(given) ?? given
  const createdAt = textOf(note['published'])
  const visibility = visibilityOf(note)
  if (id === '' || createdAt === '') return { kind: 'dweet', id, problem: 'strange' }
  if (visibility === undefined) return { kind: 'dweet', id, problem: 'private' }
  const source = objectOf(note['source'])
  const isPlain = source['mediaType'] === 'text/plain' && typeof source['content'] === 'string'
  const text = isPlain ? textOf(source['content']) : textOfHtml(textOf(note['content']))
  const item: ImportItem = {
    kind: 'dweet',
    id,
    createdAt,
    text,
    visibility,
    ...optional('editedAt', note['updated']),
    ...optional('warning', note['summary']),
    ...replyIn(note),
    ...historyIn(note),
  }
  const files = listOf(note['attachment']).flatMap((one) => archivedFile(objectOf(one)))
  return files.length === 0 ? { item } : { item, files: files.slice(0, ATTACHMENTS_MAX) }
}

/** Mastodon says in `name` what it shows, and begins paths with a slash. */
function archivedFile(document: Json): readonly ArchivedFile[] {
  const path = textOf(document['url']).replace(/^\//, '')
  if (!path.startsWith(`${MEDIA_FOLDER}/`)) return []
  const own = textOf(document['anillo:name'])
  const last = path.split('/').at(-1) ?? ''
  const said = textOf(document['name'])
  // Where nothing is said of it, it has its own name there.
  const description = said === own ? '' : said
  const name = own === '' ? last : own
  return [{ path, name, ...(description === '' ? {} : { description }) }]
}

/** Everybody, with or without lists; followers; `undefined`: some people alone. */
function visibilityOf(note: Json): 'public' | 'followers' | undefined {
  const audience = [...listOf(note['to']), ...listOf(note['cc'])].map(textOf)
  if (audience.some((one) => one === PUBLIC || one === 'as:Public')) return 'public'
  return audience.some((one) => one.endsWith('/followers')) ? 'followers' : undefined
}

/** Of a dweet of a ring, by its id and author; of another program’s, by its address. */
function replyIn(note: Json) {
  const given = textOf(note['inReplyTo'])
  const id = idOfUrn(given)
  const nick = textOf(note['anillo:inReplyToAuthor'])
  if (id !== undefined && nick !== '') return { replyTo: { id, nick } }
  return given === '' ? {} : { replyTo: { id: given, nick: ELSEWHERE } }
}

/** Stands for whom a dweet of another program answers: no nick is written so. */
export const ELSEWHERE = '-'

function historyIn(note: Json) {
  const former = listOf(note['anillo:history']).map((one) => {
    const { content, published, summary } = objectOf(one)
    return {
      text: textOf(content),
      ...optional('warning', summary),
      writtenAt: textOf(published),
    }
  })
  return former.length === 0 ? {} : { history: former }
}

function optional<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as Record<K, string>) : {}
}

/** Of `likes.json` and `bookmarks.json`. */
export function archivedMark(kind: 'like' | 'bookmark', value: unknown): Archived {
  const given = textOf(value)
  const id = idOfUrn(given)
  if (id !== undefined) return { item: { kind, id } }
  return { kind, id: given, problem: given === '' ? 'strange' : 'notHere' }
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : NOTHING
}

const NOTHING: Json = {}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}
