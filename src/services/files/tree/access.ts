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

function grantedTo({ isManager, nick }: FileUser, grants: GrantsRow): AccessOrNothing {
  if (isManager) return 'own'
  if (nick === undefined) return grants.guests
  return Object.hasOwn(grants.people, nick) ? (grants.people[nick] ?? 'nothing') : grants.everyone
}

const ACTIONS = { read: 'read', write: 'change', own: 'give rights on' } as const

/**
 * What somebody may not read is not there for them. @throws AnilloError NO_ENTRY, NO_ACCESS
 */
export function demand(access: AccessOrNothing, wanted: Access, path: string): void {
  if (access === 'nothing') throw new AnilloError('NO_ENTRY', { path })
  if (RANKS[access] >= RANKS[wanted]) return
  throw new AnilloError('NO_ACCESS', { action: ACTIONS[wanted], path })
}
