/**
 * The open door on this machine’s own addresses; those of its networks are the other doors’, too.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'

import { AnilloError } from '../../base/errors.ts'
import { KIB, SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import { CONNECTIONS_MAX } from '../../gateways/share/limits.ts'
import { ShareDoor } from '../../gateways/share/share-door.ts'
import { ClientListener, openFilesMax } from '../../platform/client-listener.ts'
import { PlainFront } from '../../platform/plain-front.ts'
import type { ShareService } from '../../services/share/share-service.ts'
import type { Settings } from '../settings.ts'

const LOOPBACKS = ['127.0.0.1', '::1'] as const
/** Who downloads just then has so long to go on. */
const SETTLE_MS = 2 * SECOND_MS
/** Of the process’s open files, where those are few. */
const SHARE_OF_OPEN_FILES = 1 / 8

export interface OpenShareDoor {
  /** For the machine’s other addresses. */
  readonly front: PlainFront
  close(): Promise<void>
}

export interface ShareDoorParts {
  readonly effects: Pick<Effects, 'clock' | 'log'>
  readonly service: ShareService
  readonly settings: Pick<Settings, 'shareKib' | 'shareTransfers'>
}

/** @throws AnilloError PORT_IN_USE */
export async function openShareDoor(parts: ShareDoorParts, port: number): Promise<OpenShareDoor> {
  const { effects, service, settings } = parts
  const share = Math.floor(openFilesMax() * SHARE_OF_OPEN_FILES)
  const connectionsMax = Math.min(CONNECTIONS_MAX, share)
  const listener = new ClientListener({ log: effects.log, connectionsMax })
  const { shareKib, shareTransfers: transfersMax } = settings
  const bytesPerSecond = shareKib === 0 ? undefined : shareKib * KIB
  const door = new ShareDoor({ ...effects, listener, service, bytesPerSecond, transfersMax })
  const servers: Server[] = []
  const close = async (): Promise<void> => {
    front.close()
    for (const server of servers) server.close()
    await door.settle(effects.clock.nowMs() + SETTLE_MS)
    for (const server of servers) server.closeAllConnections()
  }
  const further = door.server()
  const front = new PlainFront({
    log: effects.log,
    opened: (socket) => void further.emit('connection', socket),
  })
  try {
    for (const host of LOOPBACKS) servers.push(...(await listenAt(door, host, port)))
  } catch (thrown) {
    await close()
    throw thrown
  }
  servers.push(further)
  return { front, close }
}

/** A machine without IPv6 has no such address to listen on. */
async function listenAt(door: ShareDoor, host: string, port: number): Promise<readonly Server[]> {
  const server = door.server()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
    return [server]
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return []
    if (code !== 'EADDRINUSE') throw thrown
    throw new AnilloError('PORT_IN_USE', { port, door: 'for shares', flag: '--http' })
  }
}
