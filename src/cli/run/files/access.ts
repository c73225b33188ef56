/** What `anillo access` does: who may do what with a file or a folder. */
import { AnilloError } from '../../../base/errors.ts'
import type { AnilloClient } from '../../../client/client.ts'
import { foldGroup, foldNick } from '../../../wire/account-texts.ts'
import type { Me } from '../../../wire/api-accounts.ts'
import type { FileGrants } from '../../../wire/api-files.ts'
import {
  listedRights,
  onlyFor,
  rightOf,
  RIGHTS,
  withRight,
  type NamedKind,
  type Right,
  type RightOrNothing,
} from '../../../wire/file-grants.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { quoted } from '../../quoted.ts'
import { reachRing } from '../../reach.ts'
import type { Column } from '../../table.ts'
import { printTable } from '../../told.ts'
import { ringPath } from './ring-path.ts'

export interface AccessFlags extends DoorFlags {
  readonly with?: readonly string[]
  readonly without?: readonly string[]
  readonly everyone?: RightOrNothing
  readonly guests?: RightOrNothing
  readonly only?: true
  readonly inherit?: true
}

interface Wanted {
  readonly kind: NamedKind
  readonly name: string
}

interface Shown {
  readonly path: string
  /** Whose grants count there. */
  readonly from: string | null
  readonly grants: FileGrants | null
}

export async function runAccess(io: Io, typed: string, flags: AccessFlags): Promise<ExitCode> {
  const given = (flags.with ?? []).map(namedWithRight)
  const taken = (flags.without ?? []).map(namedAs)
  const { everyone, guests, inherit, only } = flags
  const isChange = given.length + taken.length > 0 || (everyone ?? guests ?? only) !== undefined
  if (isChange && inherit === true) {
    throw new AnilloError('USAGE', { problem: '--inherit goes with no other change' })
  }
  const client = await reachRing(io, flags)
  const { path } = ringPath(typed)
  if (inherit === true) await client.files.setGrants(path, null)
  else if (isChange) {
    const me = await client.accounts.me()
    const before = (await client.files.countingGrants(path))?.grants
    const began = (only === true ? undefined : before) ?? onlyFor(me.nick ?? undefined)
    const some = given.reduce((grants, { right, ...who }) => withRight(grants, who, right), began)
    const all = {
      ...taken.reduce((grants, who) => withRight(grants, who, undefined), some),
      ...(everyone === undefined ? {} : { everyone }),
      ...(guests === undefined ? {} : { guests }),
    }
    // Who may not give rights there is told that, and cannot help it.
    if (before !== undefined && owns(me, before)) requireOwn(me, all)
    await client.files.setGrants(path, all)
  }
  return show(io, await shownAt(client, path), flags)
}

async function shownAt(client: AnilloClient, path: string): Promise<Shown> {
  const counting = await client.files.countingGrants(path)
  return { path, from: counting?.from ?? null, grants: counting?.grants ?? null }
}

function owns({ groups, nick }: Me, grants: FileGrants): boolean {
  return nick !== null && rightOf(grants, { nick, groups }) === 'own'
}

/** Nobody locks the door with themselves outside. @throws AnilloError USAGE */
function requireOwn(me: Me, grants: FileGrants): void {
  if (me.permissions.includes('files.manage') || owns(me, grants)) return
  const problem = `You would lock yourself out: give yourself “own”, as by --with ${me.nick}:own.`
  throw new AnilloError('USAGE', { problem })
}

/** `ana:read`, `group:lab:write`. @throws AnilloError USAGE */
function namedWithRight(text: string): Wanted & { readonly right: Right } {
  const at = text.lastIndexOf(':')
  const right = RIGHTS.find((one) => one === text.slice(at + 1))
  if (at !== -1 && right !== undefined) return { ...namedAs(text.slice(0, at)), right }
  const form = `NICK:RIGHT or group:NAME:RIGHT; rights are ${RIGHTS.join(', ')}`
  const problem = `${quoted(text)} is not ${form}`
  throw new AnilloError('USAGE', { problem })
}

/** `ana`, `group:lab`. @throws AnilloError USAGE */
function namedAs(text: string): Wanted {
  const isGroup = text.startsWith('group:')
  const name = isGroup ? foldGroup(text.slice('group:'.length)) : foldNick(text)
  if (name !== undefined) return { kind: isGroup ? 'groups' : 'people', name }
  throw new AnilloError('USAGE', { problem: `${quoted(text)} is neither a nick nor group:NAME` })
}

const WORDS: Readonly<Record<RightOrNothing, string>> = {
  nothing: 'nothing',
  read: 'look',
  write: 'look and change',
  own: 'all, and share',
}

const COLUMNS: readonly Column<{ readonly who: string; readonly right: RightOrNothing }>[] = [
  { title: 'WHO', text: ({ who }) => who },
  { title: 'RIGHT', text: ({ right }) => right },
  { title: 'MAY', text: ({ right }) => WORDS[right] },
]

function show(io: Io, shown: Shown, flags: DoorFlags): ExitCode {
  if (flags.json) {
    jsonLine(io, shown)
    return EXIT.done
  }
  const { from, grants, path } = shown
  if (grants === null) {
    line(io.out, `${path}: for those alone who manage all files`)
    return EXIT.done
  }
  line(io.out, from === path ? `${path} has rights of its own:` : `${path}: as in ${from}:`)
  const rows = [
    ...listedRights(grants.people).map(([name, right]) => ({ who: name, right })),
    ...listedRights(grants.groups).map(([name, right]) => ({ who: `group:${name}`, right })),
    { who: 'everyone else with an account', right: grants.everyone },
    { who: 'guests', right: grants.guests },
  ]
  printTable(io, COLUMNS, rows)
  return EXIT.done
}
