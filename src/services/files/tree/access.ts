/** Who may do what: the nearest folder upwards that has grants decides. Pure. */
import { AnilloError } from '../../../base/errors.ts'
import type { Access, FileUser } from '../types.ts'
import type { GrantsRow } from './rows.ts'

export type AccessOrNothing = Access | 'nothing'

const RANKS: Readonly<Record<AccessOrNothing, number>> = { nothing: 0, read: 1, write: 2, own: 3 }

export function accessOf(who: FileUser, grants: GrantsRow): AccessOrNothing {
  const granted = grantedTo(who, grants)
  return who.mayWrite || RANKS[granted] < RANKS.write ? granted : 'read'
}

/** What is said of a person counts before what is said of groups, and that before everyone. */
function grantedTo(who: FileUser, { everyone, groups = {}, guests, people }: GrantsRow) {
  if (who.isManager) return 'own'
  if (who.nick === undefined) return guests
  return (
    namedIn(people, who.nick) ?? most(who.groups.map((name) => namedIn(groups, name))) ?? everyone
  )
}

function namedIn(granted: Readonly<Record<string, Access>>, name: string): Access | undefined {
  return Object.hasOwn(granted, name) ? granted[name] : undefined
}

function most(granted: readonly (Access | undefined)[]): Access | undefined {
  return granted
    .filter((access) => access !== undefined)
    .toSorted((a, b) => RANKS[b] - RANKS[a])
    .at(0)
}

export function allows(access: AccessOrNothing, wanted: Access): boolean {
  return RANKS[access] >= RANKS[wanted]
}

const ACTIONS = { read: 'read', write: 'change', own: 'give rights on' } as const

/**
 * What somebody may not read is not there for them. @throws AnilloError NO_ENTRY, NO_ACCESS
 */
export function demand(access: AccessOrNothing, wanted: Access, path: string): void {
  if (access === 'nothing') throw new AnilloError('NO_ENTRY', { path })
  if (allows(access, wanted)) return
  throw new AnilloError('NO_ACCESS', { action: ACTIONS[wanted], path })
}
