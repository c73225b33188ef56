/** How publications go by the rule of their author, or all at once; some in each entry. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { publicIdOf, timeOfRowId } from '../../../wire/dweet-ids.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownKey, PUBLICATION_PREFIX, publicationKey, retainedKey, retentionKey } from '../places.ts'
import { dropPublication } from '../publish-procedures.ts'
import { readPublication, readRetention, RetentionRow, RowId } from '../rows.ts'
import { rowAfter } from '../timelines/bounds.ts'
import { DWEET_TABLES, Nick, requireUser } from '../work.ts'
import { endOfRetention, isKept, subjectOf } from './retention.ts'

const tables = DWEET_TABLES

/** Publications that one entry deletes; each may send a score of messages. */
export const EXPIRED_AT_ONCE = 8

/** `rule` absent: everything stays from now on. */
const RetainInput = Type.Object({ nick: Nick, rule: Type.Optional(RetentionRow) })
type RetainInput = Readonly<Static<typeof RetainInput>>

export const retain = defineProcedure({
  name: 'dweets.retain',
  tables,
  readInput: reader(RetainInput),
  run: (work, { nick, rule }: RetainInput): null => {
    if (rule === undefined) dropRetention(work, nick)
    else {
      requireUser(work, nick)
      work.put(retentionKey(nick), rowBytes(rule))
      work.put(retainedKey(work.partition, nick), new Uint8Array(0))
    }
    return null
  },
})

export function dropRetention(work: PartitionWork, nick: string): void {
  work.delete(retentionKey(nick))
  work.delete(retainedKey(work.partition, nick))
}

const ExpireInput = Type.Object({
  nick: Nick,
  rows: Type.Array(RowId, { maxItems: EXPIRED_AT_ONCE }),
})
type ExpireInput = Readonly<Static<typeof ExpireInput>>

/** Those of them that the rule deletes, as it stands now. @returns how many */
export const expire = defineProcedure({
  name: 'dweets.expire',
  tables,
  readInput: reader(ExpireInput),
  freesRoom: () => true,
  run: (work, { nick, rows }: ExpireInput): number => {
    const record = work.get(retentionKey(nick))
    if (record === undefined) return 0
    const rule = readRetention(record)
    const endMs = endOfRetention(rule, work.timeMs)
    const due = rows.filter((row) => {
      const key = publicationKey(userPk(nick), row)
      const stored = work.get(key)
      if (stored === undefined || timeOfRowId(row) >= endMs) return false
      const publication = readPublication(stored)
      const id = subjectOf(publicIdOf({ pk: key.pk, row }), publication)
      const own = {
        liked: work.has(ownKey(nick, 'like', id)),
        bookmarked: work.has(ownKey(nick, 'mark', id)),
      }
      return publication.author === nick && !isKept(rule, publication, own)
    })
    for (const row of due) dropPublication(work, nick, row)
    return due.length
  },
})

const ClearInput = Type.Object({
  nick: Nick,
  /** Where to go on, and where to end; absent: from the first to the last that there is. */
  from: Type.Optional(RowId),
  through: Type.Optional(RowId),
})
type ClearInput = Readonly<Static<typeof ClearInput>>

/** All that there is when it is asked for; also a message to itself, until none is left. */
export const clearPublications = defineProcedure({
  name: 'dweets.clear',
  tables,
  readInput: reader(ClearInput),
  freesRoom: () => true,
  run: (work, { from, nick, through: end }: ClearInput): null => {
    const pk = userPk(nick)
    const prefix = PUBLICATION_PREFIX
    const range = { table: USERS_TABLE, pk, prefix }
    const [newest] = work.list({ ...range, reverse: true, limit: 1 })
    const through = end ?? newest?.sk.slice(prefix.length)
    if (through === undefined) return null
    const rows = work.list({
      ...range,
      start: prefix + (from ?? ''),
      end: prefix + rowAfter(through),
      limit: EXPIRED_AT_ONCE,
    })
    for (const record of rows) {
      if (readPublication(record).author === nick) {
        dropPublication(work, nick, record.sk.slice(prefix.length))
      }
    }
    const reached = rows.at(-1)?.sk.slice(prefix.length)
    if (reached === undefined || rows.length < EXPIRED_AT_ONCE) return null
    const input: ClearInput = { nick, from: rowAfter(reached), through }
    work.send({ to: work.partition, procedure: clearPublications.name, input })
    return null
  },
})
