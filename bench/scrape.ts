/**
 * Crawls of one site on this machine, by rings of some members and by the crawlers that people
 * would take instead, in one run; and what people wait for.
 */
import type { Bench } from './bench.ts'
import { benchMoments } from './scrape/moments.ts'
import { readOptions } from './scrape/options.ts'
import { benchQueue } from './scrape/queue.ts'
import { benchCrawls } from './scrape/rows.ts'

/** Of an answer of a site that is far away. */
const FAR_MS = 50

export const benchScrape: Bench = async (args, print) => {
  const options = readOptions(args)
  if (options.parts.includes('crawl')) await benchCrawls(options, { delayMs: 0, print })
  if (options.parts.includes('delay')) await benchCrawls(options, { delayMs: FAR_MS, print })
  await benchMoments(options.parts, print)
  if (options.parts.includes('queue')) await benchQueue(options.urls, print)
}
