/** What takes as long as its reader likes: an export, a backup. */
import type { FastifyRequest } from 'fastify'

import type { Clock } from '../../effects/clock.ts'
import { ASK_AGAIN_MS } from './limits.ts'

interface Reading {
  readonly request: Pick<FastifyRequest, 'admitAgain'>
  readonly clock: Clock
}

/** Breaks off once who reads may read no more. */
export async function* whileAdmitted<T>(
  pieces: AsyncGenerator<T>,
  { clock, request }: Reading,
): AsyncGenerator<T> {
  let askedAtMs = clock.nowMs()
  for await (const piece of pieces) {
    if (clock.nowMs() - askedAtMs >= ASK_AGAIN_MS) {
      await request.admitAgain()
      askedAtMs = clock.nowMs()
    }
    yield piece
  }
}
