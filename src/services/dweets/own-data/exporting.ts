/**
 * Everything of one person as a ZIP in the shape of Mastodon’s archives, made while it is sent: in
 * memory are a hundred rows at a time. Publications come in the order of their row ids, up to the
 * last one that there was when it began: each that stays is in it once, as it was when it was read.
 */
import { utf8 } from '../../../base/bytes.ts'
import { instant } from '../../../base/instant.ts'
import { zipOf, type ZipFile } from '../../../effects/zip.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import {
  announceActivity,
  CONTEXT,
  createActivity,
  dweetUrn,
  htmlOfText,
  MEDIA_FOLDER,
  userUrn,
} from '../../../wire/dweet-archive/activities.ts'
import {
  HEADS,
  listRow,
  peopleRow,
  type PeopleKind,
} from '../../../wire/dweet-archive/people-csv.ts'
import { publicIdOf, timeOfRowId, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { EDITS_MAX } from '../../../wire/dweet-limits.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import type { AttachedBody, AttachedBytes } from '../attachments/attached-bytes.ts'
import { peoplePrefix } from '../lists/list-rows.ts'
import { findPerson, type TimedParts } from '../parts.ts'
import type { Person } from '../people.ts'
import {
  attachedKey,
  editPrefix,
  ownPrefix,
  PUBLICATION_PREFIX,
  profileKey,
  retentionKey,
  type OwnKind,
} from '../places.ts'
import {
  readEdit,
  readFollow,
  readList,
  readProfile,
  readPublication,
  readRetention,
  type AttachmentRow,
  type Imported,
  type PublicationRow,
} from '../rows.ts'
import { rowAfter } from '../timelines/bounds.ts'
import type { Dweeter } from '../types.ts'
import type { ExportHow } from './types.ts'

/** Rows that are read at once. */
const ROWS_AT_ONCE = 100
/** What is sent at once. */
const PIECE_CHARS = 32_768

/** Of the files; what is added later leaves it. */
const VERSION = 1

export interface ExportParts extends TimedParts {
  /** Absent: no attachment has any. */
  readonly bytes?: Pick<AttachedBytes, 'read'>
}

export async function* exportOf(
  parts: ExportParts,
  { nick }: Dweeter,
  { signal, withFiles = false }: ExportHow,
): AsyncGenerator<Uint8Array> {
  const person = await findPerson(parts, nick)
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix: PUBLICATION_PREFIX }
  const { items } = await parts.store.list({ ...range, reverse: true, limit: 1 })
  const through = items[0]?.sk.slice(PUBLICATION_PREFIX.length)
  const { bytes, ...rest } = parts
  const all = withFiles && bytes !== undefined ? { ...rest, bytes } : rest
  for await (const piece of zipOf(new Export(all, person, through).files())) {
    if (signal?.aborted === true) return
    yield piece
  }
}

class Export {
  readonly #parts: ExportParts
  readonly #person: Person
  readonly #through: string | undefined

  constructor(parts: ExportParts, person: Person, through: string | undefined) {
    this.#parts = parts
    this.#person = person
    this.#through = through
  }

