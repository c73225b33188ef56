/**
 * Sessions of the command line, each a file that its owner alone can read:
 *
 *     STATE/sessions/RING.json      of `anillo login`, the one of that ring
 *     STATE/consoles/NICK.RING.json of `anillo console`, one an account
 *     STATE/passwords/DIGITS.json   of ANILLO_NICK and ANILLO_PASSWORD
 *     DATA/admin-session            of DATA/admin-password
 *
 * Each names the doors that it is shown to, so that none gets to a door of another ring.
 */
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { AnilloError } from '../base/errors.ts'
import { sha256Hex } from '../base/hash.ts'
import type { KeptSession, NickAndPassword, SessionPlace } from '../client/credentials.ts'
import { isLoopback } from '../node/enrolment/endpoint.ts'
import type { Io } from './io.ts'

const SessionFile = Type.Object({
  nick: Type.String(),
  doors: Type.Array(Type.String()),
  accessToken: Type.String(),
  refreshToken: Type.String(),
  /** Of `anillo login`: when (ISO 8601). */
  begunAt: Type.Optional(Type.String()),
  /** Of the password that it was begun with, where that must be known to use it. */
  check: Type.Optional(Type.Object({ salt: Type.String(), hash: Type.String() })),
})
type SessionFile = Static<typeof SessionFile>

/** As the XDG base directory specification says. */
export function statePathOf(env: Io['env']): string {
  const home = env['HOME'] || homedir()
  return resolve(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'anillo')
}

export interface FileOptions {
  /** Kept with it. */
  readonly doors: readonly string[]
  /** Kept with it (ISO 8601). */
  readonly begunAt?: string | undefined
  /** Whoever uses it must know it. */
  readonly password?: string
  /** Where it cannot be written, as in a directory of another account, it is used and not kept. */
  readonly isOptional?: true
}

export function sessionFile(path: string, options: FileOptions): SessionPlace {
  let unwritten: KeptSession | undefined
  return {
    async read() {
      const file = await readSessionFile(path)
      if (file === undefined || hasEnded(file)) return unwritten
      if (!isRight(file, options.password)) return unwritten
      return file
    },
    async write(session) {
      unwritten = session
      try {
        await writeSessionFile(path, session, options)
      } catch (cause) {
        if (options.isOptional) return
        const problem = cause instanceof Error ? cause.message : String(cause)
        throw new AnilloError('DATA_NOT_WRITABLE', { path, problem }, { cause })
      }
    },
  }
}

/** What is no session is none: a newer version may have written it. */
async function readSessionFile(path: string): Promise<SessionFile | undefined> {
  try {
    const file: unknown = JSON.parse(await readFile(path, 'utf8'))
    return Check(SessionFile, file) ? file : undefined
  } catch {
    return undefined
  }
}

/** In place of a log-in that ended: its doors are those that are meant from then on, too. */
const ENDED: KeptSession = { nick: '', accessToken: '', refreshToken: '' }

/** A reader sees the old file or the new one, never a part. */
async function writeSessionFile(
  path: string,
  session: KeptSession | undefined,
  { begunAt, doors, password }: FileOptions,
): Promise<void> {
  if (session === undefined && begunAt === undefined) return rm(path, { force: true })
  const { accessToken, nick, refreshToken } = session ?? ENDED
  const check = password === undefined ? {} : { check: checkOf(password) }
  const begun = begunAt === undefined ? {} : { begunAt }
  const tokens = { accessToken, refreshToken }
  const file: SessionFile = { nick, doors: [...doors], ...tokens, ...begun, ...check }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomUUID()}`
  const handle = await open(unfinished, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(file)}\n`)
  } finally {
    await handle.close()
  }
  await rename(unfinished, path)
}

const CHECK_BYTES = 32

/** A wrong password must not do because a right one was known before. */
function checkOf(password: string): { readonly salt: string; readonly hash: string } {
  const salt = randomBytes(CHECK_BYTES).toString('hex')
  return { salt, hash: stretched(password, salt).toString('hex') }
}

function isRight({ check }: SessionFile, password: string | undefined): boolean {
  if (password === undefined) return check === undefined
  if (check === undefined) return false
  const hash = Buffer.from(check.hash, 'hex')
  return hash.length === CHECK_BYTES && timingSafeEqual(hash, stretched(password, check.salt))
}

