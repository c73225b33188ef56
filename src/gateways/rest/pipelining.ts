/**
 * A client may send further requests on a connection before it has its answer (RFC 9112, 9.3.2).
 * Node hands over all that stand in one piece of input at once, a thousand of them, and holds their
 * answers in memory until the ones before are read. So only a few are worked on.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import { PIPELINED_MAX } from './limits.ts'

export function boundPipelining(server: FastifyInstance): void {
  const waiting = new WeakMap<FastifyRequest['raw']['socket'], number>()
  server.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
    // An answer has its connection when it is its turn.
    if (reply.raw.socket !== null) {
      done()
      return
    }
    const count = waiting.get(socket) ?? 0
    if (count >= PIPELINED_MAX) {
      done(new AnilloError('BUSY', { what: 'requests on one connection' }))
      return
    }
    waiting.set(socket, count + 1)
    reply.raw.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
    done()
  })
}
