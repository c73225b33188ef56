/** Names that were resolved a moment ago: a crawl asks one host many times a second. */
import type { Clock } from '../../../effects/clock.ts'
import type { Dns, ResolvedAddress } from '../../../effects/dns.ts'

/** The system does not tell how long an answer holds; so long none is wrong for anybody. */
const NAME_KEPT_MS = 5_000
/** The oldest goes first. */
const NAMES_MAX = 1_000

interface Remembered {
  readonly sinceMs: number
  readonly addresses: Promise<readonly ResolvedAddress[]>
}

/** Who asks for a name meanwhile waits for the same answer; what failed is asked again. */
export function rememberNames(dns: Dns, clock: Pick<Clock, 'nowMs'>): Dns {
  const names = new Map<string, Remembered>()
  return {
    resolve(host) {
      const known = names.get(host)
      const nowMs = clock.nowMs()
      if (known !== undefined && nowMs - known.sinceMs < NAME_KEPT_MS) return known.addresses
      const asked: Remembered = { sinceMs: nowMs, addresses: dns.resolve(host) }
      names.delete(host)
      names.set(host, asked)
      const [oldest] = names.keys()
      if (names.size > NAMES_MAX && oldest !== undefined) names.delete(oldest)
      asked.addresses.catch(() => {
        if (names.get(host) === asked) names.delete(host)
      })
      return asked.addresses
    },
  }
}
