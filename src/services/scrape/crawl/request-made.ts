/** What the host saw of a question to the ring, for whoever is polite to it. */
import type { Scrape } from '../../../wire/api.ts'
import { headerOf } from '../fetch/http-message.ts'
import type { PaceEvent } from '../politeness/pace.ts'

export type RequestMade = Extract<PaceEvent, { readonly kind: 'answered' | 'failed' | 'abandoned' }>

/** Nothing: the page was held, or the ring itself was at fault. */
export const NO_REQUEST: RequestMade = { kind: 'abandoned' }

export function requestMade({ failure, how, page, state }: Scrape): RequestMade {
  if (how === 'hit') return NO_REQUEST
  if (state === 'failed' || page === undefined) {
    return NOT_ANSWERED.has(failure?.code ?? '') ? { kind: 'failed' } : NO_REQUEST
  }
  const { durationMs: latencyMs, headers, status } = page
  return { kind: 'answered', status, latencyMs, retryAfter: headerOf(headers, 'retry-after') }
}

const NOT_ANSWERED: ReadonlySet<string> = new Set([
  'HOST_UNKNOWN',
  'FETCH_REFUSED',
  'FETCH_TIMEOUT',
  'FETCH_TLS',
  'FETCH_BROKEN',
])
