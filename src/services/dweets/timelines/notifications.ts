/** What others did that concerns somebody. */
import { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { Notification, NotificationPage } from '../../../wire/api-dweets.ts'
import { publicIdOf, timeOfRowId } from '../../../wire/dweet-ids.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { personOf } from '../parts.ts'
import { ownPrefix, partitionOfNick } from '../places.ts'
import { noticeOf } from '../reports/showing.ts'
import { readNote, type NoteRow } from '../rows.ts'
import type { Dweeter, PageOf } from '../types.ts'
import { Circle } from './circle.ts'
import { LOOKED_AT_MAX } from './limits.ts'
import type { MineParts } from './mine.ts'
import { clearNotes } from './procedures.ts'
import { placeOfId } from './published.ts'
import { resolve } from './resolving.ts'
import { show } from './showing.ts'

const ROW_DIGITS = 16

interface Note {
  /** Row id. */
  readonly row: string
  readonly note: NoteRow
}

/** With the partition key, as other lists have it. */
const CURSOR = /^[0-9a-f]{16}(?:[0-9a-f]{10})?$/

/** All reject with AnilloError: STORE_UNAVAILABLE (of whoever asks). */
export class Notifications {
  readonly #parts: MineParts

  constructor(parts: MineParts) {
    this.#parts = parts
  }

  /** Newest first; nothing of those whom they do not want to see. @throws BAD_REQUEST */
  async list({ nick }: Dweeter, { cursor, limit }: PageOf): Promise<NotificationPage> {
    if (cursor !== undefined && !CURSOR.test(cursor)) {
      throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of this list' })
    }
    const circle = await Circle.of(this.#parts.store, nick)
    const found: Note[] = []
    let behind = cursor?.slice(0, ROW_DIGITS)
    let hasMore = true
    for (let lookedAt = 0; hasMore && found.length < limit && lookedAt < LOOKED_AT_MAX;) {
      const notes = await this.#notes(nick, behind, limit)
      hasMore = notes.length === limit
      lookedAt += notes.length
      for (const one of notes) {
        behind = one.row
        if (circle.wants(one.note.by)) found.push(one)
        if (found.length === limit) break
      }
    }
    const items = await Promise.all(found.map((one) => this.show(circle, one)))
    return { items, ...(hasMore && behind !== undefined ? { cursor: behind } : {}) }
  }

  /** Those that there are now. */
  async clear({ nick }: Dweeter): Promise<void> {
    const [newest] = await this.#notes(nick, undefined, 1)
    if (newest === undefined) return
    const input = { nick, through: newest.row }
    const { store } = this.#parts
    while (await store.call(partitionOfNick(nick), clearNotes, input));
  }

  /** A dweet that is gone, is not for them, or cannot be read now is left out. */
  async show(circle: Circle, { note, row }: Note): Promise<Notification> {
    const [by, dweet] = await Promise.all([
      personOf(this.#parts, note.by),
      this.#dweet(circle, note.dweet),
    ])
    const id = publicIdOf({ pk: userPk(circle.nick), row })
    const moderation = note.moderated && { moderation: noticeOf(note.moderated) }
    return { id, kind: note.kind, at: instant(timeOfRowId(row)), by, ...dweet, ...moderation }
  }

  async #dweet(circle: Circle, id: string | undefined): Promise<Pick<Notification, 'dweet'>> {
    const place = id === undefined ? undefined : placeOfId(id)
    if (place === undefined) return {}
    const [one] = await resolve(this.#parts.store, [{ place }])
    if (one?.kind !== 'dweet' || !circle.maySeeShown(one)) return {}
    const [dweet] = await show(this.#parts, circle.nick, [one])
    return dweet?.kind === 'dweet' ? { dweet } : {}
  }

  async #notes(nick: string, behind: string | undefined, limit: number): Promise<Note[]> {
    const prefix = ownPrefix(nick, 'note')
    const range = { table: USERS_TABLE, pk: userPk(nick), prefix, reverse: true, limit }
    const end = behind === undefined ? {} : { end: prefix + behind }
    const { items } = await this.#parts.store.list({ ...range, ...end })
    return items.map((record) => ({
      row: record.sk.slice(prefix.length),
      note: readNote(record),
    }))
  }
}
