/**
 * What a door looks at before it reads a request, over Node's own objects: so that it is looked at
 * by whichever way the request is answered, through the router or directly (direct.ts).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { AnilloError } from '../../base/errors.ts'

export type RawRequest = FastifyRequest['raw']
export type RawReply = FastifyReply['raw']

/** Why the request is refused; `undefined`: it is not. May set headers of the answer. */
export type Guard = (request: RawRequest, reply: RawReply) => AnilloError | undefined

/** For requests that go through the router. */
export function addGuards(server: FastifyInstance, guards: readonly Guard[]): void {
  server.addHook('onRequest', ({ raw }, reply, done) => {
    done(refusalOf(guards, raw, reply.raw))
  })
}

export function refusalOf(
  guards: readonly Guard[],
  request: RawRequest,
  reply: RawReply,
): AnilloError | undefined {
  for (const guard of guards) {
    const refusal = guard(request, reply)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