  async *files(): AsyncGenerator<ZipFile> {
    const changedAtMs = this.#parts.clock.wallMs()
    const file = (name: string, texts: AsyncIterable<string>): ZipFile => {
      return { name, changedAtMs, pieces: inPieces(texts) }
    }
    yield file('anillo.json', this.#manifest(instant(changedAtMs)))
    yield file('actor.json', this.#actor())
    yield file('outbox.json', collection('outbox.json', this.#activities()))
    yield file('following_accounts.csv', this.#people('follow', 'ing'))
    yield file('muted_accounts.csv', this.#people('mute', 'mute'))
    yield file('blocked_accounts.csv', this.#people('block', 'block'))
    yield file('lists.csv', this.#lists())
    yield file('likes.json', collection('likes.json', this.#marked('like')))
    yield file('bookmarks.json', collection('bookmarks.json', this.#marked('mark')))
    const { bytes } = this.#parts
    if (bytes !== undefined) yield* this.#attached(bytes)
  }

  async *#manifest(exportedAt: string): AsyncGenerator<string> {
    const { nick } = this.#person
    const record = await this.#parts.store.get(retentionKey(nick))
    const retention = record === undefined ? null : readRetention(record)
    const manifest = { format: 'anillo-dweets', version: VERSION, nick, exportedAt }
    const attachments = this.#parts.bytes === undefined ? 'addresses' : 'contained'
    yield line({ ...manifest, attachments, settings: { retention } })
  }

  async *#actor(): AsyncGenerator<string> {
    const { joinedAtMs, name, nick } = this.#person
    const record = await this.#parts.store.get(profileKey(nick))
    const bio = record === undefined ? '' : readProfile(record).bio
    yield line({
      '@context': CONTEXT,
      id: userUrn(nick),
      type: 'Person',
      preferredUsername: nick,
      name,
      summary: bio === '' ? '' : htmlOfText(bio),
      source: { content: bio, mediaType: 'text/plain' },
      published: instant(joinedAtMs),
      outbox: 'outbox.json',
      likes: 'likes.json',
      bookmarks: 'bookmarks.json',
    })
  }

  async *#activities(): AsyncGenerator<object> {
    for await (const { place, publication } of this.#publications()) {
      yield await this.#activity(place, publication)
    }
  }

  async *#publications() {
    const { nick } = this.#person
    const pk = userPk(nick)
    if (this.#through === undefined) return
    const end = PUBLICATION_PREFIX + rowAfter(this.#through)
    for await (const record of this.#rows(PUBLICATION_PREFIX, end)) {
      const row = record.sk.slice(PUBLICATION_PREFIX.length)
      const publication = readPublication(record)
      if (publication.author === nick) yield { place: { pk, row }, publication }
    }
  }

  /** Of dweets that are there still, one after the other. */
  async *#attached(bytes: Pick<AttachedBytes, 'read'>): AsyncGenerator<ZipFile> {
    for await (const { place, publication } of this.#publications()) {
      const { attachments = [] } = publication.kind === 'dweet' ? publication : {}
      for (const one of attachments) {
        const body = await this.#bodyOf(place, one)
        if (body === undefined) continue
        const pieces = bytes.read(body, { from: 0, to: one.bytes })
        yield { name: mediaPath(one), changedAtMs: timeOfRowId(place.row), pieces }
      }
    }
  }

  /** `undefined`: the dweet was deleted meanwhile. */
  async #bodyOf(
    { pk, row }: DweetPlace,
    { bytes, content, id: file }: AttachmentRow,
  ): Promise<AttachedBody | undefined> {
    if (content !== undefined) return { kind: 'content', id: content, bytes }
    const record = await this.#parts.store.get(attachedKey(pk, row, file))
    return record && { kind: 'here', bytes: record.value }
  }

  async #activity(place: { pk: string; row: string }, row: PublicationRow): Promise<object> {
    const id = publicIdOf(place)
    const facts = { id, createdAt: instant(timeOfRowId(place.row)), imported: broughtIn(row) }
    if (row.kind === 'redweet') return announceActivity(row.author, { ...facts, of: row.of })
    const { attachments = [], editedAtMs, edits, likes, redweets, replies, ...all } = row
    const { room: _room, ...said } = all
    const edited = editedAtMs === undefined ? {} : { editedAt: instant(editedAtMs) }
    const counts = { replies, redweets, likes }
    const history = edits === 0 ? [] : await this.#history(place)
    const hasFiles = this.#parts.bytes !== undefined
    const references = attachments.map(({ content: _content, ...told }) => {
      return { ...told, ...(hasFiles ? { path: mediaPath(told) } : {}) }
    })
    const parts = { counts, history, attachments: references }
    return createActivity(row.author, { ...said, ...facts, ...edited, ...parts })
  }

  async #history({ pk, row }: { pk: string; row: string }) {
    const range = { table: USERS_TABLE, pk, prefix: editPrefix(row), limit: EDITS_MAX }
    const { items } = await this.#parts.store.list(range)
    return items.map((record) => {
      const { described: _, writtenAtMs, ...said } = readEdit(record)
      return { ...said, writtenAt: instant(writtenAtMs) }
    })
  }

  async *#people(kind: PeopleKind, own: OwnKind): AsyncGenerator<string> {
    yield HEADS[kind]
    const prefix = ownPrefix(this.#person.nick, own)
    for await (const record of this.#rows(prefix)) {
      const hasRedweets = kind !== 'follow' || readFollow(record).redweets
      yield peopleRow(kind, record.sk.slice(prefix.length), hasRedweets)
    }
  }

  async *#lists(): AsyncGenerator<string> {
    const { nick } = this.#person
    const prefix = ownPrefix(nick, 'list')
    for await (const record of this.#rows(prefix)) {
      const { name } = readList(record)
      yield listRow(name)
      const people = peoplePrefix(nick, record.sk.slice(prefix.length))
      for await (const { sk } of this.#rows(people)) yield listRow(name, sk.slice(people.length))
    }
  }

  async *#marked(own: OwnKind): AsyncGenerator<string> {
    const prefix = ownPrefix(this.#person.nick, own)
    for await (const { sk } of this.#rows(prefix)) yield dweetUrn(sk.slice(prefix.length))
  }

  async *#rows(prefix: string, end?: string): AsyncGenerator<StoredRecord> {
    const pk = userPk(this.#person.nick)
    const range = { table: USERS_TABLE, pk, prefix, limit: ROWS_AT_ONCE }
    const until = end === undefined ? {} : { end }
    for (let start: string | undefined; ;) {
      const from = start === undefined ? {} : { start }
      const { cursor, items } = await this.#parts.store.list({ ...range, ...until, ...from })
      yield* items
      const last = items.at(-1)
      if (cursor === undefined || last === undefined) return
      start = `${last.sk}\0`
    }
  }
}

function mediaPath({ id, name }: Pick<AttachmentRow, 'id' | 'name'>): string {
  return `${MEDIA_FOLDER}/${id}/${name}`
}

function broughtIn({ imported }: { readonly imported?: Imported | undefined }) {
  return imported === undefined ? undefined : { at: instant(imported.atMs), id: imported.id }
}

/** An OrderedCollection: how many there are stands behind them, when it is known. */
async function* collection(id: string, items: AsyncIterable<unknown>): AsyncGenerator<string> {
  const head = JSON.stringify({ '@context': CONTEXT, id, type: 'OrderedCollection' })
  yield `${head.slice(0, -1)},"orderedItems":[`
  let totalItems = 0
  for await (const item of items) {
    yield `${totalItems++ === 0 ? '\n' : ',\n'}${JSON.stringify(item)}`
  }
  yield `\n],"totalItems":${totalItems}}\n`
}

function line(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = ''
  for await (const text of texts) {
    piece += text
    if (piece.length < PIECE_CHARS) continue
    yield utf8(piece)
    piece = ''
  }
  if (piece !== '') yield utf8(piece)
}
