/** Where WebDAV is: its programs are let in, and refused, otherwise than those of the API. */
import type { FastifyRequest } from 'fastify'

/** The second one is what people type, and what some programs ask for first. */
export const DAV_ADDRESSES = ['/dav/*', '/dav'] as const

const ADDRESSES: ReadonlySet<string | undefined> = new Set(DAV_ADDRESSES)

export function isAskedOfDav({
  routeOptions: { url },
}: Pick<FastifyRequest, 'routeOptions'>): boolean {
  return ADDRESSES.has(url)
}