function stretched(password: string, salt: string): Buffer {
  return scryptSync(password, salt, CHECK_BYTES)
}

function hasEnded({ accessToken }: KeptSession): boolean {
  return accessToken === ENDED.accessToken
}

export interface FoundSession {
  readonly path: string
  readonly doors: readonly string[]
  readonly begunAt: string | undefined
  readonly session: KeptSession
}

/** That of `anillo login` at one of these doors. */
export async function findSession(
  env: Io['env'],
  doors: readonly string[],
): Promise<FoundSession | undefined> {
  const [found] = sessionsAt(await sessionsIn(join(statePathOf(env), SESSIONS)), doors)
  return found
}

/** That of the last `anillo login`, at whichever ring; its doors also where it has ended. */
export async function latestSession(env: Io['env']): Promise<FoundSession | undefined> {
  const found = await sessionsIn(join(statePathOf(env), SESSIONS))
  const [first, ...others] = found
  return others.reduce((last, one) => {
    return (one.begunAt ?? '') > (last?.begunAt ?? '') ? one : last
  }, first)
}

/** Those of consoles at one of these doors, the one that was written last first. */
export async function findConsoleSessions(
  env: Io['env'],
  doors: readonly string[],
): Promise<readonly FoundSession[]> {
  const found = sessionsAt(await sessionsIn(join(statePathOf(env), CONSOLES)), doors)
  const dated = await Promise.all(
    found.map(async (one) => ({ one, writtenMs: (await stat(one.path)).mtimeMs })),
  )
  return dated.sort((a, b) => b.writtenMs - a.writtenMs).map(({ one }) => one)
}

async function sessionsIn(directory: string): Promise<readonly FoundSession[]> {
  const names = await readdir(directory).catch(() => [])
  const found: FoundSession[] = []
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const path = join(directory, name)
    const file = await readSessionFile(path)
    if (file === undefined) continue
    found.push({ path, doors: file.doors, begunAt: file.begunAt, session: file })
  }
  return found
}

function sessionsAt(
  found: readonly FoundSession[],
  doors: readonly string[],
): readonly FoundSession[] {
  const wanted = new Set(doors.map(doorName))
  return found
    .filter(({ session }) => !hasEnded(session))
    .filter((one) => one.doors.some((door) => wanted.has(doorName(door))))
}

const SESSIONS = 'sessions'
const CONSOLES = 'consoles'

/** Where consoles keep the session of an account: each its own, so that two can be open at once. */
export function consolePath(env: Io['env'], { accessToken, nick }: KeptSession): string {
  return join(statePathOf(env), CONSOLES, `${nick}.${ringOf(accessToken)}.json`)
}

/** Where `anillo login` keeps a session of the ring that issued this token. */
export function loginPath(env: Io['env'], accessToken: string): string {
  return join(statePathOf(env), SESSIONS, `${ringOf(accessToken)}.json`)
}

/** Its issuer, as the ring writes it into its tokens (RFC 7519, 4.1.1): for a file's name alone. */
export function ringOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.')
  const [, issuer] =
    /"iss":"([0-9a-f]{32})"/.exec(Buffer.from(payload, 'base64url').toString()) ?? []
  return issuer ?? sha256Hex(accessToken).slice(0, 32)
}

/** Where a session of that account at these doors is kept, once begun with its password. */
export function passwordPath(
  env: Io['env'],
  { nick }: NickAndPassword,
  doors: readonly string[],
): string {
  const digits = sha256Hex(JSON.stringify([nick, doorName(doors[0] ?? '')])).slice(0, 32)
  return join(statePathOf(env), 'passwords', `${digits}.json`)
}

/** One text for all names of one door: `localhost` is 127.0.0.1 and ::1. */
export function doorName(url: string): string {
  const parsed = URL.parse(url.includes('://') ? url : `http://${url}`)
  if (parsed === null) return url
  const { hostname, protocol } = parsed
  const port = parsed.port || (protocol === 'https:' ? '443' : '80')
  return `${isLoopback(hostname) ? 'localhost' : hostname}:${port}`
}
