/** What `anillo key` does. */
import { DAY_MS, SECOND_MS } from '../../base/limits.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { dateText } from '../table.ts'
import { keyLines, ownNick } from './user-show.ts'
import { permissionOf } from './user.ts'

export interface NewKeyFlags extends DoorFlags {
  readonly may: readonly string[]
  /** Days. */
  readonly validFor: number | 'ever'
}

export interface KeyFlags extends DoorFlags {
  readonly user?: string
}

const DAY_SECONDS = DAY_MS / SECOND_MS

export async function runAddKey(io: Io, name: string, flags: NewKeyFlags): Promise<ExitCode> {
  const permissions = flags.may.map(permissionOf)
  const client = await reachRing(io, flags)
  const nick = await ownNick(client)
  const { validFor: days } = flags
  const made = await client.accounts.makeKey(nick, {
    name,
    permissions,
    ...(days === 'ever' ? {} : { validForSeconds: days * DAY_SECONDS }),
  })
  if (flags.json) {
    jsonLine(io, made)
    return EXIT.done
  }
  line(io.out, made.secret)
  const { expiresAt, id } = made.key
  const until = expiresAt === undefined ? 'it is removed' : dateText(expiresAt)
  line(
    io.err,
    `Key ${id} of ${nick}, until ${until}: keep it as you would a password, it is not told again.`,
  )
  return EXIT.done
}

export async function runKeys(io: Io, flags: KeyFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const keys = await client.accounts.keys(flags.user ?? (await ownNick(client)))
  if (flags.json) for (const key of keys) jsonLine(io, key)
  else if (keys.length === 0) line(io.err, 'no key')
  else {
    const paint = paintFor(io, io.out)
    const lines = keyLines(keys)
    for (const [at, text] of lines.entries()) line(io.out, at === 0 ? paint('dim', text) : text)
  }
  return EXIT.done
}

export async function runRemoveKey(io: Io, id: string, flags: KeyFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  await client.accounts.removeKey(flags.user ?? (await ownNick(client)), id)
  if (flags.json) jsonLine(io, { removed: id })
  else line(io.out, `${id} is removed; it holds no more`)
  return EXIT.done
}
