/** What `anillo group` does. */
import type { Group, GroupPerson } from '../../wire/api-groups.ts'
import { isMeant } from '../confirm.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { ConfirmedFlags, DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { dateText, type Column } from '../table.ts'
import { printTable, told, toldEach } from '../told.ts'

export interface AddFlags extends DoorFlags {
  readonly title?: string
}

export interface PutFlags extends DoorFlags {
  /** Absent: as before. */
  readonly owner?: boolean
}

interface PeopleOf {
  readonly name: string
  readonly nicks: readonly string[]
}

export async function runAdd(
  io: Io,
  name: string,
  { title, ...flags }: AddFlags,
): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const group = await groups.make({ name, ...(title === undefined ? {} : { title }) })
  return told(io, flags, { json: group, text: `The group ${group.name} is made` })
}

const COLUMNS: readonly Column<Group>[] = [
  { title: 'GROUP', text: ({ name }) => name },
  { title: 'TITLE', text: ({ title }) => title },
  { title: 'PEOPLE', text: ({ people }) => String(people), right: true },
  { title: 'YOU', text: ({ mine = '' }) => mine },
]

export async function runGroups(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const none = 'There are no groups yet: npx anillo group add NAME'
  return toldEach(io, flags, { items: groups.list(), columns: COLUMNS, none })
}

const PEOPLE_COLUMNS: readonly Column<GroupPerson>[] = [
  { title: 'NICK', text: ({ nick }) => nick },
  { title: 'PLACE', text: ({ place }) => place },
  { title: 'SINCE', text: ({ since }) => dateText(since) },
]

export async function runShow(io: Io, name: string, flags: DoorFlags): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const group = await groups.find(name)
  const people = await groups.people(name)
  if (flags.json) {
    jsonLine(io, { ...group, people })
    return EXIT.done
  }
  line(io.out, `${group.name}: ${group.title}`)
  if (people.length === 0) line(io.out, 'Nobody is in it.')
  else printTable(io, PEOPLE_COLUMNS, people)
  return EXIT.done
}

export async function runTitle(
  io: Io,
  { name, title }: { readonly name: string; readonly title: string },
  flags: DoorFlags,
): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const group = await groups.rename(name, title)
  return told(io, flags, { json: group, text: `${group.name} is called ${group.title}` })
}

/** One after the other: whoever is named before one that is refused is in it. */
export async function runPut(
  io: Io,
  { name, nicks }: PeopleOf,
  flags: PutFlags,
): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const { owner } = flags
  const place = owner === undefined ? undefined : owner ? 'owner' : 'member'
  for (const nick of nicks) {
    const person = await groups.put(name, nick, place)
    told(io, flags, { json: person, text: `${person.nick} is ${person.place} of ${name}` })
  }
  return EXIT.done
}

export async function runDrop(
  io: Io,
  { name, nicks }: PeopleOf,
  flags: DoorFlags,
): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  for (const nick of nicks) {
    await groups.drop(name, nick)
    const json = { dropped: nick, from: name }
    told(io, flags, { json, text: `${nick} is not in ${name} any more` })
  }
  return EXIT.done
}

export async function runDelete(io: Io, name: string, flags: ConfirmedFlags): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  await groups.find(name)
  const question = `Type ${name} to delete the group for good: `
  const doubt = { question, answer: name, command: `group delete ${name}` }
  if (!(await isMeant(io, flags, doubt))) return EXIT.failed
  await groups.remove(name)
  const text = `The group ${name} is deleted; what was shared with it is not any more`
  return told(io, flags, { json: { deleted: name }, text })
}
