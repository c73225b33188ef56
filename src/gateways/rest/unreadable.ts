/**
 * What came over a connection and never became a request. Its answer says that nothing was carried
 * out, and whoever reads it takes it for that of the first request which has none yet. So it is
 * written only where no request before it waits for its own; else the connection just ends.
 */
import type { ConnectionError } from 'fastify'

import type { Guard, RawReply } from './guards.ts'
import { answerBadConnection, type BadConnection } from './problem.ts'

export class Unreadable {
  readonly #latest = new WeakMap<BadConnection, RawReply>()
  readonly #unhurried = new WeakSet<BadConnection>()

  /** What arrives on the connection may take longer than a request may: whoever reads it counts. */
  readonly unhurried = (socket: BadConnection): void => {
    this.#unhurried.add(socket)
  }

  /** Refuses nothing. */
  readonly note: Guard = ({ socket }, reply) => {
    this.#latest.set(socket, reply)
    return undefined
  }

  readonly answer = (error: ConnectionError, socket: BadConnection): void => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      if (this.#unhurried.has(socket)) return
      // Browsers keep spare connections, and take what comes for the answer of their next request.
      if (socket.bytesRead === 0) return void socket.destroy()
    }
    if (isNext(this.#latest.get(socket))) answerBadConnection(error, socket)
    else socket.destroy()
  }
}

/** Whether the latest request is answered, or is itself the one that broke, and it is its turn. */
function isNext(latest: RawReply | undefined): boolean {
  if (latest === undefined || latest.writableFinished) return true
  return !latest.req.complete && latest.socket !== null && !latest.headersSent
}
