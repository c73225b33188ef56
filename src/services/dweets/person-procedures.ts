/** What people say of themselves, and that all of theirs goes with their account. */
import { Type, type Static } from 'typebox'

import type { PartitionWork, StoredRecord } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { nextRowId } from '../../wire/dweet-ids.ts'
import { reader } from '../../wire/method.ts'
import { FORGET_DWEETS, USERS_TABLE, userPk } from '../../wire/users.ts'
import { dropFollow, sendUnfollow, tellBlocked } from './follow-procedures.ts'
import { dropRetention } from './own-data/retention-procedures.ts'
import {
  headKey,
  limitKey,
  OWN_KINDS,
  ownKey,
  ownPrefix,
  profileKey,
  PUBLICATION_PREFIX,
  publicationKey,
  removedKey,
  type OwnKind,
} from './places.ts'
import { dropPublication } from './publish-procedures.ts'
import { sendReaction } from './reaction-procedures.ts'
import { dropCase } from './reports/cases.ts'
import { readPublication, RowId } from './rows.ts'
import { DWEET_TABLES, Nick, profileIn, putProfile, requireUnsuspended } from './work.ts'

const tables = DWEET_TABLES

const DescribeInput = Type.Object({ nick: Nick, bio: Type.String() })
type DescribeInput = Readonly<Static<typeof DescribeInput>>

export const describe = defineProcedure({
  name: 'dweets.describe',
  tables,
  readInput: reader(DescribeInput),
  run: (work, { bio, nick }: DescribeInput): null => {
    requireUnsuspended(work, nick)
    putProfile(work, nick, { ...profileIn(work, nick), bio })
    return null
  },
})

const LeaveInput = Type.Object({ nick: Nick, from: Type.Optional(RowId) })
type LeaveInput = Readonly<Static<typeof LeaveInput>>

/** Rows that one entry drops; each may send a dozen messages. */
const LEFT_MAX = 10

/** A message: the account is removed. Some in each entry, until nothing is left. */
export const leave = defineProcedure({
  name: FORGET_DWEETS,
  tables,
  readInput: reader(LeaveInput),
  freesRoom: () => true,
  run: (work, { from, nick }: LeaveInput): null => {
    const goOn = (at: string | undefined): void => {
      const input: LeaveInput = { nick, ...(at === undefined ? {} : { from: at }) }
      work.send({ to: work.partition, procedure: FORGET_DWEETS, input })
    }
    const last = dropPublications(work, nick, from)
    if (last !== undefined) goOn(nextRowId(0, last))
    else if (dropOwn(work, nick)) goOn(LAST_ROW)
    else {
      dropRetention(work, nick)
      work.delete(profileKey(nick))
      work.delete(headKey(nick))
      work.delete(limitKey(nick))
    }
    return null
  },
})

/** Behind all publications. */
const LAST_ROW = 'f'.repeat(16)

/** @returns the last row that was looked at, where there may be more */
function dropPublications(
  work: PartitionWork,
  nick: string,
  from: string | undefined,
): string | undefined {
  const pk = userPk(nick)
  const start = from === undefined ? {} : { start: publicationKey(pk, from).sk }
  const range = { table: USERS_TABLE, pk, prefix: PUBLICATION_PREFIX, ...start, limit: LEFT_MAX }
  const rows = work.list(range)
  for (const record of rows) {
    if (readPublication(record).author === nick) dropPublication(work, nick, rowOf(record))
  }
  const last = rows.at(-1)
  return last === undefined ? undefined : rowOf(last)
}

function rowOf({ sk }: StoredRecord): string {
  return sk.slice(PUBLICATION_PREFIX.length)
}

/** @returns whether there may be more */
function dropOwn(work: PartitionWork, nick: string): boolean {
  const pk = userPk(nick)
  for (const kind of OWN_KINDS) {
    const prefix = ownPrefix(nick, kind)
    const rows = work.list({ table: USERS_TABLE, pk, prefix, limit: LEFT_MAX })
    for (const { sk } of rows) dropOne(work, nick, kind, sk.slice(prefix.length))
    if (rows.length > 0) return true
  }
  return false
}

function dropOne(work: PartitionWork, nick: string, kind: OwnKind, name: string): void {
  if (kind === 'ing') dropFollow(work, nick, name)
  else work.delete(ownKey(nick, kind, name))
  if (kind === 'case') dropCase(work, name)
  if (kind === 'removed') work.delete(removedKey(userPk(nick), name))
  if (kind === 'er') sendUnfollow(work, name, nick)
  if (kind === 'block') tellBlocked(work, { nick: name, by: nick, isBlocked: false })
  if (kind === 'like') sendReaction(work, name, { kind: 'like', by: nick, isThere: false })
}

export const PERSON_PROCEDURES = [describe, leave]
