/**
 * Who may speak to a door. Any page in the person's browser can send requests to `localhost`, so:
 * the `Host` must be a loopback name (else a foreign name was rebound to this machine), and an
 * `Origin`, which browsers always send with writes, must be a loopback origin. The page of one
 * member may call another's door, which is how it lives on when its own dies.
 *
 * Beyond loopback the `Host` must be a name of this door, and an `Origin` the very one that is
 * asked: what others wrote is on an origin of its own (replay.ts).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import { isFromBeyond, nameIn, type Beyond } from './beyond.ts'
import type { Entrance } from './door.ts'
import type { Guard, RawRequest } from './guards.ts'
import { EXPOSED, isOfMastodon, opensAccounts } from './mastodon/addresses.ts'

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host)
}

export function isLoopbackOrigin(origin: string): boolean {
  return LOOPBACK_ORIGIN.test(origin)
}

/** Of answers, for scripts of another member's page. */
const EXPOSED_HEADERS = [
  'accept-ranges',
  'anillo-applied',
  'anillo-expires-at',
  'content-disposition',
  'content-range',
  'etag',
  'location',
  'repr-digest',
  'retry-after',
  'upload-complete',
  'upload-offset',
].join(', ')

/** Of requests. */
const ALLOWED_HEADERS = [
  'anillo-request',
  'authorization',
  'content-range',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'if-range',
  'prefer',
  'range',
  'repr-digest',
  'upload-complete',
  'upload-offset',
].join(', ')

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

/**
 * A webhook that is led back here would order things in the name of this machine, over and over:
 * what it begins may send the next one. Standard Webhooks 1.0 has the header on each.
 */
export const refuseWebhooks: Guard = ({ headers }) =>
  headers['webhook-id'] === undefined
    ? undefined
    : new AnilloError('FORBIDDEN', { problem: 'webhooks may not use this door' })

function onlyAs(names: string): AnilloError {
  return new AnilloError('FORBIDDEN', { problem: `this door answers to ${names} only` })
}

/** Whether a page of no origin may ask for it. */
export type MayBeNone = (request: Pick<FastifyRequest, 'originalUrl' | 'headers'>) => boolean

/** @param mayBeNone whether a page of no origin may ask: one that is sandboxed */
export function guardOrigins(
  server: FastifyInstance,
  entrance?: Entrance,
  mayBeNone: MayBeNone = () => false,
): void {
  server.addHook('onRequest', async (request, reply) => {
    const { headers, raw } = request
    const { origin } = headers
    if (origin === undefined) return
    if (isOfMastodon(request.originalUrl)) {
      refuseOpening(request, origin)
      void reply.header('access-control-allow-origin', '*')
      void reply.header('access-control-expose-headers', EXPOSED)
      return
    }
    if (origin === 'null' && mayBeNone(request)) {
      void reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
      return
    }
    const mayAsk = isFromBeyond(raw) ? isSelf(raw, origin) : isLoopbackOrigin(origin)
    if (!mayAsk) {
      throw new AnilloError('FORBIDDEN', { problem: `pages of ${origin} may not use this door` })
    }
    void reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
    void reply.header('access-control-expose-headers', EXPOSED_HEADERS)
    if (entrance !== undefined && (await isOfRing(raw, origin, entrance))) {
      void reply.header('access-control-allow-credentials', 'true')
    }
  })
  server.options('/v1/*', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
      .header('access-control-allow-headers', ALLOWED_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .send(),
  )
}

/**
 * Pages of any origin may ask with a token of theirs, and get no other: no cookie counts there. On
 * loopback they are whatever somebody looks at, and make no accounts on their machine.
 */
function refuseOpening({ method, raw, routeOptions }: FastifyRequest, origin: string): void {
  if (isFromBeyond(raw) || isLoopbackOrigin(origin)) return
  if (!opensAccounts(method, routeOptions.url)) return
  throw new AnilloError('FORBIDDEN', { problem: `pages of ${origin} may not make accounts here` })
}

/** The header that no form can send, and no page of another origin without being asked first. */
const OWN_HEADER = 'anillo-request'

const CHANGES_NOTHING: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD'])

/**
 * Why a request may not use the cookies that its browser sent along, `undefined`: it may. A browser
 * sends them with whatever any page of the same host asks for, whichever its port.
 */
export async function foreignCookies(
  request: Asked & Pick<RawRequest, 'method'>,
  entrance: Entrance,
): Promise<AnilloError | undefined> {
  const { headers, method } = request
  const { origin } = headers
  if (origin !== undefined && !(await isOfRing(request, origin, entrance))) {
    return refused(`pages of ${origin} may not use the log-in of this ring`)
  }
  if (CHANGES_NOTHING.has(method)) return undefined
  if (origin === undefined || headers[OWN_HEADER] !== '1') {
    return refused(`with cookies a change needs an Origin and the header ${OWN_HEADER}`)
  }
  return undefined
}

type Asked = Pick<RawRequest, 'headers' | 'socket'>

async function isOfRing(request: Asked, origin: string, entrance: Entrance): Promise<boolean> {
  if (isSelf(request, origin)) return true
  return !isFromBeyond(request) && (await entrance.isOrigin(origin))
}

/** The page is the door’s own. */
function isSelf(request: Asked, origin: string): boolean {
  const scheme = isFromBeyond(request) ? 'https' : 'http'
  return origin.toLowerCase() === `${scheme}://${request.headers.host?.toLowerCase()}`
}

function refused(problem: string): AnilloError {
  return new AnilloError('FORBIDDEN', { problem })
}
