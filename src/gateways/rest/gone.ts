import type { FastifyReply } from 'fastify'

/**
 * Calls it once when the answer is over, or its client is gone: at once where that was before, of
 * which nothing is told any more. What is given back by it would else be held for ever.
 */
export function whenOver({ raw }: Pick<FastifyReply, 'raw'>, run: () => void): void {
  if (raw.closed) run()
  else raw.once('close', run)
}

/**
 * Aborted when the client is gone before it was answered, so that nobody works for it any longer.
 */
export function goneSignal(reply: Pick<FastifyReply, 'raw'>): AbortSignal {
  const gone = new AbortController()
  whenOver(reply, () => gone.abort())
  return gone.signal
}
