/** What the host saw of a question to the ring, for whoever is polite to it. */
import type { Failure, Scrape } from '../../../wire/api.ts'
import { headerOf } from '../fetch/http-message.ts'
import type { PaceEvent } from '../politeness/pace.ts'

export type RequestMade =
  | Extract<PaceEvent, { readonly kind: 'answered' | 'failed' | 'abandoned' }>
  | { readonly kind: 'unmade' }

/** Nothing that is known of: the ring itself was at fault, or another host. */
export const NO_REQUEST: RequestMade = { kind: 'abandoned' }

export function requestMade({ failure, how, page, state, url }: Scrape): RequestMade {
  // The page was held.
  if (how === 'hit') return { kind: 'unmade' }
  if (state === 'failed' || page === undefined) {
    return failure !== undefined && isSilent(failure, url) ? { kind: 'failed' } : NO_REQUEST
  }
  const { durationMs: latencyMs, headers, status } = page
  return { kind: 'answered', status, latencyMs, retryAfter: headerOf(headers, 'retry-after') }
}

/**
 * Nobody is there. What is answered badly, or so slowly that it is given up, is the fault of one
 * page: a site that has fifty of them is not down, and waiting for them is a brake by itself.
 */
function isSilent({ code, details }: Failure, url: string): boolean {
  // A redirect may lead to another host that does not answer.
  if (details['host'] !== new URL(url).hostname) return false
  if (code === 'FETCH_TIMEOUT') return CONNECTING.has(String(details['phase']))
  return NOT_ANSWERED.has(code)
}

const NOT_ANSWERED: ReadonlySet<string> = new Set(['HOST_UNKNOWN', 'FETCH_REFUSED', 'FETCH_TLS'])
const CONNECTING: ReadonlySet<string> = new Set(['name', 'connect'])
