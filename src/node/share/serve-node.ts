/** A node of the open network that stands alone (`anillo share serve`): no member, no ring. */
import { resolve } from 'node:path'

import { SECOND_MS } from '../../base/limits.ts'
import type { Endpoint } from '../../effects/net.ts'
import { openOutsideNode } from '../../gateways/kademlia/outside-node.ts'
import { outsideCommands } from '../../gateways/socket/commands.ts'
import { platformEffects } from '../../platform/effects.ts'
import type { OutsidePicture } from '../../services/share/outside.ts'
import { clearFiles, nodeKey, nodeMemory } from './node-files.ts'
import { openShareSocket, SHARE_SOCKET_NAME } from './share-socket.ts'

export interface ServeOptions {
  /** Its own directory, absolute. */
  readonly path: string
  readonly endpoint: Endpoint
  readonly bootstrap: readonly Endpoint[]
  /** Whether the network is one of iic2523, in which a key has a list of values. */
  readonly isLists: boolean
  /** Where its socket stands, in place of `share.sock` in its directory. */
  readonly socketPath: string | undefined
  readonly answers: 'json' | 'iic2523'
  readonly logPath: string
  readonly stop: AbortSignal
  /** Once it is heard, with the path of its socket. */
  readonly ready: (picture: OutsidePicture, socketPath: string) => void
  /** Each second. */
  readonly look: (picture: OutsidePicture) => void
}

/**
 * Until it is told to stop.
 * @throws AnilloError PORT_IN_USE, DATA_IN_USE, DATA_DAMAGED, DATA_NOT_WRITABLE
 */
export async function serveNode(options: ServeOptions): Promise<void> {
  const { answers, bootstrap, endpoint, isLists, logPath, path, socketPath, stop } = options
  const { close, effects } = platformEffects({ path, logLevel: 'info', logPath })
  const lock = await effects.disk.lock('')
  try {
    const files = clearFiles(effects)
    await using node = await openOutsideNode(effects, {
      endpoint,
      movedBy: '--port',
      key: await nodeKey(effects, files),
      values: isLists ? 'lists' : 'one',
      bootstrap,
      memory: nodeMemory(effects, files),
    })
    const at = socketPath ?? resolve(path, SHARE_SOCKET_NAME)
    const commands = outsideCommands(node)
    const socket = await openShareSocket(effects, { path: at, commands, answers })
    options.ready(node.describe(), at)
    await new Promise<void>((end) => {
      const look = (): void => {
        if (stop.aborted) return
        options.look(node.describe())
        effects.clock.after(SECOND_MS, look)
      }
      stop.addEventListener('abort', () => end())
      if (stop.aborted) end()
      else look()
    })
    await socket.close()
  } finally {
    await lock.release()
    await close()
  }
}
