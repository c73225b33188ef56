/** What a crawl begins with, from the request. */
import type { CrawlRequest } from '../../../wire/api-crawls.ts'
import { CRAWL_PAGES_DEFAULT } from '../../../wire/crawl-bounds.ts'
import { checkSpec } from '../extract/selectors.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { hookUrl } from '../webhooks/hook-url.ts'
import { judgeOf, PRIORITY_DEFAULT } from './errand.ts'
import { hostOf } from './hosts.ts'
import type { StartInput } from './job-procedures.ts'
import type { Wanted } from './rows.ts'

/** @throws AnilloError BAD_REQUEST, URL_MALFORMED, URL_SCHEME, URL_TOO_LONG, URL_USERINFO */
export function startOf(request: CrawlRequest): Pick<StartInput, 'spec' | 'pages' | 'seeds'> {
  judgeOf(request)
  checkSpec(request.extract ?? {})
  const urls = request.seeds.map((seed) => canonicalUrl(seed))
  const groups = Map.groupBy(new Set(urls), hostOf)
  const wanted = (url: string): Wanted => {
    return { url, depth: 0, hops: 0, priority: PRIORITY_DEFAULT }
  }
  const seeds = Array.from(groups, ([host, of]) => ({ host, urls: of.map(wanted) }))
  return { spec: JSON.stringify(kept(request)), pages: request.pages ?? CRAWL_PAGES_DEFAULT, seeds }
}

/** Without the secret, which stands with the webhook alone. */
function kept({ webhook, ...request }: CrawlRequest): CrawlRequest {
  if (webhook === undefined) return request
  const { secret: _, ...told } = webhook
  return { ...request, webhook: { ...told, url: hookUrl(told.url) } }
}
