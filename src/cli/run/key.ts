/** What `anillo key` does. */
import { DAY_MS, SECOND_MS } from '../../base/limits.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { dateText } from '../table.ts'
import { told, toldEach } from '../told.ts'
import { KEY_COLUMNS, ownNick } from './user-show.ts'
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
  const items = await client.accounts.keys(flags.user ?? (await ownNick(client)))
  return toldEach(io, flags, { items, columns: KEY_COLUMNS, none: 'no key' })
}

export async function runRemoveKey(io: Io, id: string, flags: KeyFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  await client.accounts.removeKey(flags.user ?? (await ownNick(client)), id)
  return told(io, flags, { json: { removed: id }, text: `${id} is removed; it holds no more` })
}
