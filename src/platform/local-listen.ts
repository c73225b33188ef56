/** Unix sockets over `node:net`. */
import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:net'

import { AnilloError } from '../base/errors.ts'
import type { LocalListen } from '../effects/local-listen.ts'
import { clientStreamOf } from './client-net.ts'
import { errnoOf } from './listen-error.ts'

const OWNER_ALONE = 0o600
/** What the mask takes from all that is made meanwhile. */
const OTHERS = 0o177

/** Of `sockaddr_un` on Linux; macOS has 104. A longer path is cut by some systems, silently. */
const PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107

export const platformLocalListen: LocalListen = {
  async listen(path, connected) {
    if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
      const problem = `a socket’s path has at most ${PATH_BYTES_MAX} bytes`
      throw new AnilloError('DATA_NOT_WRITABLE', { path, problem })
    }
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
    server.on('connection', (socket) => connected(clientStreamOf(socket)))
    try {
      await rm(path, { force: true })
      // It is bound within this call: nobody else can connect before its rights are set.
      const mask = process.umask(OTHERS)
      try {
        server.listen(path)
      } finally {
        process.umask(mask)
      }
      await once(server, 'listening')
      await chmod(path, OWNER_ALONE)
    } catch (thrown) {
      server.close()
      const problem = errnoOf(thrown)
      throw new AnilloError('DATA_NOT_WRITABLE', { path, problem }, { cause: thrown })
    }
    server.on('error', () => undefined)
    return {
      close: async () => {
        server.close()
        await rm(path, { force: true })
      },
    }
  },
}
