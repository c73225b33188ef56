/** Partitions of crawls without a ring: entries and messages one by one, as the test wants them. */
import { valueOf } from '../../../store/partition/machine.test-helper.ts'
import { Partitions } from '../../../store/partition/partitions.test-helper.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { hostOf } from './hosts.ts'
import type { StartInput } from './job-procedures.ts'
import { partitionOfCrawl } from './places.ts'
import { CRAWL_PROCEDURES } from './procedures.ts'

export class CrawlPartitions extends Partitions {
  constructor() {
    super(CRAWL_PROCEDURES)
  }

  call(crawl: string, procedure: string, input: object): unknown {
    return valueOf(this.machine(partitionOfCrawl(crawl)).call(procedure, { crawl, ...input }))
  }

  start(crawl: string, urls: readonly string[]): void {
    const wanted = (url: string) => ({ url, depth: 0, hops: 0, priority: 50 })
    const groups = Map.groupBy(urls, (url) => hostOf(canonicalUrl(url)))
    const seeds = Array.from(groups, ([host, of]) => ({ host, urls: of.map(wanted) }))
    const given = { spec: '{}', by: 'ana', pages: 10, seeds } satisfies Partial<StartInput>
    this.call(crawl, 'crawl.start', given)
  }

  /** Rows of the crawl anywhere: its id stands in the key of each. */
  rows(crawl: string): number {
    const id = Buffer.from(crawl).toString('hex')
    const keys = [...this.machines.values()].flatMap(({ state }) =>
      state
        .dump()
        .split('\n')
        .map((line) => line.slice(0, line.indexOf('='))),
    )
    return keys.filter((key) => key.includes(id)).length
  }
}
