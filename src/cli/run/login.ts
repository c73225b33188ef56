/** What `anillo login` and `anillo logout` do. */
import { access } from 'node:fs/promises'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import { AnilloClient } from '../../client/client.ts'
import {
  KeyCredentials,
  SessionCredentials,
  type NickAndPassword,
  type SessionPlace,
} from '../../client/credentials.ts'
import type { ClientWorld } from '../../client/request.ts'
import { ADMIN_NICK, adminPasswordPath } from '../../node/admin-password.ts'
import type { Me } from '../../wire/api-accounts.ts'
import {
  adminSessionPath,
  clientName,
  credentialsFor,
  leaveAdminPassword,
  ownAdminPassword,
  passwordIn,
  type RingAt,
} from '../credentials.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { clientWorld } from '../reach.ts'
import { ringAt } from '../ring-at.ts'
import { secretOf } from '../secrets.ts'
import { findSession, loginPath, sessionFile } from '../session-files.ts'

export async function runLogin(
  io: Io,
  typed: string | undefined,
  flags: DoorFlags,
): Promise<ExitCode> {
  const ring = await ringAt(io, flags)
  const world = await clientWorld(io, ring.dataPath)
  const known = passwordIn(io.env)
  const nick = typed ?? known?.nick ?? (await io.ask('Nick: '))?.trim() ?? ''
  if (nick === '')
    throw new AnilloError('USAGE', { problem: 'Name the account: anillo login NICK.' })
  const password = nick === known?.nick ? known.password : await secretOf(io, 'Password: ')
  const me = await beginSession({ io, ring, world }, { nick, password })
  if (flags.json) jsonLine(io, me)
  else line(io.out, `logged in as ${me.nick ?? nick} (${me.role})`)
  await tellStronger({ io, ring, world }, { nick: me.nick ?? nick, password })
  return EXIT.done
}

export interface Reached {
  readonly io: Io
  readonly ring: RingAt
  readonly world: ClientWorld
}

/** Keeps it in place of one of the same ring, which it ends. */
export async function beginSession(
  { io, ring, world }: Reached,
  { nick, password }: { readonly nick: string; readonly password: string },
): Promise<Me> {
  const client = new AnilloClient(world, ring.doors)
  const tokens = await client.accounts.logIn({ nick, password, client: clientName() })
  const as = new AnilloClient(world, ring.doors, new KeyCredentials(tokens.accessToken))
  const me = await as.accounts.me()
  // Whoever may not see the ring is known at the doors that were named.
  await as.ring().catch(() => undefined)
  const before = await findSession(io.env, ring.doors)
  const path = loginPath(io.env, tokens.accessToken)
  const place = sessionFile(path, { doors: as.doors, begunAt: instant(Date.now()) })
  await place.write({ nick: me.nick ?? nick, ...tokens })
  if (before !== undefined) await endQuietly(before.session.accessToken, { ring, world })
  if (before !== undefined && before.path !== path) {
    await sessionFile(before.path, { doors: before.doors }).write(undefined)
  }
  return me
}

/** It is replaced: that it ends is a courtesy. */
async function endQuietly(
  accessToken: string,
  { ring, world }: Omit<Reached, 'io'>,
): Promise<void> {
  const client = new AnilloClient(world, ring.doors, new KeyCredentials(accessToken))
  await client.accounts.logOut({ everywhere: false }).catch((thrown: unknown) => {
    if (!isAnilloError(thrown)) throw thrown
  })
}

/** What commands take before the session, a person would look for long. */
async function tellStronger(reached: Reached, login: NickAndPassword): Promise<void> {
  const { io, ring } = reached
  const isKeyed = (io.env['ANILLO_TOKEN'] ?? '') !== ''
  if (!isKeyed && !(await isAdministratorHere(reached, login))) return
  const stronger = isKeyed ? 'ANILLO_TOKEN' : adminPasswordPath(ring.dataPath)
  line(io.err, `anillo: commands here go on with ${stronger}, which comes before a session`)
}

/** The password in DATA may hold no more: whoever logged in with another one knows. */
async function isAdministratorHere(
  { io, ring, world }: Reached,
  { nick, password }: NickAndPassword,
): Promise<boolean> {
  const kept = await ownAdminPassword(ring)
  if (kept === undefined) return false
  if (nick === ADMIN_NICK) {
    if (kept !== password) await leaveAdminPassword(io, ring)
    return kept === password
  }
  const as = new AnilloClient(world, ring.doors, await credentialsFor(io, ring, { isQuiet: true }))
  return (await as.accounts.me()).nick === ADMIN_NICK
}

export async function runLogout(
  io: Io,
  flags: DoorFlags & { readonly everywhere?: true },
): Promise<ExitCode> {
  const ring = await ringAt(io, flags)
  const everywhere = flags.everywhere === true
  const world = await clientWorld(io, ring.dataPath)
  const place = await placeHere(io, ring)
  const session = await place?.read()
  if (place === undefined || session === undefined) {
    if (!everywhere) throw new AnilloError('LOGIN_FIRST')
    const as = new AnilloClient(
      world,
      ring.doors,
      await credentialsFor(io, ring, { isQuiet: true }),
    )
    await as.accounts.logOut({ everywhere })
  } else {
    await end({ ring, world }, place, everywhere)
  }
  if (flags.json) jsonLine(io, { nick: session?.nick ?? null, everywhere })
  else
    line(io.out, everywhere ? 'logged out everywhere' : `logged out ${session?.nick ?? ''}`.trim())
  return EXIT.done
}

/** Of `anillo login`, which a person began, before that of DATA/admin-password. */
async function placeHere(io: Io, ring: RingAt): Promise<SessionPlace | undefined> {
  const found = await findSession(io.env, ring.doors)
  if (found !== undefined) return sessionFile(found.path, found)
  if ((await ownAdminPassword(ring)) === undefined) return undefined
  const path = adminSessionPath(ring.dataPath)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  return isThere ? sessionFile(path, { doors: ring.doors, isOptional: true }) : undefined
}

async function end(
  { ring, world }: Omit<Reached, 'io'>,
  place: SessionPlace,
  everywhere: boolean,
): Promise<void> {
  const credentials = await SessionCredentials.open({ place, client: clientName() })
  try {
    await new AnilloClient(world, ring.doors, credentials).accounts.logOut({ everywhere })
  } catch (thrown) {
    // One that ended already is what was wanted; of others it could end nothing.
    if (everywhere || !isAnilloError(thrown, 'LOGIN_FIRST')) throw thrown
  }
  await place.write(undefined)
}
