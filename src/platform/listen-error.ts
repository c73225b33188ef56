import { AnilloError } from '../base/errors.ts'
import type { Endpoint } from '../effects/net.ts'

/** Which door it is, and what moves it. */
export interface DoorWords {
  readonly door: string
  readonly flag: string
}

/** TLS, beside the page. */
export const MEMBER_DOOR: DoorWords = {
  door: 'for other members',
  flag: '--http, which moves all doors of a member',
}
/** Shared by all members of a machine. */
export const DISCOVERY_DOOR: DoorWords = {
  door: 'UDP, where members find each other',
  flag: 'ANILLO_DISCOVERY_PORT',
}

/** Why a door could not be opened. */
export function listenError(thrown: unknown, endpoint: Endpoint, words: DoorWords): AnilloError {
  const code = errnoOf(thrown)
  if (code === 'EADDRINUSE') {
    const details = { port: endpoint.port, ...words }
    return new AnilloError('PORT_IN_USE', details, { cause: thrown })
  }
  const problem = `cannot listen on ${endpoint.host}:${endpoint.port} (${code})`
  return new AnilloError('USAGE', { problem }, { cause: thrown })
}

/** The system's short name of what went wrong, e.g. `ECONNREFUSED`. */
export function errnoOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.message
}
