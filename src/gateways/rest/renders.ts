/** `/v1/pages/ID/rendered` and `/screenshot`: a version of a page as a browser drew it. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { DrawnVersion, Renders } from '../../services/scrape/render/renders.ts'
import { Problem } from '../../wire/api.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { goneSignal } from './gone.ts'
import { DOWNLOAD_POLICY } from './headers.ts'
import { Instant, notHeld } from './page-versions.ts'

const ById = Type.Object({ id: Hex64 })
/** Of several versions, which one; else the newest. */
const Then = Type.Object({ at: Type.Optional(Instant) })

interface Asked {
  readonly Params: { readonly id: string }
  readonly Querystring: Static<typeof Then>
}

const tags = ['scrape']
const response = { 404: Problem }

export function addRenders(server: FastifyInstance, renders: Renders): void {
  server.get<Asked>(
    '/v1/pages/:id/rendered',
    {
      schema: {
        summary: 'The document of a page after its scripts ran, as a browser had it',
        description: 'Of a page that was had with `render`; with `at` of a version.',
        tags,
        params: ById,
        querystring: Then,
        response,
      },
    },
    async ({ params, query }, reply) => {
      const { kept } = await drawn(renders.at(params.id, query.at, goneSignal(reply)))
      const { bytes, hash } = kept.render
      return reply
        .header('content-security-policy', DOWNLOAD_POLICY)
        .header('content-disposition', `attachment; filename="${params.id.slice(0, 16)}.html"`)
        .header('etag', `"${hash}"`)
        .header('content-length', bytes)
        .type('text/html; charset=utf-8')
        .send(ReadableStream.from(kept.html()))
    },
  )

  server.get<Asked>(
    '/v1/pages/:id/screenshot',
    {
      schema: {
        summary: 'The page as a browser painted it, as WebP',
        description: 'Of a page that was had with `render`; with `at` of a version.',
        tags,
        params: ById,
        querystring: Then,
        response,
      },
    },
    async ({ params, query }, reply) => {
      const { kept } = await drawn(renders.at(params.id, query.at, goneSignal(reply)))
      const bytes = kept.screenshot()
      const { screenshot } = kept.render
      if (bytes === undefined || screenshot === null) {
        throw new AnilloError('NOT_FOUND', { what: 'screenshot of this page: it was not painted' })
      }
      return reply
        .header('content-security-policy', DOWNLOAD_POLICY)
        .header('etag', `"${screenshot.hash}"`)
        .header('content-length', screenshot.bytes)
        .type(screenshot.contentType)
        .send(ReadableStream.from(bytes))
    },
  )
}

async function drawn(
  asked: Promise<DrawnVersion | undefined>,
): Promise<{ readonly kept: NonNullable<DrawnVersion['kept']> }> {
  const version = await asked
  if (version === undefined) throw notHeld()
  if (version.kept !== undefined) return { kept: version.kept }
  throw new AnilloError('NOT_FOUND', {
    what: 'render of this version; have the page downloaded with “render”',
  })
}
