/** What the requests about files share: the tree, and who asks it. */
import type { FastifyRequest } from 'fastify'

import type { Clock } from '../../../effects/clock.ts'
import type { RingView } from '../../../overlay/types.ts'
import type { Files, FileUser } from '../../../services/files/types.ts'
import { originOf } from '../asker-origin.ts'
import type { Entrance } from '../door.ts'
import type { RawRequest } from '../guards.ts'
import type { OnceDoor } from './answer-once.ts'

export interface FileDoor extends OnceDoor {
  readonly files: Files
  /** Absent: whoever is named in grants is taken as they are. */
  readonly entrance?: Pick<Entrance, 'accounts'> | undefined
  readonly clock: Clock
  readonly ring: Pick<RingView, 'ring' | 'self'>
  /** The request may take longer to arrive than others. */
  readonly unhurried: (socket: RawRequest['socket']) => void
}

/** As the door found out who asks. */
export function fileUserOf(request: FastifyRequest): FileUser {
  const { asker } = request
  return {
    door: { name: 'HTTP', address: originOf(request).address },
    nick: asker?.nick,
    isManager: asker?.permissions.has('files.manage') ?? false,
    mayWrite: asker?.permissions.has('files.write') ?? false,
    groups: asker?.groups ?? [],
    mayReadPages: asker?.permissions.has('pages.read') ?? false,
  }
}
