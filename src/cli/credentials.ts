/**
 * Who a command is to doors, in this order: the key in ANILLO_TOKEN; the administrator, where
 * DATA/admin-password is there to read; the session of `anillo login`; ANILLO_NICK with
 * ANILLO_PASSWORD. A session that a password began is kept, so that not every command logs in.
 */
import { stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { AnilloError } from '../base/errors.ts'
import { MINUTE_MS } from '../base/limits.ts'
import {
  FirstCredentials,
  KeyCredentials,
  SessionCredentials,
  type KeptSession,
  type NickAndPassword,
} from '../client/credentials.ts'
import type { Credentials } from '../client/request.ts'
import { ADMIN_NICK, adminPasswordPath, readAdminPassword } from '../node/admin-password.ts'
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

/** The password in DATA goes to doors of the members in DATA, and to no others. */
export async function ownAdminPassword(ring: RingAt): Promise<string | undefined> {
  const password = await readAdminPassword(ring.dataPath)
  if (password === undefined) return undefined
  const own = new Set((await doorsIn(ring.dataPath)).map(doorName))
  return ring.doors.every((door) => own.has(doorName(door))) ? password : undefined
}

export function adminSessionPath(dataPath: string): string {
  return join(dataPath, 'admin-session')
}

async function asAdministrator(io: Io, ring: RingAt): Promise<Credentials | undefined> {
  const password = await ownAdminPassword(ring)
  if (password === undefined || (await isKnownWrong(ring.dataPath))) return undefined
  return SessionCredentials.open({
    place: sessionFile(adminSessionPath(ring.dataPath), { doors: ring.doors, isOptional: true }),
    client: clientName(),
    password: async () => ({ nick: ADMIN_NICK, password }),
    onWrong: async () => {
      const path = adminPasswordPath(ring.dataPath)
      line(io.err, `anillo: the password in ${path} is not that of ${ADMIN_NICK} any more`)
      await noteWrong(ring.dataPath)
    },
  })
}

/** Guesses are counted, so a password that does not hold is tried now and then alone. */
const WRONG_FOR_MS = 10 * MINUTE_MS

function wrongPath(dataPath: string): string {
  return join(dataPath, 'admin-password.wrong')
}

async function isKnownWrong(dataPath: string): Promise<boolean> {
  const notedMs = await changedAtMs(wrongPath(dataPath))
  const writtenMs = await changedAtMs(adminPasswordPath(dataPath))
  return notedMs > writtenMs && Date.now() - notedMs < WRONG_FOR_MS
}

function changedAtMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

async function noteWrong(dataPath: string): Promise<void> {
  // In a directory of another account it is tried again by each command.
  await writeFile(wrongPath(dataPath), '', { mode: 0o600 }).catch(() => undefined)
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
