/** Rows as the API tells them. */
import { assert } from '../../base/assert.ts'
import { instant } from '../../base/instant.ts'
import type { AccessKey, User } from '../../wire/api-accounts.ts'
import { isPermission } from '../../wire/permissions.ts'
import type { KeyRow, PublicAccount } from './rows.ts'

export function userOf({ createdAtMs, state, grants, ...account }: PublicAccount): User {
  assert(state !== 'deleted', 'a deleted account is told of by nothing')
  return { ...account, grants: grants.filter(isPermission), state, createdAt: instant(createdAtMs) }
}

export function accessKeyOf(
  id: string,
  { createdAtMs, name, permissions }: Pick<KeyRow, 'createdAtMs' | 'name' | 'permissions'>,
  expiresAtMs: number | undefined,
): AccessKey {
  const expires = expiresAtMs === undefined ? {} : { expiresAt: instant(expiresAtMs) }
  const told = { id, name, permissions: permissions.filter(isPermission) }
  return { ...told, createdAt: instant(createdAtMs), ...expires }
}
