/** Whom grants name, as the ring’s accounts know them. */
import type { Accounts, Principal } from '../../../services/accounts/types.ts'
import type { Grants } from '../../../services/files/types.ts'
import { foldGroup, foldNick } from '../../../wire/account-texts.ts'

export interface KnownNames {
  readonly accounts: Pick<Accounts, 'user' | 'groups'>
  readonly asker: Principal
  /** Whoever was named then may be gone by now, and is not asked for. */
  readonly before: Grants | undefined
}

/**
 * The grants with names as they are compared. @throws AnilloError NO_USER, NO_GROUP for a name that
 * is new in them and known to nobody: a typing error would else give nothing, and say so to no one
 */
export async function namedInGrants(grants: Grants, known: KnownNames): Promise<Grants> {
  const people = folded(grants.people, foldNick)
  const groups = folded(grants.groups, foldGroup)
  for (const nick of added(people, known.before?.people)) await known.accounts.user(nick)
  for (const name of added(groups, known.before?.groups)) {
    await known.accounts.groups.find(known.asker, name)
  }
  return { ...grants, people, groups }
}

function folded<T>(
  named: Readonly<Record<string, T>>,
  fold: (text: string) => string | undefined,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(named).map(([name, right]) => [fold(name) ?? name, right]),
  )
}

function added(
  named: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> = {},
): readonly string[] {
  return Object.keys(named).filter((name) => !Object.hasOwn(before, name))
}
