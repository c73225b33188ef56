/** What `anillo dweet` does with lists: what is new, home, somebody's, found, notifications. */
import type { AnilloClient } from '../../client/client.ts'
import type { PageAsk } from '../../client/query.ts'
import { allOf, first, listed, type ListPart } from '../../effects/listed.ts'
import type { Publication } from '../../wire/api-dweets.ts'
import { PAGE_MAX } from '../../wire/dweet-limits.ts'
import { notificationLines, profileLines, publicationLines, type LinesHow } from '../dweet-lines.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { fitted } from '../fitted.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { countText } from '../table.ts'
import { told } from '../told.ts'
import { linesHow } from './dweet-telling.ts'
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
  const client = await reachRing(io, flags)
  const { dweets } = client
  const fresh = await dweets.fresh(flags.limit)
  if (flags.json) jsonLine(io, fresh)
  else {
    printEach(io, fresh.dweets, linesHow(io, client))
    const left = fresh.unseen - fresh.dweets.length
    if (fresh.dweets.length === 0) line(io.err, await nothingNew(client))
    else if (fresh.unseen === 0) line(io.err, 'nothing new: these are older ones')
    else if (left > 0) line(io.err, `${left} more unseen`)
    tellIncomplete(io, fresh.incomplete)
  }
  if (flags.keep !== true && fresh.dweets.length > 0) await dweets.acknowledge(fresh.token)
  return EXIT.done
}

/** What was seen comes no more as new; only who sees nothing at home either follows nobody yet. */
async function nothingNew({ dweets }: AnilloClient): Promise<string> {
  const { items } = await dweets.home({ limit: 1 })
  return items.length === 0
    ? NOTHING_YET
    : 'you have seen everything: “npx anillo dweet home” shows it again'
}

const NOTHING_YET = 'nothing yet: “npx anillo dweet follow NICK” follows somebody'

export async function runHome(io: Io, flags: ListFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  return tellList(io, flags, {
    client,
    part: (page) => dweets.home(page),
    none: NOTHING_YET,
  })
}

export async function runLocal(io: Io, flags: ListFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const none = 'nobody has published anything for everybody yet'
  return tellList(io, flags, { client, part: (page) => dweets.local(page), none })
}

export async function runBookmarks(io: Io, flags: ListFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const none = 'you keep no bookmark: “npx anillo dweet bookmark ID” keeps one'
  return tellList(io, flags, { client, part: (page) => dweets.bookmarks(page), none })
}

export async function runTag(io: Io, text: string, flags: ListFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const tag = text.replace(/^#/, '')
  return tellList(io, flags, {
    client,
    part: (page) => dweets.tagged(tag, page),
    none: 'no public dweet has this tag',
  })
}

export async function runSearch(
  io: Io,
  words: readonly string[],
  flags: ListFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  return tellList(io, flags, {
    client,
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
  const how = linesHow(io, client)
  const text = [
    ...profileLines(profile, how),
    ...items.flatMap((one) => ['', ...publicationLines(one, how)]),
  ]
  return told(io, flags, { json: { ...profile, items }, text: fitted(io.out, text) })
}

function publicationsOf({ dweets }: AnilloClient, nick: string, limit: number) {
  const part = paged(limit, (page) => dweets.publicationsOf(nick, page))
  return first(limit, listed(part))
}

export async function runNotifications(io: Io, flags: NotificationsFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  if (flags.clear === true) {
    await dweets.clearNotifications()
    return told(io, flags, { json: { cleared: true }, text: 'there are no notifications any more' })
  }
  const part = paged(flags.limit, (page) => dweets.notifications(page))
  const how = linesHow(io, client)
  let count = 0
  for await (const note of first(flags.limit, listed(part))) {
    count++
    if (flags.json) jsonLine(io, note)
    else for (const text of fitted(io.out, notificationLines(note, how))) line(io.out, text)
  }
  if (count === 0 && !flags.json) line(io.err, 'no notifications')
  return EXIT.done
}

interface Page extends ListPart<Publication> {
  readonly incomplete: readonly string[]
}

interface Told {
  readonly client: AnilloClient
  readonly part: (page: PageAsk) => Promise<Page>
  readonly none: string
}

export async function tellList(io: Io, { json, limit }: ListFlags, list: Told): Promise<ExitCode> {
  const away = new Set<string>()
  const part = paged(limit, async (page) => {
    const answer = await list.part(page)
    for (const nick of answer.incomplete) away.add(nick)
    return answer
  })
  let count = 0
  for await (const one of first(limit, listed(part))) {
    if (json) jsonLine(io, one)
    else printEach(io, [one], linesHow(io, list.client))
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

function printEach(io: Io, publications: readonly Publication[], how: LinesHow): void {
  for (const one of publications) {
    for (const text of fitted(io.out, publicationLines(one, how))) line(io.out, text)
  }
}

/** Theirs are not lost: they come once they can be read again. */
function tellIncomplete(io: Io, nicks: readonly string[]): void {
  if (nicks.length === 0) return
  const who = nicks.length > 5 ? countText(nicks.length, 'account') : nicks.join(', ')
  line(io.err, `dweets of ${who} cannot be read just now`)
}
