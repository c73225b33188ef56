/** A crawl as it goes on. */
import type { Clock } from '../../effects/clock.ts'
import { pause } from '../../effects/pause.ts'
import type { Crawls } from '../../services/scrape/crawl/crawls.ts'
import type { Crawl } from '../../wire/api-crawls.ts'
import { CRAWL_LOOK_MS } from './limits.ts'

/** As it is, then whenever it has changed, until it is over or nobody knows it any more. */
export async function* crawlEvents(
  { clock, crawls }: { readonly clock: Clock; readonly crawls: Pick<Crawls, 'get'> },
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Crawl> {
  let told = ''
  while (!signal.aborted) {
    const crawl = await crawls.get(id)
    if (crawl === undefined) return
    const text = JSON.stringify(crawl)
    if (text !== told) yield crawl
    told = text
    if (crawl.state === 'done' || crawl.state === 'cancelled') return
    await pause(clock, CRAWL_LOOK_MS, signal)
  }
}
