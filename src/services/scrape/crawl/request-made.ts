/** What the host saw of a question to the ring, for whoever is polite to it. */
import type { Scrape } from '../../../wire/api.ts'
import { headerOf } from '../fetch/http-message.ts'
import type { PaceEvent } from '../politeness/pace.ts'

export type RequestMade = Extract<PaceEvent, { readonly kind: 'answered' | 'failed' | 'abandoned' }>

/** Nothing: the page was held, or the ring itself was at fault. */
export const NO_REQUEST: RequestMade = { kind: 'abandoned' }

export function requestMade({ failure, how, page, state, url }: Scrape): RequestMade {
  if (how === 'hit') return NO_REQUEST
  if (state === 'failed' || page === undefined) {
    // A redirect may lead to another host that does not answer.
    const isOfHost = failure?.details?.['host'] === new URL(url).hostname
    const isSilent = NOT_ANSWERED.has(failure?.code ?? '') && isOfHost
    return isSilent ? { kind: 'failed' } : NO_REQUEST
  }
  const { durationMs: latencyMs, headers, status } = page
  return { kind: 'answered', status, latencyMs, retryAfter: headerOf(headers, 'retry-after') }
}

/**
 * Nobody is there. What is answered badly is the fault of one page: a site that has fifty of them
 * is not down.
 */
const NOT_ANSWERED: ReadonlySet<string> = new Set([
  'HOST_UNKNOWN',
  'FETCH_REFUSED',
  'FETCH_TIMEOUT',
  'FETCH_TLS',
])
