/** Partitions of crawls without a ring: entries and messages one by one, as the test wants them. */
import { present } from '../../../base/assert.ts'
import { Machine, valueOf } from '../../../store/partition/machine.test-helper.ts'
import { readDeliverAnswer } from '../../../wire/command-codec.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { hostOf } from './hosts.ts'
import type { StartInput } from './job-procedures.ts'
import { partitionOfCrawl } from './places.ts'
import { CRAWL_PROCEDURES } from './procedures.ts'

const MESSAGE_BYTES = 100_000

export class CrawlPartitions {
  readonly machines = new Map<PartitionId, Machine>()
  timeMs = 1_700_000_000_000

  machine(partition: PartitionId): Machine {
    const machine =
      this.machines.get(partition) ?? new Machine({ partition, procedures: CRAWL_PROCEDURES })
    machine.timeMs = this.timeMs
    this.machines.set(partition, machine)
    return machine
  }

  call(crawl: string, procedure: string, input: object): unknown {
    return valueOf(this.machine(partitionOfCrawl(crawl)).call(procedure, { crawl, ...input }))
  }

  start(crawl: string, urls: readonly string[]): void {
    const wanted = (url: string) => ({ url, depth: 0, hops: 0, priority: 50 })
    const groups = Map.groupBy(urls, (url) => hostOf(canonicalUrl(url)))
    const seeds = Array.from(groups, ([host, of]) => ({ host, urls: of.map(wanted) }))
    this.call(crawl, 'crawl.start', { spec: '{}', pages: 10, seeds } satisfies Partial<StartInput>)
  }

  /** All messages, those that they cause among them. */
  deliver(): void {
    for (let isMore = true; isMore;) {
      isMore = false
      for (const [from, source] of this.machines) {
        for (const to of source.partition.destinations()) {
          const messages = source.partition.outboxOf(to, MESSAGE_BYTES)
          const told = this.machine(to).apply({ kind: 'deliver', source: from, messages })
          const { backup, mark } = present(readDeliverAnswer(valueOf(told)), 'answer')
          source.apply({ kind: 'delivered', destination: to, through: mark, backup })
          isMore = true
        }
      }
    }
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
