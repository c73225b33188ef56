/** For those who look after members: is it alive, does it serve, what does it count. */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import type { GatewayOptions } from './door.ts'

/** Prometheus text format 0.0.4. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function addOperation(server: FastifyInstance, options: GatewayOptions): void {
  const schema = (summary: string) => ({ schema: { summary, tags: ['operation'] } })
  server.get('/healthz', schema('Alive'), async () => ({ status: 'ok', version: options.version }))
  server.get('/readyz', schema('Joined its ring and serves'), async () => {
    if (!options.ready()) throw new AnilloError('RING_NOT_READY')
    return { status: 'ready', version: options.version }
  })
  server.get('/metrics', schema('Counters for Prometheus'), async (_request, reply) =>
    reply.type(METRICS_TYPE).send(await options.metrics()),
  )
}
