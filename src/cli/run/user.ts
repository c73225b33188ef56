/** What `anillo user` does, but for showing one and changing a password. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import { requireNick, requirePassword } from '../../services/accounts/texts.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type { User } from '../../wire/api-accounts.ts'
import { isPermission, type AccountRoleName, type Permission } from '../../wire/permissions.ts'
import { isMeant } from '../confirm.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { ConfirmedFlags, DoorFlags, OwnerFlags } from '../options.ts'
import { reachAsOwner, reachRing } from '../reach.ts'
import { newSecretOf, secretOf } from '../secrets.ts'
import { dateText, type Column } from '../table.ts'
import { told, toldEach } from '../told.ts'

export interface AddFlags extends DoorFlags {
  readonly name?: string
  readonly role: AccountRoleName
}

export interface RoleFlags extends OwnerFlags {
  readonly grant?: readonly string[]
  readonly grants: boolean
}

export async function runAdd(io: Io, nick: string, flags: AddFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { name, role } = flags
  const check = (secret: string) => requirePassword(secret, requireNick(nick))
  const password = await newSecretOf(io, `Password for ${nick}: `, check)
  const made = await client.accounts.register({
    nick,
    password,
    ...(name === undefined ? {} : { name }),
  })
  const user = role === made.role ? made : await withRole(client, made, role)
  return told(io, flags, { json: user, text: `${user.nick} is made: ${user.role}` })
}

/** What was made stays where no role can be given; that it has none is told. */
async function withRole(
  client: AnilloClient,
  { nick, role: present }: User,
  role: AccountRoleName,
): Promise<User> {
  try {
    return await client.accounts.setRole(nick, { role })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const problem = `${nick} is made, but is ${present} and not ${role}: ${why}`
    throw new AnilloError('FORBIDDEN', { problem }, { cause })
  }
}

const COLUMNS: readonly Column<User>[] = [
  { title: 'NICK', text: ({ nick }) => nick },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'ROLE', text: ({ role }) => role },
  { title: 'STATE', text: ({ state }) => state },
  { title: 'SINCE', text: ({ createdAt }) => dateText(createdAt) },
  { title: 'MAY ALSO', text: ({ grants }) => grants.join(', ') },
]

export async function runUsers(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const { accounts } = await reachRing(io, flags)
  return toldEach(io, flags, { items: accounts.users(), columns: COLUMNS, none: 'no account' })
}

export async function runRole(
  io: Io,
  { nick, role }: { readonly nick: string; readonly role: AccountRoleName },
  flags: RoleFlags,
): Promise<ExitCode> {
  const wanted = grantsOf(flags)
  const { accounts } = await reach(io, flags)
  const grants = wanted ?? (await accounts.user(nick)).grants
  const user = await accounts.setRole(nick, { role, grants: [...grants] })
  const also = user.grants.length === 0 ? '' : `, and may ${user.grants.join(', ')}`
  return told(io, flags, { json: user, text: `${user.nick} is ${user.role}${also}` })
}

function reach(io: Io, flags: OwnerFlags): Promise<AnilloClient> {
  return flags.asOwner ? reachAsOwner(io, flags) : reachRing(io, flags)
}

/** `undefined`: they stay. @throws AnilloError USAGE */
function grantsOf({ grant, grants }: RoleFlags): readonly Permission[] | undefined {
  if (grant === undefined) return grants ? undefined : []
  if (grants) return grant.map(permissionOf)
  throw new AnilloError('USAGE', { problem: '--grant and --no-grants exclude each other' })
}

/** @throws AnilloError USAGE */
export function permissionOf(text: string): Permission {
  if (isPermission(text)) return text
  const problem = `“${text}” is no permission. There are those that docs/permissions.md lists.`
  throw new AnilloError('USAGE', { problem })
}

export async function runState(
  io: Io,
  { name, nick }: { readonly nick: string; readonly name: 'suspend' | 'restore' },
  flags: OwnerFlags,
): Promise<ExitCode> {
  const client = await reach(io, flags)
  const user = await client.accounts.setState(nick, name === 'suspend' ? 'suspended' : 'active')
  return told(io, flags, { json: user, text: `${user.nick} is ${user.state}` })
}

export async function runName(
  io: Io,
  { name, nick }: { readonly nick: string; readonly name: string },
  flags: DoorFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const user = await client.accounts.change(nick, { name })
  return told(io, flags, { json: user, text: `${user.nick} is called ${user.name}` })
}

export async function runDelete(io: Io, nick: string, flags: ConfirmedFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const me = await client.accounts.me()
  const isOwn = me.nick !== null && me.nick === foldNick(nick)
  const question = `Type ${nick} to delete the account for good: `
  const doubt = { question, answer: nick, command: `user delete ${nick}` }
  if (!isOwn && !(await isMeant(io, flags, doubt))) return EXIT.failed
  const password = isOwn ? await secretOf(io, `Password of ${nick}: `) : undefined
  await client.accounts.remove(nick, password)
  const text = `${nick} is deleted; nobody gets the nick again`
  return told(io, flags, { json: { deleted: nick }, text })
}
