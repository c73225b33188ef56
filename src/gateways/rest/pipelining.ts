/**
 * A client may send further requests on a connection before it has its answer (RFC 9112, 9.3.2).
 * Node hands over all that stand in one piece of input at once, a thousand of them, and holds their
 * answers in memory until the ones before are read. So only a few are worked on.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Guard, RawRequest } from './guards.ts'
import { PIPELINED_MAX } from './limits.ts'

export function boundPipelining(): Guard {
  const waiting = new WeakMap<RawRequest['socket'], number>()
  return ({ socket }, reply) => {
    // An answer has its connection when it is its turn.
    if (reply.socket !== null) return undefined
    const count = waiting.get(socket) ?? 0
    if (count >= PIPELINED_MAX)
      return new AnilloError('BUSY', { what: 'requests on one connection' })
    waiting.set(socket, count + 1)
    reply.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
    return undefined
  }
}
