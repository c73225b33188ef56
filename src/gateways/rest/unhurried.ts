import type { FastifyRequest } from 'fastify'

import { STALL_TIMEOUT_MS } from './limits.ts'

/** For work during which nothing moves on the connection, however long it takes. */
export async function unhurried<T>(
  { raw }: Pick<FastifyRequest, 'raw'>,
  work: () => Promise<T>,
): Promise<T> {
  raw.socket.setTimeout(0)
  try {
    return await work()
  } finally {
    raw.socket.setTimeout(STALL_TIMEOUT_MS)
  }
}
