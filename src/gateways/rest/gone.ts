import type { FastifyReply } from 'fastify'

/**
 * Aborted when the client is gone before it was answered, so that nobody works for it any longer.
 */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
