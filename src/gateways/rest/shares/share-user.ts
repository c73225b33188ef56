/** Who asks for shares. */
import type { FastifyRequest } from 'fastify'

import type { ShareUser } from '../../../services/share/parts.ts'
import { originOf } from '../asker-origin.ts'

/** As the door found out who asks. */
export function shareUserOf(request: FastifyRequest): ShareUser {
  const { asker } = request
  return {
    door: { name: 'HTTP', address: originOf(request).address },
    nick: asker?.nick,
    isManager: asker?.permissions.has('files.manage') ?? false,
    groups: asker?.groups ?? [],
  }
}
