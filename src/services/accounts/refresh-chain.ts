/**
 * Refresh tokens follow from one another: the next from the one that was shown and the session’s
 * seed, which never leaves the store. So a token that is shown twice, since its answer was lost, is
 * answered alike without keeping any secret; and one that is long used up is known as such.
 */
import { sha256Hex } from '../../base/hash.ts'
import type { Crypto } from '../../effects/crypto.ts'
import { ANCESTORS_MAX } from './limits.ts'
import type { SessionRow } from './rows.ts'
import { secretOfSeed } from './secrets.ts'

/** Whether the session’s token of today follows from this one, some steps on. */
export function isAncestor(
  crypto: Pick<Crypto, 'mac'>,
  { current, seed }: Pick<SessionRow, 'current' | 'seed'>,
  secret: string,
): boolean {
  let later = secret
  for (let step = 0; step < ANCESTORS_MAX; step++) {
    later = secretOfSeed(crypto, seed, later)
    if (sha256Hex(later) === current) return true
  }
  return false
}
