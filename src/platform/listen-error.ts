import { AnilloError } from '../base/errors.ts'
import type { Endpoint } from '../effects/net.ts'

/** Why a door could not be opened. The flag that moves the door is the caller's to name. */
export function listenError(thrown: unknown, endpoint: Endpoint): AnilloError {
  const code = errnoOf(thrown)
  if (code === 'EADDRINUSE') {
    const details = { port: endpoint.port, flag: 'the setting of this port' }
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
