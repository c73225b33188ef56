/** What the answer to GET /robots.txt means for the host (RFC 9309, 2.3.1). */
import { parseRobots, type Robots } from './robots.ts'

export type RobotsAnswer =
  /** Of the last in a chain of redirects. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: Uint8Array }
  /** More than `ROBOTS_REDIRECTS_MAX`. */
  | { readonly kind: 'redirectsEndless' }
  /** No connection, no whole answer in time. */
  | { readonly kind: 'unreachable' }

export type RobotsAccess =
  | { readonly kind: 'rules'; readonly robots: Robots }
  /** There is no such file: all is allowed. */
  | { readonly kind: 'all' }
  /** The site cannot say: nothing is allowed until it can. */
  | { readonly kind: 'none'; readonly status: number | undefined }

/**
 * 2xx is read; 4xx and endless redirects allow all; 5xx and silence refuse all. 429 is the one 4xx
 * that refuses: it says that the site is too busy to answer, not that it has no such file.
 */
export function accessOf(answer: RobotsAnswer): RobotsAccess {
  if (answer.kind === 'redirectsEndless') return { kind: 'all' }
  if (answer.kind === 'unreachable') return { kind: 'none', status: undefined }
  const { status, body } = answer
  if (status >= 200 && status < 300) return { kind: 'rules', robots: parseRobots(body) }
  if (status === TOO_MANY_REQUESTS || status < 200 || status >= 500) return { kind: 'none', status }
  return { kind: 'all' }
}

const TOO_MANY_REQUESTS = 429
