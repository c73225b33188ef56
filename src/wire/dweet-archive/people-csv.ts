/**
 * Lists of people as Mastodon exports and imports them: `following_accounts.csv`,
 * `muted_accounts.csv`, `blocked_accounts.csv`, `lists.csv`. Here a person is a nick without a
 * host. Pure.
 */
import { foldNick } from '../account-texts.ts'
import type { Archived } from './read-activities.ts'

export type PeopleKind = 'follow' | 'mute' | 'block'

/** The first line; Mastodon’s list of those who are blocked has none. */
export const HEADS: Readonly<Record<PeopleKind, string>> = {
  follow: 'Account address,Show boosts,Notify on new posts,Languages\n',
  mute: 'Account address,Hide notifications\n',
  block: '',
}

export function peopleRow(kind: PeopleKind, nick: string, hasRedweets = true): string {
  if (kind === 'follow') return `${nick},${hasRedweets},false,\n`
  return kind === 'mute' ? `${nick},true\n` : `${nick}\n`
}

/** @param nick absent: of a list that nobody is in */
export function listRow(name: string, nick = ''): string {
  return `"${name.replaceAll('"', '""')}",${nick}\n`
}

export interface CsvHow {
  /** Who has a host is somebody of another place, and is not taken for who has the nick here. */
  readonly byNick: boolean
}

/** `undefined`: the line tells of nobody. */
export function archivedPerson(
  kind: PeopleKind,
  line: string,
  { byNick }: CsvHow,
): Archived | undefined {
  const [address = '', boosts = ''] = fieldsIn(line)
  if (address === '' || address === 'Account address') return undefined
  const nick = nickOf(address, byNick)
  if (nick === undefined) return { kind, id: address, problem: 'noUser' }
  if (kind !== 'follow') return { item: { kind, nick } }
  return { item: { kind, nick, redweets: boosts.trim().toLowerCase() !== 'false' } }
}

/** `undefined`: the line tells of no list. */
export function archivedListed(line: string, { byNick }: CsvHow): Archived | undefined {
  const [name = '', address = ''] = fieldsIn(line)
  if (name === '') return undefined
  if (address === '') return { item: { kind: 'list', name } }
  const nick = nickOf(address, byNick)
  if (nick === undefined) return { kind: 'list', id: address, problem: 'noUser' }
  return { item: { kind: 'list', name, nick } }
}

function nickOf(address: string, byNick: boolean): string | undefined {
  const [name = '', host] = address.replace(/^@/, '').split('@')
  return host === undefined || byNick ? foldNick(name) : undefined
}

/** RFC 4180, without line ends in fields. */
function fieldsIn(line: string): string[] {
  const fields = line.trim().matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)
  return Array.from(fields, ([, field = '']) => {
    const isQuoted = field.length > 1 && field.startsWith('"') && field.endsWith('"')
    return isQuoted ? field.slice(1, -1).replaceAll('""', '"') : field
  })
}
