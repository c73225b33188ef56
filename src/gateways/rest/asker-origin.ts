/** Where a request came from, for guesses of passwords and for the audit log. */
import type { FastifyRequest } from 'fastify'

import type { Origin, Principal } from '../../services/accounts/types.ts'
import { DIRECTORY_OWNER } from '../../wire/audit.ts'
import { CLIENT_CHARS_MAX } from './limits.ts'

const LOOPBACK = /^(127\.|::1$)/
/** IPv4 as IPv6 sockets write it. */
const MAPPED = /^::ffff:/i

/** @param client what the client says that it is; else its `User-Agent` */
export function originOf({ headers, ip }: FastifyRequest, client?: string): Origin {
  const address = ip.replace(MAPPED, '')
  return {
    address: LOOPBACK.test(address) ? undefined : address,
    client: plainText(client ?? headers['user-agent'] ?? ''),
  }
}

/** As the audit log names them; `undefined`: nobody is known. */
export function doerOf(asker: Principal | undefined): string | undefined {
  return asker?.by.kind === 'owner' ? DIRECTORY_OWNER : asker?.nick
}

/** It is shown on screens and written in logs: without control characters, and of one line. */
function plainText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ')
    .trim()
    .slice(0, CLIENT_CHARS_MAX)
}
