/**
 * Groups of people: their names, and who is in them, in one partition. What follows for an account
 * (`users.membership`) is told to it by a message from the entry that says so.
 */
import { Type, type Static } from 'typebox'

import { assert } from '../../base/assert.ts'
import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { wordOfGone } from '../../wire/file-people.ts'
import { reader } from '../../wire/method.ts'
import { GROUP_PEOPLE_MAX, GROUPS_A_PERSON_MAX, GROUPS_MAX } from './limits.ts'
import {
  AUDIT_TABLE,
  GROUP_PREFIX,
  groupKey,
  groupOfKey,
  groupPeoplePrefix,
  groupPersonKey,
  GROUPS_PK,
  GROUPS_TABLE,
  groupsOfPrefix,
  partitionOfNick,
} from './places.ts'
import { readGroup, readGroupPerson, rowBytes, type GroupPersonRow, type GroupRow } from './rows.ts'
import { Actor, noteIn, versionHere } from './work.ts'

const GROUP_TABLES = [GROUPS_TABLE, AUDIT_TABLE]
/** Of `users.membership`, which stands above this file. */
const MEMBERSHIP = 'users.membership'

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,29}$' })
const Nick = Type.String({ pattern: '^[a-z0-9_]{1,30}$' })
const Title = Type.String({ minLength: 1, maxLength: 240 })
/** Absent: whoever manages accounts. Else the nick of who asks, who needs a place in the group. */
const By = Type.Optional(Nick)

export interface WrittenGroup {
  readonly group: GroupRow
}

const MakeInput = Type.Object({ name: Name, title: Title, actor: Actor })

/** A name is given once: what was shared with a group that is gone falls to no other. */
export const makeGroup = defineProcedure({
  name: 'groups.make',
  tables: GROUP_TABLES,
  readInput: reader(MakeInput),
  run: (work, { actor, name, title }: Static<typeof MakeInput>): WrittenGroup => {
    if (work.has(groupKey(name))) work.refuse('GROUP_TAKEN', { name })
    const groups = { table: GROUPS_TABLE, pk: GROUPS_PK, prefix: GROUP_PREFIX }
    if (work.list({ ...groups, limit: GROUPS_MAX }).length >= GROUPS_MAX) {
      work.refuse('GROUPS_FULL', { max: GROUPS_MAX, what: 'groups' })
    }
    const group: GroupRow = { title, people: 0, state: 'active', createdAtMs: work.timeMs }
    work.put(groupKey(name), rowBytes(group))
    noteIn(work, { ...actor, what: 'group.make', to: name })
    return { group }
  },
})

const TitleInput = Type.Object({ name: Name, title: Title, by: By })

export const titleGroup = defineProcedure({
  name: 'groups.title',
  tables: GROUP_TABLES,
  readInput: reader(TitleInput),
  run: (work, { by, name, title }: Static<typeof TitleInput>): WrittenGroup => {
    const group = { ...requireGroup(work, name), title }
    requireOwner(work, name, by)
    work.put(groupKey(name), rowBytes(group))
    return { group }
  },
})

/** Who was in it, as of that entry of the log. */
export interface LeftGroup {
  readonly nicks: readonly string[]
  readonly at: number
}

const RemoveInput = Type.Object({ name: Name, actor: Actor })

export const removeGroup = defineProcedure({
  name: 'groups.remove',
  tables: GROUP_TABLES,
  readInput: reader(RemoveInput),
  freesRoom: () => true,
  run: (work, { actor, name }: Static<typeof RemoveInput>): LeftGroup => {
    const group = requireGroup(work, name)
    const prefix = groupPeoplePrefix(name)
    const range = { table: GROUPS_TABLE, pk: GROUPS_PK, prefix, limit: GROUP_PEOPLE_MAX }
    const nicks = work.list(range).map(({ sk }) => sk.slice(prefix.length))
    for (const nick of nicks) {
      dropRows(work, name, nick)
      tell(work, { nick, group: name, isIn: false })
    }
    work.put(groupKey(name), rowBytes({ ...group, people: 0, state: 'deleted' } satisfies GroupRow))
    for (const word of wordOfGone({ kind: 'group', name })) work.send(word)
    noteIn(work, { ...actor, what: 'group.remove', to: name })
    return { nicks, at: versionHere(work) }
  },
})

export interface PutPerson {
  readonly person: GroupPersonRow
  readonly at: number
}

const PutInput = Type.Object({
  name: Name,
  nick: Nick,
  /** Absent: as before, at first no owner. */
  isOwner: Type.Optional(Type.Boolean()),
  by: By,
  actor: Actor,
})

