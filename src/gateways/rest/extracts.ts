/** What is extracted from pages that are held: fields by selectors, text, Markdown. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type, type Static } from 'typebox'

import type { Extracts } from '../../services/scrape/extract/extracts.ts'
import { CrawlExtracts, Extracted, ExtractSpec } from '../../wire/api-extract.ts'
import { Problem } from '../../wire/api.ts'
import { Hex32, Hex64 } from '../../wire/shapes.ts'
import { goneSignal } from './gone.ts'
import { DOWNLOAD_POLICY } from './headers.ts'

const ById = Type.Object({ id: Hex64 })
/** From the document that a browser made of it. */
const Rendered = Type.Object({ rendered: Type.Optional(Type.Literal('true')) })
type Named = { Params: { id: string } }
type NamedRendered = Named & { Querystring: Static<typeof Rendered> }
const tags = ['scrape']

export function addExtracts(server: FastifyInstance, extracts: Extracts): void {
  const from = ({ rendered }: Static<typeof Rendered>): Extracts['page'] =>
    rendered === 'true' ? extracts.rendered.bind(extracts) : extracts.page.bind(extracts)

  server.post<NamedRendered & { Body: ExtractSpec }>(
    '/v1/pages/:id/extract',
    {
      schema: {
        summary: 'Extract data from a page that is held',
        description:
          'Fields by CSS selectors, JSON-LD, OpenGraph, main text, Markdown, links, tables.',
        tags,
        params: ById,
        querystring: Rendered,
        body: ExtractSpec,
        response: { 200: Extracted, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async ({ body, params, query }, reply) => from(query)(params.id, body, goneSignal(reply)),
  )

  addMainText(
    server,
    { path: 'text', summary: 'The main text of a page that is held' },
    async (...asked) => {
      const [{ id }, query, reply] = asked
      const { text } = await from(query)(id, { text: true }, goneSignal(reply))
      return asFile(reply, 'text/plain; charset=utf-8', text?.text ?? '')
    },
  )
  addMainText(
    server,
    { path: 'markdown', summary: 'The main text of a page as Markdown' },
    async (...asked) => {
      const [{ id }, query, reply] = asked
      const { markdown } = await from(query)(id, { markdown: true }, goneSignal(reply))
      return asFile(reply, 'text/markdown; charset=utf-8', markdown ?? '')
    },
  )

  server.get<Named & { Querystring: Static<typeof ExtractsQuestion> }>(
    '/v1/crawls/:id/extracted',
    {
      schema: {
        summary: 'What the crawl was to extract from its pages, made as it is read',
        tags,
        params: Type.Object({ id: Hex32 }),
        querystring: ExtractsQuestion,
        response: { 200: CrawlExtracts, 404: Problem, 503: Problem },
      },
    },
    async ({ params, query }, reply) => {
      const { cursor, limit = EXTRACTS_DEFAULT } = query
      const page = cursor === undefined ? { limit } : { limit, cursor }
      return extracts.crawl(params.id, page, goneSignal(reply))
    },
  )
}

function addMainText(
  server: FastifyInstance,
  { path, summary }: { readonly path: string; readonly summary: string },
  answer: (
    params: NamedRendered['Params'],
    query: NamedRendered['Querystring'],
    reply: FastifyReply,
  ) => Promise<FastifyReply>,
): void {
  server.get<NamedRendered>(
    `/v1/pages/:id/${path}`,
    { schema: { summary, tags, params: ById, querystring: Rendered } },
    ({ params, query }, reply) => answer(params, query, reply),
  )
}

/** Each may take its seconds. */
const EXTRACTS_MAX = 50
const EXTRACTS_DEFAULT = 20

const ExtractsQuestion = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: EXTRACTS_MAX })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
})

function asFile(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.header('content-security-policy', DOWNLOAD_POLICY).type(type).send(`${text}\n`)
}
