/** What happened to an account in all services, through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { FeedPage, FeedUnseen } from '../wire/api-feed.ts'
import type { PageAsk } from './query.ts'
import { Resource, type Asking } from './resource.ts'

/** Parts of the ring that do not answer are waited for. */
const FEED_MS_MAX = 30 * SECOND_MS

export class Feed extends Resource {
  constructor(asking: Asking) {
    super(asking, FEED_MS_MAX)
  }

  /** Newest first. @throws AnilloError LOGIN_FIRST, BAD_REQUEST */
  page(ask: PageAsk = {}): Promise<FeedPage> {
    return this.get(FeedPage, '/v1/feed', ask)
  }

  async unseen(): Promise<number> {
    return (await this.get(FeedUnseen, '/v1/feed/unseen')).unseen
  }

  /** @param until ISO 8601: what happened up to then is seen */
  seen(until: string): Promise<void> {
    return this.done({ method: 'POST', path: '/v1/feed/seen', body: { until } })
  }
}
