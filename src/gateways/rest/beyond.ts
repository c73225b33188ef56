/**
 * Clients beyond loopback. They come by TLS alone, under names that the door was told; a request
 * that came by TLS is one of theirs, all others are of this machine.
 */
import type { RawRequest } from './guards.ts'

export interface Beyond {
  /** Host names and addresses by which they come, in lower case, IPv6 without brackets. */
  names(): readonly string[]
}

/** A door that nobody beyond loopback reaches. */
export const NOBODY_BEYOND: Beyond = { names: () => [] }

export function isFromBeyond({ socket }: Pick<RawRequest, 'socket'>): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}

/** A name as it stands in a URL. */
export function urlHost(name: string): string {
  return name.includes(':') ? `[${name}]` : name
}

const HOST = /^(?:\[([0-9a-f:.]+)\]|([^[\]:/\s]+))(?::\d{1,5})?$/i

/** The name in a `Host` header, as `names` has it. */
export function nameIn(host: string | undefined): string | undefined {
  const found = HOST.exec(host ?? '')
  return (found?.[1] ?? found?.[2])?.toLowerCase()
}
