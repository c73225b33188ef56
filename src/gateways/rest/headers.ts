/** Headers that every answer of a door bears. No page of anillo has inline script or style. */
import type { FastifyInstance } from 'fastify'

const LOOPBACK_DOORS = 'http://localhost:* http://127.0.0.1:*'

/** The page's own origin, and the other members' doors on this machine. */
const PAGE_POLICY = [
  "default-src 'self'",
  `connect-src 'self' ${LOOPBACK_DOORS}`,
  `frame-src ${LOOPBACK_DOORS}`,
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The description of the API, as Swagger UI shows it: it brings a style sheet inline, and
 * draws its pictures from `data:`. Scripts are files of this door only.
 */
export const DESCRIPTION_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * A page from the archive: no script, no form, nothing loaded from anywhere, an origin of its own
 * even when it is opened by itself. Its own inline styles and embedded pictures are all that it may
 * use.
 */
export const REPLAY_POLICY = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  `frame-ancestors ${LOOPBACK_DOORS}`,
].join('; ')

/** Bytes of others on the API's origin: to be saved or read by script, never shown. */
export const DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

/** Of an answer that brings no policy of its own. */
export const STANDING_HEADERS = { 'content-security-policy': PAGE_POLICY, ...ALWAYS } as const

export function addHeaders(server: FastifyInstance, policy: string = PAGE_POLICY): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('content-security-policy')) {
      void reply.header('content-security-policy', policy)
    }
    void reply.headers(ALWAYS)
    done(null, payload)
  })
}
