import assert from 'node:assert/strict'
import { test } from 'node:test'

import { valueOf } from '../../../store/partition/machine.test-helper.ts'
import type { Procedure } from '../../../store/partition/procedure.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { CrawlHere } from './crawl-here.ts'
import { errandOf } from './errand.ts'
import { Frontier, type FrontierStore } from './frontier.ts'
import { hostOf } from './hosts.ts'
import { CrawlPartitions } from './partitions.test-helper.ts'
import type { Life } from './rows.ts'

const CRAWL = 'c'.repeat(32)
const SEED = 'http://a.example/'
const on = { crawl: CRAWL, host: hostOf(canonicalUrl(SEED)) }

const ONE: Life = { member: '1'.repeat(32), life: 'a'.repeat(32) }
const ONE_AGAIN: Life = { ...ONE, life: 'b'.repeat(32) }
const OTHER: Life = { member: '2'.repeat(32), life: 'a'.repeat(32) }

function storeOver(world: CrawlPartitions): FrontierStore {
  return {
    get: async (key) => world.machine(partitionOf(key.table, key.pk)).partition.get(key),
    list: async (range) => {
      const { items } = world.machine(partitionOf(range.table, range.pk)).partition.list(range)
      return { items, index: 0, cursor: undefined }
    },
    call: async <Q, A>(partition: PartitionId, { name }: Procedure<Q, A>, input: Q) =>
      valueOf(world.machine(partition).call(name, input)) as A,
  }
}

async function takenOver(world: CrawlPartitions, self: Life) {
  const frontier = new Frontier({ store: storeOver(world), self })
  const lease = await frontier.acquire(on.host)
  const { fence } = lease ?? assert.fail('somebody else has the host')
  const spec = JSON.stringify({ seeds: [SEED] })
  const job = { ...(await frontier.job(CRAWL)), spec } as Parameters<typeof errandOf>[0]
  const here = new CrawlHere({ frontier, on, fence, errand: errandOf(job, () => world.timeMs) })
  return { frontier, here, predecessor: await here.takeOver() }
}

test('who takes a host over knows whether it was its own earlier life that had it', async () => {
  const world = new CrawlPartitions()
  world.start(CRAWL, [SEED])
  world.deliver()

  const first = await takenOver(world, ONE)
  assert.equal(first.predecessor, undefined)
  await first.here.refill(() => 0, 1_000)

  // Its member starts again, twice; the second time nobody else has had the host.
  const again = await takenOver(world, ONE_AGAIN)
  assert.deepEqual(again.predecessor, { hadBegun: true, isEarlierSelf: true })
  // Within one life it may still have others ask.
  const same = await takenOver(world, ONE_AGAIN)
  assert.deepEqual(same.predecessor, { hadBegun: true, isEarlierSelf: false })

  await same.frontier.release(on.host)
  const other = await takenOver(world, OTHER)
  assert.deepEqual(other.predecessor, { hadBegun: true, isEarlierSelf: false })
  await other.frontier.release(on.host)
  // The other one began nothing new, and asked again for what was begun, perhaps.
  const back = await takenOver(world, ONE)
  assert.deepEqual(back.predecessor, { hadBegun: true, isEarlierSelf: false })
})
