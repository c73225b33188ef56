/** What `anillo dweet` does with lists of people. */
import { AnilloError } from '../../base/errors.ts'
import type { DweetLists } from '../../client/dweet-lists.ts'
import { listed } from '../../effects/listed.ts'
import type { DweetList } from '../../wire/api-dweet-lists.ts'
import { PAGE_MAX } from '../../wire/dweet-limits.ts'
import { personText } from '../dweet-lines.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { told, toldEach } from '../told.ts'
import { tellList, type ListFlags } from './dweet-lists.ts'

export interface ListsFlags extends DoorFlags {
  readonly with?: string
}

export interface OneListFlags extends ListFlags {
  readonly make?: true
  readonly add?: readonly string[]
  readonly drop?: readonly string[]
  readonly people?: true
  readonly rename?: string
  readonly delete?: true
}

export async function runLists(io: Io, flags: ListsFlags): Promise<ExitCode> {
  const { lists } = (await reachRing(io, flags)).dweets
  const items = await (flags.with === undefined ? lists.all() : lists.with(flags.with))
  return toldEach(io, flags, {
    items,
    columns: [
      { title: 'list', text: ({ name }) => name },
      { title: 'people', text: ({ people }) => String(people), right: true },
      { title: 'id', text: ({ id }) => id },
    ],
    none:
      flags.with === undefined
        ? 'no lists: “npx anillo dweet list NAME --make” makes one'
        : `@${flags.with.replace(/^@/, '')} is in none of your lists`,
  })
}

/**
 * Changes first, each by itself, once everybody is known who is to be put into it; without any,
 * what is in the list is shown.
 */
export async function runList(io: Io, name: string, flags: OneListFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const { lists } = dweets
  const { add = [], drop = [], rename } = flags
  for (const nick of add) await dweets.profile(nick)
  const list = flags.make === true ? await lists.make({ name }) : await listOf(lists, name)
  if (flags.delete === true) {
    await lists.remove(list.id)
    return told(io, flags, { json: { deleted: list.id }, text: `“${list.name}” is deleted` })
  }
  let now = list
  for (const nick of add) now = await lists.put(list.id, nick, true)
  for (const nick of drop) now = await lists.put(list.id, nick, false)
  if (rename !== undefined) now = await lists.rename(list.id, { name: rename })
  if (flags.people === true) return tellPeople(io, flags, { lists, list: now })
  const isChanged = flags.make === true || rename !== undefined || add.length + drop.length > 0
  if (isChanged) {
    const text = `“${now.name}” has ${now.people === 1 ? '1 person' : `${now.people} people`}`
    return told(io, flags, { json: now, text })
  }
  return tellList(io, flags, {
    client,
    part: (page) => lists.publications(list.id, page),
    none: `nothing yet of those in “${list.name}”`,
  })
}

function tellPeople(
  io: Io,
  flags: OneListFlags,
  { list, lists }: { readonly lists: DweetLists; readonly list: DweetList },
): Promise<ExitCode> {
  return toldEach(io, flags, {
    items: listed((after) => lists.people(list.id, { limit: PAGE_MAX, ...after })),
    columns: [{ title: 'who', text: personText }],
    none: `nobody is in “${list.name}”`,
  })
}

/** By name, whatever its case, or by id. @throws AnilloError LIST_GONE */
async function listOf(lists: DweetLists, name: string): Promise<DweetList> {
  const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
  const all = await lists.all()
  const found = all.find((one) => folded(one.name) === folded(name) || one.id === name)
  if (found === undefined) throw new AnilloError('LIST_GONE')
  return found
}
