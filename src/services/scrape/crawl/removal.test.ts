import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { Machine, valueOf } from '../../../store/partition/machine.test-helper.ts'
import { readDeliverAnswer } from '../../../wire/command-codec.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { hostOf } from './hosts.ts'
import type { StartInput } from './job-procedures.ts'
import { partitionOfCrawl, partitionOfHost } from './places.ts'
import { CRAWL_PROCEDURES } from './procedures.ts'
import { CRAWL_KEPT_MS, HOSTS_PER_STEP, ROWS_PER_STEP } from './removal-procedures.ts'

const CRAWL = 'c'.repeat(32)
const MESSAGE_BYTES = 100_000

class World {
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

/** Another crawl of the same partition. */
function beside(crawl: string, begin: number): string {
  for (let number = begin; ; number++) {
    const id = number.toString(16).padStart(32, '0')
    if (partitionOfCrawl(id) === partitionOfCrawl(crawl)) return id
  }
}

test('a crawl of many hosts and URLs is deleted to its last row, step by step', () => {
  const world = new World()
  const hosts = Array.from({ length: 2 * HOSTS_PER_STEP + 7 }, (_, at) => `http://h${at}.example/`)
  const many = Array.from({ length: 490 }, (_, at) => `http://many.example/${at}`)
  world.start(CRAWL, hosts.slice(0, 400))
  world.deliver()
  const host = hostOf(canonicalUrl('http://many.example/'))
  for (let round = 0; round < 3; round++) {
    const urls = many.map((url) => ({ url: `${url}/${round}`, depth: 1, hops: 0, priority: 50 }))
    const at = world.machine(partitionOfHost(host))
    valueOf(at.call('crawl.add', { crawl: CRAWL, hosts: [{ host, urls }] }))
  }
  world.deliver()
  assert.ok(world.rows(CRAWL) > 2 * ROWS_PER_STEP, `${world.rows(CRAWL)} rows to delete`)
  world.call(CRAWL, 'crawl.remove', {})
  world.deliver()
  assert.equal(world.rows(CRAWL), 0)
  // URLs that were under way are forgotten by whoever schedules their host.
  const urls = [{ url: 'http://many.example/late', depth: 1, hops: 0, priority: 50 }]
  const at = world.machine(partitionOfHost(host))
  valueOf(at.call('crawl.add', { crawl: CRAWL, hosts: [{ host, urls }] }))
  world.deliver()
  assert.ok(world.rows(CRAWL) > 0)
  valueOf(at.call('crawl.forget', { crawl: CRAWL, hosts: [host] }))
  assert.equal(world.rows(CRAWL), 0)
})

test('a crawl that is long over goes when another begins beside it; one that runs stays', () => {
  const world = new World()
  world.start(CRAWL, ['http://a.example/'])
  world.deliver()
  const [running, soon, last] = [beside(CRAWL, 1), beside(CRAWL, 100_000), beside(CRAWL, 200_000)]
  world.start(running, ['http://b.example/'])
  world.deliver()
  world.call(CRAWL, 'crawl.steer', { to: 'cancelled' })
  world.timeMs += CRAWL_KEPT_MS - 1
  world.start(soon, ['http://a.example/'])
  world.deliver()
  assert.ok(world.rows(CRAWL) > 0)
  world.timeMs += 1
  world.start(last, ['http://a.example/'])
  world.deliver()
  assert.equal(world.rows(CRAWL), 0)
  assert.ok(world.rows(running) > 0 && world.rows(soon) > 0 && world.rows(last) > 0)
})
