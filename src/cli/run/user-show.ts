/** What `anillo user show` does. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { AccessKey, Me, Session, User } from '../../wire/api-accounts.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { dateText, tableLines, type Column } from '../table.ts'
import { told, toldEach } from '../told.ts'

interface Shown {
  readonly user: User
  /** Of whoever asks about the own account. */
  readonly permissions?: Me['permissions']
  readonly sessions: readonly Session[]
  readonly keys: readonly AccessKey[]
}

const SESSION_COLUMNS: readonly Column<Session>[] = [
  { title: 'SESSION', text: ({ id }) => id },
  { title: 'BEGUN', text: ({ createdAt }) => dateText(createdAt) },
  { title: 'USED', text: ({ usedAt }) => dateText(usedAt) },
  { title: 'BY', text: ({ client, isThis }) => (isThis ? `${client} (this one)` : client) },
]

export const KEY_COLUMNS: readonly Column<AccessKey>[] = [
  { title: 'KEY', text: ({ id }) => id },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'MADE', text: ({ createdAt }) => dateText(createdAt) },
  {
    title: 'UNTIL',
    text: ({ expiresAt }) => (expiresAt === undefined ? 'it is removed' : dateText(expiresAt)),
  },
  { title: 'MAY', text: ({ permissions }) => permissions.join(', ') },
]

export async function runShow(
  io: Io,
  nick: string | undefined,
  flags: DoorFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const shown = nick === undefined ? await own(client) : await another(client, nick)
  return told(io, flags, {
    json: { ...shown.user, ...shown, user: undefined },
    text: shownLines(shown),
  })
}

export interface SessionFlags extends DoorFlags {
  /** The id of the one that is to end. */
  readonly end?: string
}

export async function runSessions(
  io: Io,
  named: string | undefined,
  flags: SessionFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const nick = named ?? (await ownNick(client))
  if (flags.end !== undefined) {
    await client.accounts.endSession(nick, flags.end)
    const text = `${flags.end} is ended; it is refused at every member`
    return told(io, flags, { json: { ended: flags.end }, text })
  }
  const items = await client.accounts.sessions(nick)
  return toldEach(io, flags, { items, columns: SESSION_COLUMNS, none: 'no session' })
}

/** @throws AnilloError LOGIN_FIRST: a guest has no account */
export async function ownNick(client: AnilloClient): Promise<string> {
  const { nick } = await client.accounts.me()
  if (nick === null) throw new AnilloError('LOGIN_FIRST')
  return nick
}

async function own(client: AnilloClient): Promise<Shown> {
  const { nick, permissions } = await client.accounts.me()
  if (nick === null) throw new AnilloError('LOGIN_FIRST')
  return { ...(await another(client, nick)), permissions }
}

async function another({ accounts }: AnilloClient, nick: string): Promise<Shown> {
  const [user, sessions, keys] = await Promise.all([
    accounts.user(nick),
    accounts.sessions(nick),
    accounts.keys(nick),
  ])
  return { user, sessions, keys }
}

function shownLines({ keys, permissions, sessions, user }: Shown): readonly string[] {
  const grants = user.grants.length === 0 ? '' : `, granted ${user.grants.join(', ')}`
  return [
    `nick     ${user.nick}`,
    `name     ${user.name}`,
    `role     ${user.role}${grants}`,
    `state    ${user.state}`,
    `since    ${dateText(user.createdAt)}`,
    ...(user.shutUntil === undefined ? [] : [`shut     ${shutText(user.shutUntil)}`]),
    ...(permissions === undefined ? [] : [`may      ${permissions.join(', ')}`]),
    ...(sessions.length === 0 ? [] : ['', ...tableLines(SESSION_COLUMNS, sessions)]),
    ...(keys.length === 0 ? [] : ['', ...tableLines(KEY_COLUMNS, keys)]),
  ]
}

function shutText(until: string): string {
  return `out until ${dateText(until)}: too many wrong passwords; with a new one it is let in`
}
