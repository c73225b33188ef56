/**
 * What only a holder of the authority's key can make and check without asking anyone: a keyed
 * digest of a statement. Each purpose has its own key, derived from the authority's, so that a
 * digest made for one never passes for another.
 */
import { utf8 } from '../../base/bytes.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Crypto, KeyAndCertificate } from '../../effects/crypto.ts'
import type { Role } from '../../wire/api.ts'

export type Purpose = 'join token' | 'roles' | 'next authority'

/** HMAC-SHA-256 under the authority's key for this purpose, 64 hex digits. */
export function authorityMac(
  crypto: Crypto,
  authority: KeyAndCertificate,
  statement: { readonly purpose: Purpose; readonly text: string },
): string {
  const purposeKey = crypto.mac(
    utf8(authority.privateKeyPem.trim()),
    `anillo/1 ${statement.purpose}`,
  )
  return crypto.mac(utf8(purposeKey), statement.text)
}

/**
 * Which roles a member was enrolled with, as its enroller vouches to every other holder of the key.
 */
export function makeWarrant(
  crypto: Crypto,
  authority: KeyAndCertificate,
  member: { readonly memberId: MemberId; readonly roles: readonly Role[] },
): string {
  const text = `${member.memberId} ${member.roles.toSorted().join(',')}`
  return authorityMac(crypto, authority, { purpose: 'roles', text })
}