export const putGroupPerson = defineProcedure({
  name: 'groups.put',
  tables: GROUP_TABLES,
  readInput: reader(PutInput),
  run: (work, { actor, by, isOwner, name, nick }: Static<typeof PutInput>): PutPerson => {
    const group = requireGroup(work, name)
    requireOwner(work, name, by)
    const before = personIn(work, name, nick)
    if (before === undefined) requireRoom(work, group, nick)
    const is = isOwner ?? before?.isOwner ?? false
    const person: GroupPersonRow = { isOwner: is, sinceMs: before?.sinceMs ?? work.timeMs }
    work.put(groupPersonKey(name, nick), rowBytes(person))
    if (before === undefined) {
      work.put(groupOfKey(nick, name), rowBytes({}))
      work.put(groupKey(name), rowBytes({ ...group, people: group.people + 1 }))
      noteIn(work, { ...actor, what: 'group.join', to: nick, detail: name })
    }
    if (is && before?.isOwner !== true) {
      noteIn(work, { ...actor, what: 'group.owner', to: nick, detail: name })
    }
    // Also where nothing changed: whoever asks again may find that the account was not told.
    tell(work, { nick, group: name, isIn: true })
    return { person, at: versionHere(work) }
  },
})

function requireRoom(work: PartitionWork, { people }: GroupRow, nick: string): void {
  if (people >= GROUP_PEOPLE_MAX) {
    work.refuse('GROUPS_FULL', { max: GROUP_PEOPLE_MAX, what: 'people in a group' })
  }
  const range = { table: GROUPS_TABLE, pk: GROUPS_PK, prefix: groupsOfPrefix(nick) }
  if (work.list({ ...range, limit: GROUPS_A_PERSON_MAX }).length >= GROUPS_A_PERSON_MAX) {
    work.refuse('GROUPS_FULL', { max: GROUPS_A_PERSON_MAX, what: 'groups of one account' })
  }
}

const DropInput = Type.Object({ name: Name, nick: Nick, by: By, actor: Actor })

/** Whoever is in it leaves when they like. */
export const dropGroupPerson = defineProcedure({
  name: 'groups.drop',
  tables: GROUP_TABLES,
  readInput: reader(DropInput),
  freesRoom: () => true,
  run: (work, { actor, by, name, nick }: Static<typeof DropInput>): { readonly at: number } => {
    const group = requireGroup(work, name)
    if (by !== nick) requireOwner(work, name, by)
    if (personIn(work, name, nick) === undefined) {
      work.refuse('NOT_FOUND', { what: 'such person in the group' })
    }
    dropRows(work, name, nick)
    work.put(groupKey(name), rowBytes({ ...group, people: group.people - 1 }))
    tell(work, { nick, group: name, isIn: false })
    noteIn(work, { ...actor, what: 'group.leave', to: nick, detail: name })
    return { at: versionHere(work) }
  },
})

const ForgetInput = Type.Object({ nick: Nick })

/** A message: the account was deleted. */
export const forgetGroupPerson = defineProcedure({
  name: 'groups.forget',
  tables: GROUP_TABLES,
  readInput: reader(ForgetInput),
  freesRoom: () => true,
  run: (work, { nick }: Static<typeof ForgetInput>): null => {
    const prefix = groupsOfPrefix(nick)
    const range = { table: GROUPS_TABLE, pk: GROUPS_PK, prefix, limit: GROUPS_A_PERSON_MAX }
    for (const { sk } of work.list(range)) {
      const name = sk.slice(prefix.length)
      dropRows(work, name, nick)
      const record = work.get(groupKey(name))
      assert(record !== undefined, `the group ${name} of ${nick}`)
      const group = readGroup(record)
      work.put(groupKey(name), rowBytes({ ...group, people: group.people - 1 }))
    }
    return null
  },
})

function dropRows(work: PartitionWork, name: string, nick: string): void {
  work.delete(groupPersonKey(name, nick))
  work.delete(groupOfKey(nick, name))
}

function tell(
  work: PartitionWork,
  membership: { readonly nick: string; readonly group: string; readonly isIn: boolean },
): void {
  const input = { ...membership, at: versionHere(work) }
  work.send({ to: partitionOfNick(membership.nick), procedure: MEMBERSHIP, input })
}

function requireGroup(work: PartitionWork, name: string): GroupRow {
  const record = work.get(groupKey(name))
  const group = record === undefined ? undefined : readGroup(record)
  return group?.state === 'active' ? group : work.refuse('NO_GROUP', { name })
}

function personIn(work: PartitionWork, name: string, nick: string): GroupPersonRow | undefined {
  const record = work.get(groupPersonKey(name, nick))
  return record === undefined ? undefined : readGroupPerson(record)
}

/** As of this entry of the log. */
function requireOwner(work: PartitionWork, name: string, by: string | undefined): void {
  if (by === undefined || personIn(work, name, by)?.isOwner === true) return
  work.refuse('FORBIDDEN', { problem: 'it is for owners of the group' })
}

export const GROUP_PROCEDURES = [
  makeGroup,
  titleGroup,
  removeGroup,
  putGroupPerson,
  dropGroupPerson,
  forgetGroupPerson,
]
