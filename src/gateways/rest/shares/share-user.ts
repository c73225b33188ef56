/** Who asks for shares. */
import type { FastifyRequest } from 'fastify'

import type { ShareUser } from '../../../services/share/parts.ts'

/** As the door found out who asks. */
export function shareUserOf({ asker }: FastifyRequest): ShareUser {
  return {
    nick: asker?.nick,
    isManager: asker?.permissions.has('files.manage') ?? false,
    groups: asker?.groups ?? [],
  }
}
