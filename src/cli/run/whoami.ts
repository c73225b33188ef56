/** What `anillo whoami` does. */
import { isAnilloError } from '../../base/errors.ts'
import { sizeText } from '../../base/size-text.ts'
import { AnilloClient } from '../../client/client.ts'
import { adminPasswordPath } from '../../node/admin-password.ts'
import type { FileQuota } from '../../wire/api-files.ts'
import { allCredentials, firstOf, type Source } from '../credentials.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { clientWorld } from '../reach.ts'
import { ringAt } from '../ring-at.ts'
import { servicesText } from './files/services-text.ts'

/** @throws AnilloError LOGIN_FIRST: nothing that is here holds, and there are no guests */
export async function runWhoami(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const ring = await ringAt(io, flags)
  const world = await clientWorld(io, ring.dataPath)
  const all = await allCredentials(io, ring, { isQuiet: true })
  const credentials = all.length === 0 ? undefined : firstOf(all)
  const client = new AnilloClient(world, ring.doors, credentials)
  const me = await client.accounts.me()
  const quota =
    me.nick !== null && me.permissions.includes('files.read')
      ? await client.files.quota().catch(leftOut)
      : undefined
  const shown = credentials?.authorization
  const by = all.find((one) => one.credentials.authorization === shown)?.source
  const isGuest = me.nick === null || by === undefined || shown === undefined
  if (flags.json) jsonLine(io, { ...me, by: isGuest ? null : by, ...(quota && { quota }) })
  else {
    line(io.out, isGuest ? GUEST : `${me.nick} (${me.role}), by ${sourceText(by, ring.dataPath)}`)
    line(io.out, `may ${me.permissions.length === 0 ? 'nothing' : me.permissions.join(', ')}`)
    if (quota !== undefined) line(io.out, usesText(quota))
  }
  return EXIT.done
}

/** What somebody is holds, whether or not the ring can tell what they use. */
function leftOut(thrown: unknown): undefined {
  if (!isAnilloError(thrown)) throw thrown
}

function usesText({ bytes, bytesMax, claimedBytes, services }: FileQuota): string {
  const of = bytesMax === undefined ? '' : ` of ${sizeText(bytesMax)}`
  return `uses ${sizeText(bytes + claimedBytes)}${of}: ${servicesText(services)}`
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
