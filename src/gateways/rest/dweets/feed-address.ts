/** Where Atom feeds are. */
import type { FastifyRequest } from 'fastify'

const FEEDS = '/v1/feeds/'

export function feedAddress(of: 'users' | 'tags', name: string): string {
  return `${FEEDS}${of}/${encodeURIComponent(name)}`
}

/** Readers of feeds know names and passwords alone: a key of the account is one. */
export function isAskedOfFeeds({
  routeOptions: { url },
}: Pick<FastifyRequest, 'routeOptions'>): boolean {
  return url?.startsWith(FEEDS) === true
}
