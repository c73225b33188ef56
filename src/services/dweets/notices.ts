/** Notifications one by one, and how far somebody has read, as their programs say. */
import { AnilloError } from '../../base/errors.ts'
import type { Notification } from '../../wire/api-dweets.ts'
import { placeOfPublicId } from '../../wire/dweet-ids.ts'
import { USERS_TABLE, userPk } from '../../wire/users.ts'
import { dismissNote, markRead } from './notice-procedures.ts'
import type { DweetParts } from './parts.ts'
import { ownKey, ownPrefix, partitionOfNick } from './places.ts'
import { readNote, readReadMark } from './rows.ts'
import { Circle } from './timelines/circle.ts'
import type { Notifications } from './timelines/notifications.ts'
import { MARKED_LISTS, type Dweeter, type Notices, type ReadList, type ReadMark } from './types.ts'

export interface NoticesParts {
  readonly parts: DweetParts
  readonly notifications: Pick<Notifications, 'show'>
}

export class RingNotices implements Notices {
  readonly #behind: NoticesParts

  constructor(behind: NoticesParts) {
    this.#behind = behind
  }

  async find({ nick }: Dweeter, id: string): Promise<Notification> {
    const { notifications, parts } = this.#behind
    const row = rowOf(nick, id)
    const record = await parts.store.get(ownKey(nick, 'note', row))
    const circle = await Circle.of(parts.store, nick)
    const note = record && readNote(record)
    if (note === undefined || !circle.wants(note.by)) throw noSuch()
    return notifications.show(circle, { row, note })
  }

  async dismiss({ nick }: Dweeter, id: string): Promise<void> {
    const input = { nick, row: rowOf(nick, id) }
    await this.#behind.parts.store.call(partitionOfNick(nick), dismissNote, input)
  }

  async marks({ nick }: Dweeter): Promise<Partial<Record<ReadList, ReadMark>>> {
    const prefix = ownPrefix(nick, 'read')
    const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit: MARKED_LISTS.length }
    const { items } = await this.#behind.parts.store.list(range)
    const marks = items.map((record) => [record.sk.slice(prefix.length), readReadMark(record)])
    return Object.fromEntries(marks) as Partial<Record<ReadList, ReadMark>>
  }

  mark({ nick }: Dweeter, list: ReadList, id: string): Promise<ReadMark> {
    return this.#behind.parts.store.call(partitionOfNick(nick), markRead, { nick, list, id })
  }
}

/** @throws AnilloError NOT_FOUND: nobody's, or somebody else's */
function rowOf(nick: string, id: string): string {
  const place = placeOfPublicId(id)
  if (place?.pk === userPk(nick)) return place.row
  throw noSuch()
}

function noSuch(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'such notification' })
}
