/** Names that were resolved a moment ago: a crawl asks one host many times a second. */
import type { Clock } from '../../../effects/clock.ts'
import type { Dns, ResolvedAddress } from '../../../effects/dns.ts'
import { KnownFor } from '../../../effects/known-for.ts'

/** The system does not tell how long an answer holds; so long none is wrong for anybody. */
const NAME_KEPT_MS = 5_000
const NAMES_MAX = 1_000

/** Who asks for a name meanwhile waits for the same answer; what failed is asked again. */
export function rememberNames(dns: Dns, clock: Pick<Clock, 'nowMs'>): Dns {
  const bounds = { forMs: NAME_KEPT_MS, most: NAMES_MAX }
  const names = new KnownFor<readonly ResolvedAddress[]>(clock, bounds)
  return { resolve: (host) => names.of(host, () => dns.resolve(host)) }
}
