/** The unix socket of a node: `share.sock`, beside its other files. */
import type { Effects } from '../../effects/effects.ts'
import type { LocalListener } from '../../effects/local-listen.ts'
import type { SocketCommands } from '../../gateways/socket/commands.ts'
import { SocketDoor } from '../../gateways/socket/door.ts'
import { platformLocalListen } from '../../platform/local-listen.ts'

/** In a member’s directory. */
export const SHARE_SOCKET_NAME = 'share.sock'

export interface ShareSocketOptions {
  readonly path: string
  readonly commands: SocketCommands
  readonly answers: 'json' | 'iic2523'
}

/** @throws AnilloError DATA_NOT_WRITABLE, also for a path longer than the system takes */
export async function openShareSocket(
  { clock, log }: Pick<Effects, 'clock' | 'log'>,
  { answers, commands, path }: ShareSocketOptions,
): Promise<LocalListener> {
  const door = new SocketDoor({ clock, log, commands, answers })
  const listener = await platformLocalListen.listen(path, (stream) => door.connected(stream))
  return {
    close: async () => {
      door.close()
      await listener.close()
    },
  }
}
