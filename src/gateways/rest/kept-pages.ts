/** `POST /v1/pages/kept`: which of some addresses the archive has. */
import type { FastifyInstance } from 'fastify'

import { isAnilloError } from '../../base/errors.ts'
import type { Scraper } from '../../services/scrape/pages/scraper.ts'
import { KeptPages, KeptQuestion, type KeptPage } from '../../wire/api-kept-pages.ts'
import { Problem } from '../../wire/api.ts'
import { goneSignal } from './gone.ts'

type Held = Pick<Scraper, 'find' | 'idOf'>

export function addKeptPages(server: FastifyInstance, scraper: Held): void {
  server.post<{ Body: KeptQuestion }>(
    '/v1/pages/kept',
    {
      schema: {
        summary: 'Which of these addresses the archive has; downloads nothing',
        description: 'Of what is not kept, or is no address of a page, nothing is said.',
        tags: ['scrape'],
        body: KeptQuestion,
        response: { 200: KeptPages, 400: Problem, 503: Problem },
      },
    },
    async ({ body }, reply) => {
      const signal = goneSignal(reply)
      const looks = [...new Set(body.urls)].map((url) => keptOf(scraper, url, signal))
      return { items: (await Promise.all(looks)).filter((one) => one !== undefined) }
    },
  )
}

async function keptOf(
  scraper: Held,
  url: string,
  signal: AbortSignal,
): Promise<KeptPage | undefined> {
  const id = idOf(scraper, url)
  const page = id === undefined ? undefined : (await scraper.find(id, 0, signal))?.page
  if (page === undefined) return undefined
  return { url, id: page.id, title: page.title, fetchedAt: page.fetchedAt }
}

/** `undefined`: no page has such an address. */
function idOf(scraper: Held, url: string): string | undefined {
  try {
    return scraper.idOf(url)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
