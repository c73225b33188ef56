/** What `anillo user password` does. */
import { rm } from 'node:fs/promises'

import { isAnilloError } from '../../base/errors.ts'
import { AnilloClient } from '../../client/client.ts'
import { ADMIN_NICK, adminPasswordPath } from '../../node/admin-password.ts'
import { foldNick } from '../../wire/account-texts.ts'
import { adminSessionPath, credentialsFor, ownAdminPassword, type RingAt } from '../credentials.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { OwnerFlags } from '../options.ts'
import { clientWorld, reachAsOwner, ringAt } from '../reach.ts'
import { newSecretOf, secretOf } from '../secrets.ts'
import { beginSession, type Reached } from './login.ts'

export async function runPassword(
  io: Io,
  typed: string | undefined,
  flags: OwnerFlags,
): Promise<ExitCode> {
  if (flags.asOwner) return giveAsOwner(io, typed ?? ADMIN_NICK, flags)
  const ring = await ringAt(io, flags)
  const world = await clientWorld(io, ring.dataPath)
  const { accounts } = new AnilloClient(world, ring.doors, await credentialsFor(io, ring))
  const me = await accounts.me()
  const nick = typed ?? me.nick ?? ''
  const isOwn = me.nick !== null && foldNick(nick) === me.nick
  const kept = isOwn && me.nick === ADMIN_NICK ? await ownAdminPassword(ring) : undefined
  const present = isOwn ? (kept ?? (await secretOf(io, 'Present password: '))) : undefined
  const password = await newSecretOf(io, `New password for ${nick}: `)
  const old = present === undefined ? {} : { oldPassword: present }
  const user = await accounts.change(nick, { password, ...old })
  if (kept !== undefined) {
    await accounts.logOut({ everywhere: false })
    await forget(io, ring)
  }
  if (isOwn && !(await isIn({ io, ring, world }, user.nick))) {
    await beginSession({ io, ring, world }, { nick: user.nick, password })
  }
  if (flags.json) jsonLine(io, user)
  else line(io.out, `${user.nick} has another password`)
  return EXIT.done
}

async function giveAsOwner(io: Io, nick: string, flags: OwnerFlags): Promise<ExitCode> {
  const { accounts } = await reachAsOwner(io, flags)
  const password = await newSecretOf(io, `New password for ${nick}: `)
  const user = await accounts.change(nick, { password })
  if (flags.json) jsonLine(io, user)
  else line(io.out, `${user.nick} has another password`)
  return EXIT.done
}

/** A password that no longer holds is no use in DATA; one that a person chose is not put there. */
async function forget(io: Io, { dataPath }: RingAt): Promise<void> {
  const path = adminPasswordPath(dataPath)
  await rm(path, { force: true })
  await rm(adminSessionPath(dataPath), { force: true })
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
