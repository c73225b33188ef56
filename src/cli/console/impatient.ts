/**
 * `fetch` that does not wait long for a door that is silent, as one is whose cable was pulled: a
 * person sits there, and what is kept here can be shown.
 */
import { SECOND_MS } from '../../base/limits.ts'
import type { ClientWorld } from '../../client/request.ts'

/** A door answers within 5 s, or says that the ring did not. */
const HEAD_MS_MAX = 6 * SECOND_MS
/** There a password is stretched, behind others’. */
const PASSWORDS = /^\/v1\/(?:auth\/login|users)$/

type Fetch = ClientWorld['fetch']

/** Until the head of the answer is there; a stream of events takes as long as it takes. */
export function impatient(fetch: Fetch, limitMs = HEAD_MS_MAX): Fetch {
  return async (url, init) => {
    if (PASSWORDS.test(new URL(url).pathname)) return fetch(url, init)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), limitMs)
    const signals = [late.signal, ...(init.signal ? [init.signal] : [])]
    try {
      return await fetch(url, { ...init, signal: AbortSignal.any(signals) })
    } finally {
      clearTimeout(timer)
    }
  }
}
