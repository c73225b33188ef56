/**
 * The door of archived pages: an origin of its own, so that what strangers wrote never shares one
 * with the API. Pages are shown without scripts and load nothing.
 */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { Hex64 } from '../../wire/shapes.ts'
import type { GatewayOptions } from './door.ts'
import { Gate } from './gate.ts'
import { bareServer } from './gateway.ts'
import { goneSignal } from './gone.ts'

/** Types that a browser shows without running anything; all else is offered for saving. */
const SHOWN =
  /^(text\/(html|plain|css|csv|xml|markdown)|application\/(xhtml\+xml|json|xml)|image\/)/i

export async function createReplay(
  options: Pick<
    GatewayOptions,
    'beyond' | 'entrance' | 'listener' | 'log' | 'refusals' | 'scraper'
  >,
): Promise<FastifyInstance> {
  const server = bareServer(options, { gate: new Gate(options), kind: 'replay' })
  server.get<{ Params: { id: string } }>(
    '/page/:id',
    { schema: { params: Type.Object({ id: Hex64 }) } },
    async (request, reply) => {
      const content = await options.scraper.content(request.params.id, goneSignal(reply))
      if (content === undefined)
        throw new AnilloError('NOT_FOUND', { what: 'page held under this id' })
      const type = content.page.contentType || 'text/plain; charset=utf-8'
      if (!SHOWN.test(type)) void reply.header('content-disposition', 'attachment')
      return reply
        .header('content-length', content.page.bytes)
        .header('cache-control', 'no-store')
        .type(type)
        .send(ReadableStream.from(content.body))
    },
  )
  await server.ready()
  return server
}
