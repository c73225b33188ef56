/** `/v1/crawls/{id}/export` and `/v1/pages/export`: pages as files, in the formats of archives. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { ExportFile, Exporter } from '../../services/scrape/transfer/exports.ts'
import { resumedAt, type ResumePoint } from '../../services/scrape/transfer/resumed-export.ts'
import { ExportFormat, ExportResume, PageFilter } from '../../wire/api-archives.ts'
import { Problem } from '../../wire/api.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { goneSignal, whenOver } from './gone.ts'
import { DOWNLOAD_POLICY } from './headers.ts'
import { EXPORTS_AT_ONCE } from './limits.ts'
import { Places } from './places.ts'
import { unhurried } from './unhurried.ts'
import { whileAdmitted } from './while-admitted.ts'

export interface ExportDoor {
  readonly clock: Clock
  readonly exporter: Pick<Exporter, 'crawl' | 'pages'>
}

const CrawlQuestion = Type.Object({ format: ExportFormat, ...ExportResume.properties })
const PagesQuestion = Type.Object({ ...CrawlQuestion.properties, ...PageFilter.properties })

const RESUMING =
  'It is sent as it is made: one that breaks off has no end (chunked), and goes on at any member ' +
  'with `from`, the bytes that are there, and `sha256`, of those: the same pages give the same ' +
  'bytes. EXPORT_CHANGED where it does not begin so any more. `Range` is passed over: all of it is sent.'

const refusals = { 400: Problem, 404: Problem, 409: Problem, 503: Problem }
const tags = ['scrape']

export function addExports(server: FastifyInstance, door: ExportDoor): void {
  const places = new Places('exports', EXPORTS_AT_ONCE)
  const { exporter } = door
  server.get<{ Params: { id: string }; Querystring: Static<typeof CrawlQuestion> }>(
    '/v1/crawls/:id/export',
    {
      schema: {
        summary: 'The pages of a crawl as a file',
        description:
          'WARC 1.1, WACZ or a CDXJ index of what it got, in the order of its addresses; JSON lines ' +
          `or CSV of all addresses, failed ones with their code. ${RESUMING}`,
        tags,
        params: Type.Object({ id: Hex32 }),
        querystring: CrawlQuestion,
        response: refusals,
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const point = pointOf(query)
      const file = await exporter.crawl(params.id, query.format, goneSignal(reply))
      if (file === undefined) throw new AnilloError('NOT_FOUND', { what: 'crawl with this id' })
      return send({ request, reply, ...door, places }, file, point)
    },
  )

  server.get<{ Querystring: Static<typeof PagesQuestion> }>(
    '/v1/pages/export',
    {
      schema: {
        summary: 'Pages held as a file',
        description: `The newest copies, in the order of their ids. ${RESUMING}`,
        tags,
        querystring: PagesQuestion,
        response: refusals,
      },
    },
    async (request, reply) => {
      const { format, host, prefix, url } = request.query
      const filter = {
        ...(host === undefined ? {} : { host }),
        ...(prefix === undefined ? {} : { prefix }),
        ...(url === undefined ? {} : { url }),
      }
      const point = pointOf(request.query)
      const file = exporter.pages(filter, format, goneSignal(reply))
      return send({ request, reply, ...door, places }, file, point)
    },
  )
}

/** @throws AnilloError BAD_REQUEST: bytes of another export must not be gone on with */
function pointOf({ from, sha256 }: Static<typeof ExportResume>): ResumePoint | undefined {
  if (from === undefined && sha256 === undefined) return undefined
  if (from !== undefined && sha256 !== undefined) return { from, sha256 }
  throw new AnilloError('BAD_REQUEST', { problem: '`from` and `sha256` go together' })
}

interface Sending extends Pick<ExportDoor, 'clock'> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly places: Places
}

async function send(
  { clock, places, reply, request }: Sending,
  { bytes, contentType, name }: ExportFile,
  point: ResumePoint | undefined,
): Promise<FastifyReply> {
  const place = places.take()
  whenOver(reply, () => place[Symbol.dispose]())
  // Nothing moves until all before the point, or an index, is made.
  const pieces = await unhurried(request, () => begun(bytes, point))
  // No ranges (RFC 9110, 14.3): a 206 tells its last byte, which nobody knows of what is being
  // made.
  return reply
    .header('content-security-policy', DOWNLOAD_POLICY)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .header('accept-ranges', 'none')
    .type(contentType)
    .send(ReadableStream.from(whileAdmitted(pieces, { clock, request })))
}

/** What goes wrong before the first piece is an answer of its own. */
async function begun(
  bytes: AsyncGenerator<Uint8Array>,
  point: ResumePoint | undefined,
): Promise<AsyncGenerator<Uint8Array>> {
  const rest = point === undefined ? bytes : await resumedAt(bytes, point)
  return withFirst(await rest.next(), rest)
}

async function* withFirst<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done !== true) yield first.value
  yield* rest
}
