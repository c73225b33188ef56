/**
 * The door of archived pages: an origin of its own, so that what strangers wrote never shares one
 * with the API. `/20261122013000/http://example.org/` is that page as it was then. A browser is
 * shown it in a frame of ours (frame-page.ts); all else gets the page itself, with its addresses
 * leading into the archive. Memento (RFC 7089) for programs.
 */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { Random } from '../../effects/random.ts'
import type { GatewayOptions } from './door.ts'
import { Gate } from './gate.ts'
import { bareServer } from './gateway.ts'
import { passIn, refererPath, routedUrl } from './replay/asked-address.ts'
import { ASSETS } from './replay/assets.ts'
import { addMementos } from './replay/mementos.ts'
import { Passes } from './replay/passes.ts'
import { addReplays } from './replay/replays.ts'

export type ReplayOptions = Pick<
  GatewayOptions,
  'archive' | 'beyond' | 'clock' | 'entrance' | 'listener' | 'log' | 'refusals' | 'scraper'
> & { readonly random: Pick<Random, 'bytes'> }

/** How long a browser may use a file of the door without asking; seconds. */
const ASSET_SECONDS = 600

export async function createReplay(options: ReplayOptions): Promise<FastifyInstance> {
  const passes = new Passes(options.clock, options.random)
  const server = bareServer(options, {
    gate: new Gate(options),
    kind: 'replay',
    routedUrl,
    // Archived pages have none. Files of the door are nobody's secret.
    mayBeNone: ({ headers, originalUrl }) =>
      originalUrl.startsWith('/-/') ||
      [originalUrl, refererPath(headers.referer)].some((path) => passes.holds(passIn(path))),
  })
  server.get<{ Params: { file: string } }>(
    '/-/:file',
    { schema: { params: Type.Object({ file: Type.String() }) } },
    async (request, reply) => {
      const asset = ASSETS.get(request.params.file)
      if (asset === undefined) throw notHere()
      return reply
        .type(asset.type)
        .header('cache-control', `public, max-age=${ASSET_SECONDS}`)
        .send(asset.text)
    },
  )
  addReplays(server, { ...options, passes })
  addMementos(server, options)
  await server.ready()
  return server
}

function notHere(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'such address on this door' })
}
