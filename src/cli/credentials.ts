/**
 * Who a command is to doors, in this order: the key in ANILLO_TOKEN; the administrator, where
 * DATA/admin-password is there to read; the session of `anillo login`; ANILLO_NICK with
 * ANILLO_PASSWORD. A session that a password began is kept, so that not every command logs in.
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

/** @throws AnilloError LOGIN_FIRST where the key in ANILLO_TOKEN can be none */
export async function credentialsFor(io: Io, ring: RingAt): Promise<Credentials | undefined> {
  const key = notEmpty(io.env['ANILLO_TOKEN'])
  if (key !== undefined) {
    // No header takes it: else it would look as if no member answered.
    if (!SHOWABLE.test(key.trim())) throw new AnilloError('LOGIN_FIRST')
    return new KeyCredentials(key)
  }
  const all = [
    await asAdministrator(io, ring),
    await asLoggedIn(io, ring),
    await asEnvironment(io, ring),
  ].filter((one) => one !== undefined)
  return all.length === 0 ? undefined : new FirstCredentials(all)
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

async function asAdministrator(io: Io, ring: RingAt): Promise<Credentials | undefined> {
  const password = await ownAdminPassword(ring)
  if (password === undefined) return undefined
  return SessionCredentials.open({
    place: sessionFile(adminSessionPath(ring.dataPath), { doors: ring.doors, isOptional: true }),
    client: clientName(),
    password: async () => ({ nick: ADMIN_NICK, password }),
    onWrong: () => leaveAdminPassword(io, ring),
  })
}

async function asLoggedIn(io: Io, ring: RingAt): Promise<Credentials | undefined> {
  const found = await findSession(io.env, ring.doors)
  if (found === undefined) return undefined
  const { doors, path } = found
  return SessionCredentials.open({
    place: sessionFile(path, { doors }),
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

async function asEnvironment(io: Io, { doors }: RingAt): Promise<Credentials | undefined> {
  const known = passwordIn(io.env)
  if (known === undefined) return undefined
  const path = passwordPath(io.env, known, doors)
  return SessionCredentials.open({
    place: sessionFile(path, { doors, password: known.password, isOptional: true }),
    client: clientName(),
    password: async () => known,
  })
}

function notEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
