/** Lists of people: rows of their owner, and of nobody else. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { LIST_PEOPLE_MAX, LISTS_MAX } from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownKey, ownPrefix } from '../places.ts'
import { readList, RowId, type ListRow, type SinceRow } from '../rows.ts'
import { DWEET_TABLES, Nick, requireUser, takeRowId } from '../work.ts'
import { listedKey, peoplePrefix } from './list-rows.ts'

const tables = DWEET_TABLES

/** Rows that one entry deletes. */
const SWEPT_MAX = 500

export interface MadeList {
  readonly row: string
  readonly list: ListRow
}

const MakeInput = Type.Object({ nick: Nick, name: Type.String() })
type MakeInput = Readonly<Static<typeof MakeInput>>

/** The answer has all that is told of it, so that a request that comes again is answered so. */
export const makeList = defineProcedure({
  name: 'dweets.makeList',
  tables,
  readInput: reader(MakeInput),
  run: (work, { name, nick }: MakeInput): MadeList => {
    requireUser(work, nick)
    const lists = listsIn(work, nick)
    if (lists.length >= LISTS_MAX) work.refuse('LISTS_FULL', { max: LISTS_MAX })
    requireFree(work, lists, name)
    const row = takeRowId(work, userPk(nick))
    const list: ListRow = { name, people: 0 }
    work.put(ownKey(nick, 'list', row), rowBytes(list))
    return { row, list }
  },
})

const RenameInput = Type.Object({ nick: Nick, row: RowId, name: Type.String() })
type RenameInput = Readonly<Static<typeof RenameInput>>

export const renameList = defineProcedure({
  name: 'dweets.renameList',
  tables,
  readInput: reader(RenameInput),
  run: (work, { name, nick, row }: RenameInput): ListRow => {
    const list = requireList(work, nick, row)
    const key = ownKey(nick, 'list', row)
    const others = listsIn(work, nick).filter(({ sk }) => sk !== key.sk)
    requireFree(work, others, name)
    const now: ListRow = { ...list, name }
    work.put(key, rowBytes(now))
    return now
  },
})

const DropInput = Type.Object({ nick: Nick, row: RowId })
type DropInput = Readonly<Static<typeof DropInput>>

export const dropList = defineProcedure({
  name: 'dweets.dropList',
  tables,
  readInput: reader(DropInput),
  freesRoom: () => true,
  run: (work, input: DropInput): null => {
    work.delete(ownKey(input.nick, 'list', input.row))
    sweep(work, input)
    return null
  },
})

/** A message: the people of a list that is gone. Some in each entry, until none are left. */
export const sweepList = defineProcedure({
  name: 'dweets.sweepList',
  tables,
  readInput: reader(DropInput),
  freesRoom: () => true,
  run: (work, input: DropInput): null => {
    sweep(work, input)
    return null
  },
})

function sweep(work: PartitionWork, input: DropInput): void {
  const { nick, row } = input
  const [table, pk] = [USERS_TABLE, userPk(nick)]
  const people = work.list({ table, pk, prefix: peoplePrefix(nick, row), limit: SWEPT_MAX })
  for (const { sk } of people) work.delete({ table, pk, sk })
  if (people.length < SWEPT_MAX) return
  work.send({ to: work.partition, procedure: sweepList.name, input })
}

const EnlistInput = Type.Object({ nick: Nick, row: RowId, whom: Nick, isIn: Type.Boolean() })
type EnlistInput = Readonly<Static<typeof EnlistInput>>

export const enlist = defineProcedure({
  name: 'dweets.enlist',
  tables,
  readInput: reader(EnlistInput),
  freesRoom: ({ isIn }: EnlistInput) => !isIn,
  run: (work, { isIn, nick, row, whom }: EnlistInput): ListRow => {
    const list = requireList(work, nick, row)
    const key = listedKey(nick, row, whom)
    if (work.has(key) === isIn) return list
    if (isIn) {
      if (list.people >= LIST_PEOPLE_MAX) work.refuse('LIST_FULL', { max: LIST_PEOPLE_MAX })
      work.put(key, rowBytes({ sinceMs: work.timeMs } satisfies SinceRow))
    } else work.delete(key)
    const now: ListRow = { ...list, people: list.people + (isIn ? 1 : -1) }
    work.put(ownKey(nick, 'list', row), rowBytes(now))
    return now
  },
})

function listsIn(work: PartitionWork, nick: string) {
  const prefix = ownPrefix(nick, 'list')
  return work.list({ table: USERS_TABLE, pk: userPk(nick), prefix, limit: LISTS_MAX })
}

function requireList(work: PartitionWork, nick: string, row: string): ListRow {
  const record = work.get(ownKey(nick, 'list', row))
  return record === undefined ? work.refuse('LIST_GONE') : readList(record)
}

function requireFree(work: PartitionWork, lists: ReturnType<typeof listsIn>, name: string): void {
  const taken = lists.map(readList).find((list) => folded(list.name) === folded(name))
  if (taken !== undefined) work.refuse('LIST_TAKEN', { name: taken.name })
}

/** Names that differ in case alone would be taken for one another. */
function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

export const LIST_PROCEDURES = [makeList, renameList, dropList, sweepList, enlist]
