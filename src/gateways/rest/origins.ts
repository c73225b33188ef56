/**
 * Who may speak to a door. Any page in the person's browser can send requests to `localhost`, so:
 * the `Host` must be a loopback name (else a foreign name was rebound to this machine), and an
 * `Origin`, which browsers always send with writes, must be a loopback origin. The page of one
 * member may call another's door, which is how it lives on when its own dies.
 *
 * Beyond loopback the `Host` must be a name of this door, and an `Origin` the very one that is
 * asked: what others wrote is on an origin of its own (replay.ts).
 */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import { isFromBeyond, nameIn, type Beyond } from './beyond.ts'
import type { Guard } from './guards.ts'

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host)
}

export function isLoopbackOrigin(origin: string): boolean {
  return LOOPBACK_ORIGIN.test(origin)
}

/** Of answers, for scripts of another member's page. */
const EXPOSED_HEADERS = 'location, retry-after, anillo-applied, anillo-expires-at, etag'

/** Of requests. */
const ALLOWED_HEADERS = 'content-type, prefer, idempotency-key, if-match, if-none-match'

/** How long a browser may remember the answer to a preflight, in seconds. */
const PREFLIGHT_SECONDS = '600'

/** Whoever came by another name was led here. */
export function guardHost({ names }: Beyond): Guard {
  return (request) => {
    const { host } = request.headers
    if (!isFromBeyond(request)) return isLoopbackHost(host) ? undefined : onlyAs('localhost')
    const name = nameIn(host)
    return name !== undefined && names().includes(name) ? undefined : onlyAs('its own names')
  }
}

function onlyAs(names: string): AnilloError {
  return new AnilloError('FORBIDDEN', { problem: `this door answers to ${names} only` })
}

export function guardOrigins(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { host, origin } = request.headers
    if (origin === undefined) {
      done()
      return
    }
    const isOwn = isFromBeyond(request.raw)
      ? origin.toLowerCase() === `https://${host?.toLowerCase()}`
      : isLoopbackOrigin(origin)
    if (!isOwn) {
      done(new AnilloError('FORBIDDEN', { problem: `pages of ${origin} may not use this door` }))
      return
    }
    void reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
    void reply.header('access-control-expose-headers', EXPOSED_HEADERS)
    done()
  })
  server.options('/v1/*', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, PUT, DELETE')
      .header('access-control-allow-headers', ALLOWED_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .send(),
  )
}
