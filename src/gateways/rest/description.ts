/** The API described: as OpenAPI, and as pages that people read and try it with. */
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'

import { describeDemand, SECURITY_SCHEMES } from './asking.ts'
import { ANILLO_LOGO, ANILLO_MARK } from './description-look.ts'
import { DESCRIPTION_POLICY } from './headers.ts'

const PAGES = '/docs'
/** RFC 9110 section 7.6.1: not to be handed on. */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
])

const HIDDEN = { schema: { hide: true } } as const

export async function addDescription(server: FastifyInstance, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'anillo', version, description: 'Every member answers every request.' },
      externalDocs: { description: 'Back to the page', url: '/' },
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    transform: describeDemand,
  })
  server.get('/v1/openapi.json', HIDDEN, async () => server.swagger())
  addPages(server)
}

/** Made at the first look: a member starts without the 25 ms that they take. */
function addPages(server: FastifyInstance): void {
  let pages: Promise<FastifyInstance> | undefined
  for (const url of [PAGES, `${PAGES}/*`]) {
    server.get(url, HIDDEN, async ({ headers, method, raw }, reply) => {
      pages ??= makePages(server)
      const asked = { method: method === 'HEAD' ? 'HEAD' : 'GET', url: raw.url ?? url, headers }
      const answer = await (await pages).inject(asked)
      for (const [name, value] of Object.entries(answer.headers)) {
        if (!OF_ONE_CONNECTION.has(name)) reply.header(name, value)
      }
      return reply.code(answer.statusCode).send(answer.rawPayload)
    })
  }
}

async function makePages(server: FastifyInstance): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  const pages = fastify()
  await pages.register(swagger)
  await pages.register(swaggerUi, {
    routePrefix: PAGES,
    transformSpecification: () => server.swagger(),
    staticCSP: DESCRIPTION_POLICY,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true },
    logo: { type: 'image/svg+xml', content: ANILLO_LOGO },
    theme: {
      title: 'anillo: the API',
      favicon: [
        {
          filename: 'ring.svg',
          rel: 'icon',
          type: 'image/svg+xml',
          sizes: 'any',
          content: ANILLO_MARK,
        },
      ],
    },
  })
  return pages
}
