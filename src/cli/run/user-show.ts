/** What `anillo user show` does. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { AccessKey, Me, Session, User } from '../../wire/api-accounts.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { dateText, tableLines } from '../table.ts'

interface Shown {
  readonly user: User
  /** Of whoever asks about the own account. */
  readonly permissions?: Me['permissions']
  readonly sessions: readonly Session[]
  readonly keys: readonly AccessKey[]
}

export async function runShow(
  io: Io,
  nick: string | undefined,
  flags: DoorFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const shown = nick === undefined ? await own(client) : await another(client, nick)
  if (flags.json) jsonLine(io, { ...shown.user, ...shown, user: undefined })
  else for (const text of shownLines(shown)) line(io.out, text)
  return EXIT.done
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
    if (flags.json) jsonLine(io, { ended: flags.end })
    else line(io.out, `${flags.end} is ended; it is refused at every member`)
    return EXIT.done
  }
  const sessions = await client.accounts.sessions(nick)
  if (flags.json) for (const session of sessions) jsonLine(io, session)
  else if (sessions.length === 0) line(io.err, 'no session')
  else for (const text of sessionLines(sessions)) line(io.out, text)
  return EXIT.done
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
    ...(sessions.length === 0 ? [] : ['', ...sessionLines(sessions)]),
    ...(keys.length === 0 ? [] : ['', ...keyLines(keys)]),
  ]
}

function shutText(until: string): string {
  return `out until ${dateText(until)}: too many wrong passwords; with a new one it is let in`
}

function sessionLines(sessions: readonly Session[]): readonly string[] {
  return tableLines<Session>(
    [
      { title: 'SESSION', text: ({ id }) => id },
      { title: 'BEGUN', text: ({ createdAt }) => dateText(createdAt) },
      { title: 'USED', text: ({ usedAt }) => dateText(usedAt) },
      { title: 'BY', text: ({ client, isThis }) => (isThis ? `${client} (this one)` : client) },
    ],
    sessions,
  )
}

export function keyLines(keys: readonly AccessKey[]): readonly string[] {
  return tableLines<AccessKey>(
    [
      { title: 'KEY', text: ({ id }) => id },
      { title: 'NAME', text: ({ name }) => name },
      { title: 'MADE', text: ({ createdAt }) => dateText(createdAt) },
      {
        title: 'UNTIL',
        text: ({ expiresAt }) => (expiresAt === undefined ? 'it is removed' : dateText(expiresAt)),
      },
      { title: 'MAY', text: ({ permissions }) => permissions.join(', ') },
    ],
    keys,
  )
}
