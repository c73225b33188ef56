/** What somebody has seen, in their partition. */
import { Type, type Static } from 'typebox'

import { defineProcedure } from '../../../store/partition/procedures.ts'
import { FOLLOWS_MAX } from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownKey, ownPrefix } from '../places.ts'
import { readFollow, RowId, type FollowRow } from '../rows.ts'
import { DWEET_TABLES, Nick } from '../work.ts'
import { joined, rowAfter } from './bounds.ts'
import { NOTES_CLEARED_MAX } from './limits.ts'

const AcknowledgeInput = Type.Object({
  nick: Nick,
  /** Nick, `low`, `high`. */
  seen: Type.Array(Type.Tuple([Nick, RowId, RowId]), { maxItems: FOLLOWS_MAX }),
})
export type AcknowledgeInput = Readonly<Static<typeof AcknowledgeInput>>

/** Of those who are not followed any more nothing is kept. */
export const acknowledge = defineProcedure({
  name: 'dweets.acknowledge',
  tables: DWEET_TABLES,
  readInput: reader(AcknowledgeInput),
  // It makes no row longer.
  freesRoom: () => true,
  run: (work, { nick, seen }: AcknowledgeInput): null => {
    for (const [author, low, high] of seen) {
      const key = ownKey(nick, 'ing', author)
      const record = work.get(key)
      if (record === undefined) continue
      const row = readFollow(record)
      const more = joined(row, { low, high })
      if (more !== undefined) work.put(key, rowBytes({ ...row, ...more } satisfies FollowRow))
    }
    return null
  },
})

const ClearInput = Type.Object({ nick: Nick, through: RowId })
export type ClearInput = Readonly<Static<typeof ClearInput>>

/** Notifications up to and with a row, some at a time. @returns whether there may be more */
export const clearNotes = defineProcedure({
  name: 'dweets.clearNotes',
  tables: DWEET_TABLES,
  readInput: reader(ClearInput),
  freesRoom: () => true,
  run: (work, { nick, through }: ClearInput): boolean => {
    const prefix = ownPrefix(nick, 'note')
    const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit: NOTES_CLEARED_MAX }
    const notes = work.list({ ...range, end: `${prefix}${rowAfter(through)}` })
    for (const { sk } of notes) work.delete({ table: range.table, pk: range.pk, sk })
    return notes.length === NOTES_CLEARED_MAX
  },
})

export const TIMELINE_PROCEDURES = [acknowledge, clearNotes]
