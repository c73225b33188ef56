import assert from 'node:assert/strict'
import { test } from 'node:test'

import { valueOf } from '../../../store/partition/machine.test-helper.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { hostOf } from './hosts.ts'
import { CrawlPartitions } from './partitions.test-helper.ts'
import { partitionOfCrawl, partitionOfHost } from './places.ts'
import { CRAWL_KEPT_MS, HOSTS_PER_STEP, ROWS_PER_STEP } from './removal-procedures.ts'

const CRAWL = 'c'.repeat(32)
/** Another crawl of the same partition. */
function beside(crawl: string, begin: number): string {
  for (let number = begin; ; number++) {
    const id = number.toString(16).padStart(32, '0')
    if (partitionOfCrawl(id) === partitionOfCrawl(crawl)) return id
  }
}

test('a crawl of many hosts and URLs is deleted to its last row, step by step', () => {
  const world = new CrawlPartitions()
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
  const world = new CrawlPartitions()
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
