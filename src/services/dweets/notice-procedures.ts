/** What somebody does with single notifications, and how far they have read. */
import { Type, type Static } from 'typebox'

import { defineProcedure } from '../../store/partition/procedures.ts'
import { reader } from '../../wire/method.ts'
import { rowBytes } from '../../wire/packed-rows.ts'
import { ownKey } from './places.ts'
import { readReadMark, RowId, type ReadMarkRow } from './rows.ts'
import { DWEET_TABLES, Nick, PublicId, requireUser } from './work.ts'

const DismissInput = Type.Object({ nick: Nick, row: RowId })
type DismissInput = Readonly<Static<typeof DismissInput>>

/** Done again it changes nothing. */
export const dismissNote = defineProcedure({
  name: 'dweets.dismissNote',
  tables: DWEET_TABLES,
  readInput: reader(DismissInput),
  freesRoom: () => true,
  run: (work, { nick, row }: DismissInput): null => {
    work.delete(ownKey(nick, 'note', row))
    return null
  },
})

const MarkInput = Type.Object({
  nick: Nick,
  list: Type.Union([Type.Literal('home'), Type.Literal('notifications'), Type.Literal('feed')]),
  id: PublicId,
})
type MarkInput = Readonly<Static<typeof MarkInput>>

/** Where it is put it stays, also farther back: whose place it is says so. */
export const markRead = defineProcedure({
  name: 'dweets.markRead',
  tables: DWEET_TABLES,
  readInput: reader(MarkInput),
  run: (work, { id, list, nick }: MarkInput): ReadMarkRow => {
    requireUser(work, nick)
    const key = ownKey(nick, 'read', list)
    const before = work.get(key)
    const version = before === undefined ? 1 : readReadMark(before).version + 1
    const row: ReadMarkRow = { id, version, updatedAtMs: work.timeMs }
    work.put(key, rowBytes(row))
    return row
  },
})

export const NOTICE_PROCEDURES = [dismissNote, markRead]
