/** A crawl as it goes on. */
import type { Clock } from '../../effects/clock.ts'
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
    await pause(clock, signal)
  }
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => resolve()
  const timer = clock.after(CRAWL_LOOK_MS, end)
  signal.addEventListener('abort', end, { once: true })
  await promise
  timer.cancel()
  signal.removeEventListener('abort', end)
}
