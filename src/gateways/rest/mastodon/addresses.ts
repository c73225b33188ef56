/**
 * Addresses of the Mastodon client API and its kin: pages of any origin may ask there, since no
 * cookie counts for anything (docs.joinmastodon.org/client/intro).
 */
import type { FastifyRequest } from 'fastify'

import { wantsWebSocket } from '../upgrades.ts'

const OURS = /^\/(?:api\/|oauth\/(?:token|revoke)\b|\.well-known\/|nodeinfo\/)/

/** @param url of a request, or of a route */
export function isOfMastodon(url: string | undefined): boolean {
  return url !== undefined && OURS.test(url)
}

/** Some programs write a slash at the end of each. */
const WITH_SLASH = /^(\/(?:api|oauth)\/[^?]*[^/?])\/+(?=\?|$)/

/** As the router is to see it. */
export function routedUrl(url: string): string {
  return url.replace(WITH_SLASH, '$1')
}

/** What makes or opens accounts: beyond the door's own pages only programs without an origin. */
const OPENS_ACCOUNTS = '/api/v1/accounts'

/** @param route as the router found it: an address can be written in many ways */
export function opensAccounts(method: string | undefined, route: string | undefined): boolean {
  return method === 'POST' && route === OPENS_ACCOUNTS
}

/**
 * Browsers give no header with a stream: there alone the token may stand in the address, or in
 * place of the protocol of a WebSocket (docs.joinmastodon.org/methods/streaming).
 */
export function streamToken({
  headers,
  query,
  routeOptions: { url },
}: Pick<FastifyRequest, 'headers' | 'query' | 'routeOptions'>): string | undefined {
  if (url?.startsWith('/api/v1/streaming') !== true) return undefined
  return queriedToken(query) ?? protocolToken(headers)
}

function queriedToken(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null || !('access_token' in query)) return undefined
  const { access_token: token } = query
  return typeof token === 'string' ? token : undefined
}

function protocolToken(headers: FastifyRequest['headers']): string | undefined {
  if (!wantsWebSocket(headers) || headers.authorization !== undefined) return undefined
  return headers['sec-websocket-protocol']?.split(',')[0]?.trim()
}

/** Of answers. */
export const EXPOSED = 'Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, ETag'
/** Of requests. */
export const ALLOWED = 'authorization, content-type, idempotency-key'
