/** Who gives orders about what somebody began. */
import { AnilloError } from '../../base/errors.ts'
import type { Principal } from '../../services/accounts/types.ts'

interface Begun {
  /** Nick; `null`: a guest. */
  readonly by: string | null
}

/** Whoever began it, whoever keeps the ring running; anybody where a guest began it. */
export function isTheirs(asker: Principal | undefined, { by }: Begun): boolean {
  return (
    by === null || asker === undefined || asker.nick === by || asker.permissions.has('ring.operate')
  )
}

/** @throws AnilloError FORBIDDEN */
export function mayOrder(asker: Principal | undefined, begun: Begun, what: string): void {
  if (isTheirs(asker, begun)) return
  throw new AnilloError('FORBIDDEN', { problem: `somebody else began this ${what}` })
}
