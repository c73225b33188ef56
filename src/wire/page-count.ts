/** How many pages a ring keeps, from what its members tell. */
import type { Member } from './api.ts'

/**
 * A member counts as its own those pages that it owns and has a replica of, so a page whose owner
 * holds nothing is nobody's; where some member holds every group, it has them all. Never too many.
 */
export function pageCount(members: readonly Pick<Member, 'pages' | 'ownPages'>[]): number {
  const owned = members.reduce((sum, { ownPages }) => sum + ownPages, 0)
  return Math.max(owned, ...members.map(({ pages }) => pages))
}
