/** Who gives orders about what somebody began. */
import { AnilloError } from '../../base/errors.ts'
import type { Principal } from '../../services/accounts/types.ts'

/** Whoever began it, whoever keeps the ring running; anybody where a guest began it. */
export function mayOrder(
  asker: Principal | undefined,
  { by }: { readonly by: string | null },
  what: string,
): void {
  if (by === null || asker === undefined || asker.nick === by) return
  if (asker.permissions.has('ring.operate')) return
  throw new AnilloError('FORBIDDEN', { problem: `somebody else began this ${what}` })
}
