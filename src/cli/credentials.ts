/**
 * Who a command is to doors, in this order: the key in ANILLO_TOKEN; the administrator, where
 * DATA/admin-password is there to read; the session of `anillo login`; ANILLO_NICK with
 * ANILLO_PASSWORD. A session that a password began is kept, so that not every command logs in; whom
 * it made of a guest is said once, when it begins.
 */
import { hostname } from 'node:os'
import { join } from 'node:path'

import { AnilloError } from '../base/errors.ts'
import {
  FirstCredentials,
  KeyCredentials,
  SessionCredentials,
  type KeptSession,
  type NickAndPassword,
} from '../client/credentials.ts'
import type { Credentials } from '../client/request.ts'
import {
  ADMIN_NICK,
  adminPasswordPath,
  isAdminPasswordStale,
  noteAdminPasswordStale,
  readAdminPassword,
  staleAdminPasswordText,
} from '../node/admin-password.ts'
import { doorsIn } from '../node/doors.ts'
import { line, type Io } from './io.ts'
import { doorName, findSession, passwordPath, sessionFile } from './session-files.ts'

/** A ring as a command reaches it. */
export interface RingAt {
  readonly dataPath: string
  readonly doors: readonly string[]
}

/** Visible ASCII. */
const SHOWABLE = /^[!-~]+$/

/** Where a command finds what it shows. */
export type Source = 'token' | 'admin-password' | 'session' | 'environment'

interface Found {
  readonly source: Source
  readonly credentials: Credentials
}

export interface Asking {
  /** Who a command goes on as is told to nobody. */
  readonly isQuiet?: boolean
}

/** @throws AnilloError LOGIN_FIRST where the key in ANILLO_TOKEN can be none */
export async function credentialsFor(
  io: Io,
  ring: RingAt,
  asking: Asking = {},
): Promise<Credentials | undefined> {
  const all = await allCredentials(io, ring, asking)
  return all.length === 0 ? undefined : firstOf(all)
}

/** A key stands alone: nothing else is shown where a door refuses it. */
export function firstOf(all: readonly Found[]): Credentials {
  const [one] = all
  if (one?.source === 'token') return one.credentials
  return new FirstCredentials(all.map(({ credentials }) => credentials))
}

/** In the order in which they are shown. @throws AnilloError as `credentialsFor()` */
export async function allCredentials(
  io: Io,
  ring: RingAt,
  { isQuiet = false }: Asking = {},
): Promise<readonly Found[]> {
  const key = notEmpty(io.env['ANILLO_TOKEN'])
  if (key !== undefined) {
    // No header takes it: else it would look as if no member answered.
    if (!SHOWABLE.test(key.trim())) throw new AnilloError('LOGIN_FIRST')
    return [{ source: 'token', credentials: new KeyCredentials(key) }]
  }
  const begun = (by: string) => (nick: string) => {
    if (isQuiet) return
    line(
      io.err,
      `anillo: logged in as ${nick}, by ${by}; “npx anillo whoami” tells who commands are`,
    )
  }
  const all = [
    ['admin-password', await asAdministrator(io, ring, begun(adminPasswordPath(ring.dataPath)))],
    ['session', await asLoggedIn(io, ring)],
    ['environment', await asEnvironment(io, ring, begun('ANILLO_NICK and ANILLO_PASSWORD'))],
  ] as const
  return all.flatMap(([source, credentials]) => (credentials ? [{ source, credentials }] : []))
}

/** What sessions of the command line are listed as. */
export function clientName(): string {
  return `anillo on ${hostname()}`
}

/**
 * The password in DATA goes to doors of the members in DATA, and to no others; none that is known
 * to be wrong goes anywhere: each try is a guess that counts.
 */
export async function ownAdminPassword(ring: RingAt): Promise<string | undefined> {
  const { dataPath } = ring
  const password = await readAdminPassword(dataPath)
  if (password === undefined || (await isAdminPasswordStale(dataPath))) return undefined
  return (await isOwn(ring)) ? password : undefined
}

/** Its doors are those of members in DATA. */
export async function isOwn({ dataPath, doors }: RingAt): Promise<boolean> {
  const own = new Set((await doorsIn(dataPath)).map(doorName))
  return doors.every((door) => own.has(doorName(door)))
}

/** Tells it once; until the file is written anew nothing uses it. */
export async function leaveAdminPassword(io: Io, { dataPath }: RingAt): Promise<void> {
  line(io.err, `anillo: ${staleAdminPasswordText(dataPath)}`)
  await noteAdminPasswordStale(dataPath)
}

export function adminSessionPath(dataPath: string): string {
  return join(dataPath, 'admin-session')
}

async function asAdministrator(
  io: Io,
  ring: RingAt,
  onBegin: (nick: string) => void,
): Promise<Credentials | undefined> {
  const password = await ownAdminPassword(ring)
  if (password === undefined) return undefined
  return SessionCredentials.open({
    place: sessionFile(adminSessionPath(ring.dataPath), { doors: ring.doors, isOptional: true }),
    client: clientName(),
    password: async () => ({ nick: ADMIN_NICK, password }),
    onBegin,
    onWrong: () => leaveAdminPassword(io, ring),
  })
}

async function asLoggedIn(io: Io, ring: RingAt): Promise<Credentials | undefined> {
  const found = await findSession(io.env, ring.doors)
  if (found === undefined) return undefined
  const { begunAt, doors, path } = found
  return SessionCredentials.open({
    place: sessionFile(path, { doors, begunAt }),
    client: clientName(),
    onEnd: ({ nick }: KeptSession) => {
      line(io.err, `anillo: the session of ${nick} has ended; “npx anillo login” begins another`)
    },
  })
}

/** `undefined` where the environment names none. */
export function passwordIn(env: Io['env']): NickAndPassword | undefined {
  const nick = notEmpty(env['ANILLO_NICK'])
  const password = notEmpty(env['ANILLO_PASSWORD'])
  return nick === undefined || password === undefined ? undefined : { nick, password }
}

async function asEnvironment(
  io: Io,
  { doors }: RingAt,
  onBegin: (nick: string) => void,
): Promise<Credentials | undefined> {
  const known = passwordIn(io.env)
  if (known === undefined) return undefined
  const path = passwordPath(io.env, known, doors)
  return SessionCredentials.open({
    place: sessionFile(path, { doors, password: known.password, isOptional: true }),
    client: clientName(),
    password: async () => known,
    onBegin,
  })
}

function notEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
