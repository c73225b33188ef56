/** TimeGate and TimeMaps (RFC 7089, 4 and 5). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import type { PageVersion } from '../../../wire/api-pages.ts'
import type { GatewayOptions } from '../door.ts'
import { goneSignal } from '../gone.ts'
import { readPageAsked } from './asked-address.ts'
import { doorOf, versionsOf } from './held-page.ts'
import {
  allLinks,
  jsonTimeMap,
  LINK_FORMAT,
  linkTimeMap,
  mementoOf,
  readAcceptDatetime,
  type Original,
} from './memento.ts'

type Options = Pick<GatewayOptions, 'archive'>

interface Found {
  readonly original: Original
  /** Newest first, at least one. */
  readonly versions: readonly PageVersion[]
}

export function addMementos(server: FastifyInstance, options: Options): void {
  server.get('/timegate/*', async (request, reply) => {
    void reply.header('vary', 'accept-datetime').header('cache-control', 'no-store')
    const asked = request.headers['accept-datetime']
    const then = asked === undefined ? undefined : readAcceptDatetime(String(asked))
    if (asked !== undefined && then === undefined) {
      const problem = 'Accept-Datetime is no date, such as Sat, 31 Jan 2026 12:00:00 GMT'
      throw new AnilloError('BAD_REQUEST', { problem })
    }
    const { original, versions } = await found(request, reply, options)
    const version = nearest(versions, then)
    return reply
      .header('link', allLinks(original, versions, version))
      .redirect(mementoOf(original, version).url)
  })

  server.get<{ Params: { format: string } }>(
    '/timemap/:format/*',
    { schema: { params: Type.Object({ format: Type.String() }) } },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const { original, versions } = await found(request, reply, options)
      if (request.params.format === 'json') return reply.send(jsonTimeMap(original, versions))
      return reply.type(LINK_FORMAT).send(linkTimeMap(original, versions))
    },
  )
}

/** @throws AnilloError NOT_FOUND */
async function found(
  request: FastifyRequest,
  reply: FastifyReply,
  { archive }: Options,
): Promise<Found> {
  const url = readPageAsked(request.originalUrl)
  const versions = url === undefined ? [] : await versionsOf(archive, url, goneSignal(reply))
  if (url === undefined || versions.length === 0) {
    throw new AnilloError('NOT_FOUND', { what: 'version of this page' })
  }
  return { original: { origin: doorOf(request), url }, versions }
}

/** The one that was held then; the oldest where none was; the newest where no time is named. */
function nearest(versions: readonly PageVersion[], then: string | undefined): PageVersion {
  // Dates name seconds: what began within that one is meant too.
  const until = then === undefined ? undefined : then.replace('.000Z', '.999Z')
  const version = versions.find(({ at }) => until === undefined || at <= until) ?? versions.at(-1)
  if (version === undefined) throw new AnilloError('NOT_FOUND', { what: 'version of this page' })
  return version
}
