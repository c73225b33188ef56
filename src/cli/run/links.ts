/** What `anillo link`, `links` and `unlink` do. */
import { AnilloError, asAnilloError, isAnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { AnilloClient } from '../../client/client.ts'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../../wire/account-texts.ts'
import { LINK_ADDRESS, type PublicLink } from '../../wire/api-links.ts'
import { EXIT, tellFailure, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { newSecretOf } from '../secrets.ts'
import { countText, dateText, type Column } from '../table.ts'
import { toldEach } from '../told.ts'
import { ringPath } from './files/ring-path.ts'

export interface LinkFlags extends DoorFlags {
  /** Ms. */
  readonly expires?: number
  readonly password?: true
  readonly downloads?: number
}

export interface LinksFlags extends DoorFlags {
  readonly everybody?: true
}

export type UnlinkFlags = DoorFlags

export async function runLink(io: Io, typed: string, flags: LinkFlags): Promise<ExitCode> {
  const { downloads, expires } = flags
  const { links } = await reachRing(io, flags)
  const password = flags.password && (await newSecretOf(io, 'Password of the link: ', check))
  const link = await links.make({
    path: ringPath(typed).path,
    ...(expires === undefined ? {} : { expiresAt: new Date(Date.now() + expires).toISOString() }),
    ...(password === undefined ? {} : { password }),
    ...(downloads === undefined ? {} : { downloadsMax: downloads }),
  })
  if (flags.json) jsonLine(io, link)
  else {
    line(io.out, link.url)
    line(io.err, `${limitsText(link)}; “npx anillo unlink ${link.id}” revokes it`)
  }
  return EXIT.done
}

/** @throws AnilloError PASSWORD_UNFIT */
function check(secret: string): void {
  const { length } = Array.from(secret)
  if (length >= PASSWORD_CHARS_MIN && length <= PASSWORD_CHARS_MAX) return
  throw new AnilloError('PASSWORD_UNFIT', { min: PASSWORD_CHARS_MIN, max: PASSWORD_CHARS_MAX })
}

function limitsText({ downloadsMax, expiresAt, hasPassword }: PublicLink): string {
  return [
    expiresAt === undefined
      ? 'it works until it is revoked'
      : `it works until ${dateText(expiresAt)}`,
    ...(downloadsMax === undefined ? [] : [`for ${countText(downloadsMax, 'download')}`]),
    ...(hasPassword ? ['with its password'] : []),
  ].join(', ')
}

const STATES: Readonly<Record<PublicLink['state'], string>> = {
  open: 'works',
  expired: 'expired',
  spent: 'used up',
  gone: 'leads nowhere',
}

export async function runLinks(
  io: Io,
  typed: string | undefined,
  flags: LinksFlags,
): Promise<ExitCode> {
  const { links } = await reachRing(io, flags)
  const path = typed === undefined ? {} : { path: ringPath(typed).path }
  const everybody = flags.everybody === true
  return toldEach(io, flags, {
    items: links.list({ ...path, ...(everybody ? { everybody } : {}) }),
    columns: columns(io, everybody),
    none: 'there are no such links: npx anillo link PATH',
  })
}

function columns(io: Io, everybody: boolean): readonly Column<PublicLink>[] {
  const paint = paintFor(io, io.out)
  return [
    {
      title: 'TO',
      text: ({ kind, name, path = name }) => (kind === 'folder' ? `${path}/` : path),
    },
    ...(everybody ? [{ title: 'BY', text: ({ by }: PublicLink) => by }] : []),
    { title: 'STATE', text: ({ state }) => STATES[state] },
    {
      title: 'UNTIL',
      text: ({ expiresAt }) => (expiresAt === undefined ? '' : dateText(expiresAt)),
    },
    { title: 'PASSWORD', text: ({ hasPassword }) => (hasPassword ? 'yes' : '') },
    {
      title: 'DOWNLOADS',
      text: ({ downloads, downloadsMax }) =>
        downloadsMax === undefined ? String(downloads) : `${downloads} of ${downloadsMax}`,
      right: true,
    },
    { title: 'LINK', text: ({ url }) => paint('cyan', url) },
  ]
}

/** All of them; of what fails the others do not suffer. */
export async function runUnlink(
  io: Io,
  typed: readonly string[],
  flags: UnlinkFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  let exit: ExitCode = EXIT.done
  for (const one of typed) {
    try {
      for (const id of await idsOf(client, one)) {
        await client.links.revoke(id)
        if (flags.json) jsonLine(io, { id })
        else line(io.err, `the link ${id} is revoked`)
      }
    } catch (thrown) {
      if (isAnilloError(thrown, 'RING_NOT_REACHABLE')) throw thrown
      const code = tellFailure(io, asAnilloError(thrown))
      if (exit === EXIT.done) exit = code
    }
  }
  return exit
}

const ID = /^[0-9a-f]{32}$/
const ID_DIGITS = 32

/** @throws AnilloError LINK_UNKNOWN where nothing leads there */
async function idsOf({ links }: AnilloClient, typed: string): Promise<readonly string[]> {
  if (ID.test(typed)) return [typed]
  const { pathname = '' } = URL.parse(typed) ?? {}
  if (pathname.startsWith(LINK_ADDRESS)) {
    const [token = ''] = pathname.slice(LINK_ADDRESS.length).split('/')
    return [sha256Hex(token).slice(0, ID_DIGITS)]
  }
  const ids: string[] = []
  for await (const { id } of links.list({ path: ringPath(typed).path })) ids.push(id)
  if (ids.length === 0) throw new AnilloError('LINK_UNKNOWN')
  return ids
}
