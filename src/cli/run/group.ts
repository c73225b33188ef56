/** What `anillo group` does. */
import type { Group, GroupPerson } from '../../wire/api-groups.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { dateText, tableLines, type Column } from '../table.ts'

export interface AddFlags extends DoorFlags {
  readonly title?: string
}

export interface PutFlags extends DoorFlags {
  /** Absent: as before. */
  readonly owner?: boolean
}

export interface DeleteFlags extends DoorFlags {
  readonly yes?: true
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
  return told(io, group, { flags, text: `The group ${group.name} is made` })
}

export async function runGroups(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const found: Group[] = []
  for await (const group of groups.list()) {
    if (flags.json) jsonLine(io, group)
    else found.push(group)
  }
  if (flags.json) return EXIT.done
  if (found.length === 0) line(io.err, 'There are no groups yet: npx anillo group add NAME')
  else
    table(io, found, [
      { title: 'GROUP', text: ({ name }) => name },
      { title: 'TITLE', text: ({ title }) => title },
      { title: 'PEOPLE', text: ({ people }) => String(people), right: true },
      { title: 'YOU', text: ({ mine = '' }) => mine },
    ])
  return EXIT.done
}

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
  else
    table<GroupPerson>(io, people, [
      { title: 'NICK', text: ({ nick }) => nick },
      { title: 'PLACE', text: ({ place }) => place },
      { title: 'SINCE', text: ({ since }) => dateText(since) },
    ])
  return EXIT.done
}

export async function runTitle(
  io: Io,
  { name, title }: { readonly name: string; readonly title: string },
  flags: DoorFlags,
): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  const group = await groups.rename(name, title)
  return told(io, group, { flags, text: `${group.name} is called ${group.title}` })
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
    told(io, person, { flags, text: `${person.nick} is ${person.place} of ${name}` })
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
    told(io, { dropped: nick, from: name }, { flags, text: `${nick} is not in ${name} any more` })
  }
  return EXIT.done
}

export async function runDelete(io: Io, name: string, flags: DeleteFlags): Promise<ExitCode> {
  const { groups } = await reachRing(io, flags)
  await groups.find(name)
  if (!(await isMeant(io, name, flags))) return EXIT.failed
  await groups.remove(name)
  const text = `The group ${name} is deleted; what was shared with it is not any more`
  return told(io, { deleted: name }, { flags, text })
}

async function isMeant(io: Io, name: string, { yes, json }: DeleteFlags): Promise<boolean> {
  if (yes === true) return true
  const question = `Type ${name} to delete the group for good: `
  const typed = json === true ? undefined : (await io.ask(question))?.trim()
  if (typed === name) return true
  line(io.err, `Nothing was done; if you mean it: npx anillo group delete ${name} --yes`)
  return false
}

function table<R>(io: Io, rows: readonly R[], columns: readonly Column<R>[]): void {
  const paint = paintFor(io, io.out)
  for (const [at, text] of tableLines(columns, rows).entries()) {
    line(io.out, at === 0 ? paint('dim', text) : text)
  }
}

function told(
  io: Io,
  answer: object,
  { flags, text }: { readonly flags: DoorFlags; readonly text: string },
): ExitCode {
  if (flags.json) jsonLine(io, answer)
  else line(io.out, text)
  return EXIT.done
}
