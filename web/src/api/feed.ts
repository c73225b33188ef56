/** What happened in all services, and the newest of each. */
import type { FeedItem, FeedPage } from '../../../src/wire/api-feed.ts'
import type { Glance } from '../../../src/wire/api-glance.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import { has } from './read.ts'
import type { RingClient } from './ring-client.ts'

const ITEM = { kind: 'string', id: 'string', at: 'string' }

export interface FeedPart {
  readonly items: readonly FeedItem[]
  readonly cursor?: string | undefined
  /** What happened up to then was seen before. */
  readonly seenUntil: string | undefined
  readonly isWhole: boolean
}

export class FeedClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  async page(cursor?: string): Promise<FeedPart> {
    const answer = await this.#client.json({ path: `/v1/feed?${pageQuery(cursor)}` })
    const { incomplete } = sound<FeedPage>(answer, { incomplete: 'array' })
    const seenUntil = has(answer, { seenUntil: 'string' })
      ? (answer as { seenUntil: string }).seenUntil
      : undefined
    return { ...listOf<FeedItem>(answer, ITEM), seenUntil, isWhole: incomplete.length === 0 }
  }

  async seen(until: string): Promise<void> {
    await this.#client.json({ path: '/v1/feed/seen', method: 'POST', body: { until } })
  }

  async glance(): Promise<Glance> {
    const answer = await this.#client.json({ path: '/v1/glance' })
    return sound<Glance>(answer, { incomplete: 'array' })
  }
}
