/** What `anillo user password` does. */
import { rm } from 'node:fs/promises'

import { isAnilloError } from '../../base/errors.ts'
import { AnilloClient } from '../../client/client.ts'
import { ADMIN_NICK, adminPasswordPath, removeAdminPassword } from '../../node/admin-password.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { requirePassword } from '../../services/accounts/texts.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type { User } from '../../wire/api-accounts.ts'
import {
  adminSessionPath,
  credentialsFor,
  isOwn,
  leaveAdminPassword,
  ownAdminPassword,
} from '../credentials.ts'
import type { ExitCode } from '../failure.ts'
import { line, type Io } from '../io.ts'
import type { OwnerFlags } from '../options.ts'
import { clientWorld, reachAsOwner } from '../reach.ts'
import { ringAt } from '../ring-at.ts'
import { newSecretOf, secretOf } from '../secrets.ts'
import { told } from '../told.ts'
import { beginSession, type Reached } from './login.ts'

export async function runPassword(
  io: Io,
  typed: string | undefined,
  flags: OwnerFlags,
): Promise<ExitCode> {
  if (flags.asOwner) return giveAsOwner(io, typed ?? ADMIN_NICK, flags)
  const ring = await ringAt(io, flags)
  const reached = { io, ring, world: await clientWorld(io, ring.dataPath) }
  const { accounts } = new AnilloClient(reached.world, ring.doors, await credentialsFor(io, ring))
  const me = await accounts.me()
  const nick = typed ?? me.nick ?? ''
  const isMine = me.nick !== null && foldNick(nick) === me.nick
  const kept = isMine && me.nick === ADMIN_NICK ? await ownAdminPassword(ring) : undefined
  const present = isMine ? (kept ?? (await askPresent(io))) : undefined
  const password = await askNew(io, nick)
  const change = (oldPassword: string | undefined): Promise<User> =>
    accounts.change(nick, { password, ...(oldPassword === undefined ? {} : { oldPassword }) })
  const user = await change(present).catch(async (thrown: unknown) => {
    if (kept === undefined || !isAnilloError(thrown, 'BAD_LOGIN')) throw thrown
    await leaveAdminPassword(io, ring)
    return change(await askPresent(io))
  })
  if (kept !== undefined) await accounts.logOut({ everywhere: false })
  if (user.nick === ADMIN_NICK && (await isOwn(ring))) await forget(io, ring.dataPath)
  if (isMine && !(await isIn(reached, user.nick))) {
    await beginSession(reached, { nick: user.nick, password })
  }
  return tell(io, user, flags)
}

/** Refused before it is typed again where no member would take it. */
function askNew(io: Io, nick: string): Promise<string> {
  const check = (secret: string) => requirePassword(secret, foldNick(nick) ?? nick)
  return newSecretOf(io, `New password for ${nick}: `, check)
}

function askPresent(io: Io): Promise<string> {
  return secretOf(io, 'Present password: ')
}

async function giveAsOwner(io: Io, nick: string, flags: OwnerFlags): Promise<ExitCode> {
  const { accounts } = await reachAsOwner(io, flags)
  const password = await askNew(io, nick)
  const user = await accounts.change(nick, { password })
  if (user.nick === ADMIN_NICK) await forget(io, dataPathOf(flags.data, io.env))
  return tell(io, user, flags)
}

function tell(io: Io, user: User, flags: OwnerFlags): ExitCode {
  return told(io, flags, { json: user, text: `${user.nick} has another password` })
}

/** A password that no longer holds is no use in DATA; one that a person chose is not put there. */
async function forget(io: Io, dataPath: string): Promise<void> {
  if (!(await removeAdminPassword(dataPath))) return
  await rm(adminSessionPath(dataPath), { force: true })
  const path = adminPasswordPath(dataPath)
  line(io.err, `anillo: ${path} is removed; commands here go on with a session`)
}

async function isIn({ io, ring, world }: Reached, nick: string): Promise<boolean> {
  const credentials = await credentialsFor(io, ring)
  try {
    const me = await new AnilloClient(world, ring.doors, credentials).accounts.me()
    return me.nick === nick
  } catch (thrown) {
    if (isAnilloError(thrown, 'LOGIN_FIRST') || isAnilloError(thrown, 'BAD_LOGIN')) return false
    throw thrown
  }
}
