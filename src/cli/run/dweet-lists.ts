/** What `anillo dweet` does with lists: what is new, home, somebody's, found, notifications. */
import type { AnilloClient } from '../../client/client.ts'
import type { PageAsk } from '../../client/query.ts'
import { allOf, first, listed, type ListPart } from '../../effects/listed.ts'
import type { Publication } from '../../wire/api-dweets.ts'
import { PAGE_MAX } from '../../wire/dweet-limits.ts'
import { notificationLines, profileLines, publicationLines } from '../dweet-lines.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { countText } from '../table.ts'
import { told } from '../told.ts'
import { ownNick } from './user-show.ts'

export interface ListFlags extends DoorFlags {
  readonly limit: number
}

export interface NewFlags extends ListFlags {
  /** They come again. */
  readonly keep?: true
}

export interface ProfileFlags extends ListFlags {
  readonly bio?: string
}

export interface NotificationsFlags extends ListFlags {
  readonly clear?: true
}

/** What was told was seen, so that the next call goes on behind it. */
export async function runNew(io: Io, flags: NewFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const fresh = await dweets.fresh(flags.limit)
  if (flags.json) jsonLine(io, fresh)
  else {
    printEach(io, fresh.dweets)
    const left = fresh.unseen - fresh.dweets.length
    if (fresh.dweets.length === 0) line(io.err, 'nothing new, and nothing older')
    else if (fresh.unseen === 0) line(io.err, 'nothing new: these are older ones')
    else if (left > 0) line(io.err, `${left} more unseen`)
    tellIncomplete(io, fresh.incomplete)
  }
  if (flags.keep !== true && fresh.dweets.length > 0) await dweets.acknowledge(fresh.token)
  return EXIT.done
}

export async function runHome(io: Io, flags: ListFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  return tellList(io, flags, {
    part: (page) => dweets.home(page),
    none: 'nothing yet: “npx anillo dweet follow NICK” follows somebody',
  })
}

export async function runLocal(io: Io, flags: ListFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const none = 'nobody has published anything for everybody yet'
  return tellList(io, flags, { part: (page) => dweets.local(page), none })
}

export async function runBookmarks(io: Io, flags: ListFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const none = 'you keep no bookmark: “npx anillo dweet bookmark ID” keeps one'
  return tellList(io, flags, { part: (page) => dweets.bookmarks(page), none })
}

export async function runTag(io: Io, text: string, flags: ListFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const tag = text.replace(/^#/, '')
  return tellList(io, flags, {
    part: (page) => dweets.tagged(tag, page),
    none: 'no public dweet has this tag',
  })
}

export async function runSearch(
  io: Io,
  words: readonly string[],
  flags: ListFlags,
): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  return tellList(io, flags, {
    part: (page) => dweets.search(words.join(' '), page),
    none: 'no dweet of yours, or of those whom you follow, has all of these words',
  })
}

export async function runProfile(
  io: Io,
  named: string | undefined,
  flags: ProfileFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const nick = named ?? (await ownNick(client))
  const { bio } = flags
  const profile = await (bio === undefined
    ? dweets.profile(nick)
    : dweets.changeProfile(nick, { bio }))
  const items = await allOf(publicationsOf(client, nick, flags.limit))
  const how = { paint: paintFor(io, io.out) }
  const text = [
    ...profileLines(profile, how),
    ...items.flatMap((one) => ['', ...publicationLines(one, how)]),
  ]
  return told(io, flags, { json: { ...profile, items }, text })
}

function publicationsOf({ dweets }: AnilloClient, nick: string, limit: number) {
  const part = paged(limit, (page) => dweets.publicationsOf(nick, page))
  return first(limit, listed(part))
}

export async function runNotifications(io: Io, flags: NotificationsFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  if (flags.clear === true) {
    await dweets.clearNotifications()
    return told(io, flags, { json: { cleared: true }, text: 'there are no notifications any more' })
  }
  const part = paged(flags.limit, (page) => dweets.notifications(page))
  const how = { paint: paintFor(io, io.out) }
  let count = 0
  for await (const note of first(flags.limit, listed(part))) {
    count++
    if (flags.json) jsonLine(io, note)
    else for (const text of notificationLines(note, how)) line(io.out, text)
  }
  if (count === 0 && !flags.json) line(io.err, 'no notifications')
  return EXIT.done
}

interface Page extends ListPart<Publication> {
  readonly incomplete: readonly string[]
}

export async function tellList(
  io: Io,
  { json, limit }: ListFlags,
  list: { readonly part: (page: PageAsk) => Promise<Page>; readonly none: string },
): Promise<ExitCode> {
  const away = new Set<string>()
  const part = paged(limit, async (page) => {
    const answer = await list.part(page)
    for (const nick of answer.incomplete) away.add(nick)
    return answer
  })
  let count = 0
  for await (const one of first(limit, listed(part))) {
    if (json) jsonLine(io, one)
    else printEach(io, [one])
    count++
  }
  if (count === 0 && !json) line(io.err, list.none)
  tellIncomplete(io, [...away])
  return EXIT.done
}

/** Pages as large as there are, and none larger than what is wanted. */
export function paged<T>(limit: number, part: (page: PageAsk) => Promise<ListPart<T>>) {
  return (after: { readonly cursor?: string }) =>
    part({ limit: Math.min(limit, PAGE_MAX), ...after })
}

function printEach(io: Io, publications: readonly Publication[]): void {
  const how = { paint: paintFor(io, io.out) }
  for (const one of publications) {
    for (const text of publicationLines(one, how)) line(io.out, text)
  }
}

/** Theirs are not lost: they come once they can be read again. */
function tellIncomplete(io: Io, nicks: readonly string[]): void {
  if (nicks.length === 0) return
  const who = nicks.length > 5 ? countText(nicks.length, 'account') : nicks.join(', ')
  line(io.err, `dweets of ${who} cannot be read just now`)
}
