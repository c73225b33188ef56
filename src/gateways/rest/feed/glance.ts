/** `/v1/glance`: the newest of each service, in one answer. */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { isAnilloError } from '../../../base/errors.ts'
import type { Dweets } from '../../../services/dweets/types.ts'
import type { Files } from '../../../services/files/types.ts'
import type { Crawls } from '../../../services/scrape/crawl/crawls.ts'
import type { ShareService } from '../../../services/share/share-service.ts'
import { Glance } from '../../../wire/api-glance.ts'
import { Problem } from '../../../wire/api.ts'
import { refusalFor } from '../../../wire/demands.ts'
import { FEED_NEEDS, type FeedKind } from '../../../wire/feed-kinds.ts'
import { dweeterOf } from '../dweets/dweet-door.ts'
import { entryJson } from '../files/entries.ts'
import { fileUserOf } from '../files/file-door.ts'

export interface GlanceDoor {
  readonly crawls?: Pick<Crawls, 'list'>
  readonly files?: Pick<Files, 'newest'>
  readonly dweets?: Pick<Dweets, 'fresh'>
  readonly share?: { readonly shares: Pick<ShareService['shares'], 'list'> }
}

/** Of each service. */
const NEWEST = 3

type Part = Partial<Omit<Glance, 'incomplete'>>

export function addGlance(server: FastifyInstance, door: GlanceDoor): void {
  server.get(
    '/v1/glance',
    {
      schema: {
        summary: 'The newest of each service, as far as who asks may read it',
        tags: ['feed'],
        response: { 200: Glance, 503: Problem },
      },
    },
    async (request): Promise<Glance> => {
      const incomplete: FeedKind[] = []
      const part = async (kind: FeedKind, ask: () => Promise<Part>): Promise<Part> => {
        if (refusalFor(request.asker, FEED_NEEDS[kind]) !== undefined) return {}
        try {
          return await ask()
        } catch (thrown) {
          if (!isAnilloError(thrown)) throw thrown
          incomplete.push(kind)
          return {}
        }
      }
      const parts = await Promise.all([
        part('crawls', () => crawlsOf(door)),
        part('files', () => filesOf(door, request)),
        part('dweets', () => dweetsOf(door, request)),
        part('shares', () => sharesOf(door)),
      ])
      return Object.assign({ incomplete }, ...parts)
    },
  )
}

async function crawlsOf({ crawls }: GlanceDoor): Promise<Part> {
  return crawls === undefined ? {} : { crawls: (await crawls.list({ limit: NEWEST })).items }
}

async function sharesOf({ share }: GlanceDoor): Promise<Part> {
  return share === undefined ? {} : { shares: (await share.shares.list({ limit: NEWEST })).items }
}

/** Of a guest there is no folder. */
async function filesOf({ files }: GlanceDoor, request: FastifyRequest): Promise<Part> {
  const who = fileUserOf(request)
  if (files === undefined || who.nick === undefined) return {}
  return { files: (await files.newest(who, { limit: NEWEST })).map(entryJson) }
}

async function dweetsOf({ dweets }: GlanceDoor, request: FastifyRequest): Promise<Part> {
  if (dweets === undefined || request.asker?.nick === undefined) return {}
  const { dweets: items, unseen } = await dweets.fresh(dweeterOf(request), NEWEST)
  return { dweets: { unseen, items } }
}
