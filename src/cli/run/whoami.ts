/** What `anillo whoami` does. */
import { AnilloClient } from '../../client/client.ts'
import { adminPasswordPath } from '../../node/admin-password.ts'
import { allCredentials, firstOf, type Source } from '../credentials.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { clientWorld } from '../reach.ts'
import { ringAt } from '../ring-at.ts'

/** @throws AnilloError LOGIN_FIRST: nothing that is here holds, and there are no guests */
export async function runWhoami(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const ring = await ringAt(io, flags)
  const world = await clientWorld(io, ring.dataPath)
  const all = await allCredentials(io, ring, { isQuiet: true })
  const credentials = all.length === 0 ? undefined : firstOf(all)
  const me = await new AnilloClient(world, ring.doors, credentials).accounts.me()
  const shown = credentials?.authorization
  const by = all.find((one) => one.credentials.authorization === shown)?.source
  const isGuest = me.nick === null || by === undefined || shown === undefined
  if (flags.json) jsonLine(io, { ...me, by: isGuest ? null : by })
  else {
    line(io.out, isGuest ? GUEST : `${me.nick} (${me.role}), by ${sourceText(by, ring.dataPath)}`)
    line(io.out, `may ${me.permissions.length === 0 ? 'nothing' : me.permissions.join(', ')}`)
  }
  return EXIT.done
}

const GUEST = 'guest: nobody is logged in here'

function sourceText(source: Source, dataPath: string): string {
  switch (source) {
    case 'token':
      return 'the key in ANILLO_TOKEN'
    case 'admin-password':
      return adminPasswordPath(dataPath)
    case 'session':
      return 'the session of “npx anillo login”'
    case 'environment':
      return 'ANILLO_NICK and ANILLO_PASSWORD'
  }
}
