/** A long queue: what it takes in memory, and how soon a ring that was killed goes on with it. */
import type { Crawl } from '../../src/wire/api-crawls.ts'
import type { PrintLine } from '../bench.ts'
import { AnilloCluster } from '../store/anillo-cluster.ts'
import { memoryOf } from '../store/usage.ts'
import { table } from '../table.ts'
import { startCrawl } from './by-ring.ts'
import { startBenchSite, type BenchSite } from './site.ts'

const MEMBERS = 5
/** Seconds from one request to the next: the queue stays long. */
const DELAY_S = 0.5
const LOOK_MS = 250
/** A queue that does not grow any more for so long is whole. */
const WHOLE_AFTER_MS = 60_000

export async function benchQueue(urls: number, print: PrintLine): Promise<void> {
  await using site = await startBenchSite(1, { listed: urls })
  const ring = await AnilloCluster.start(MEMBERS, { maxMembers: MEMBERS, restarts: true })
  try {
    const fromMs = performance.now()
    const request = { seeds: [site.start], connections: 2, delay: DELAY_S, pages: 10 * urls }
    const { id } = await startCrawl(ring, request)
    const queued = await queuedAll(ring, id, urls)
    const queuedS = (performance.now() - fromMs) / 1_000
    const before = await largestMib(ring)
    await ring.killAll()
    await site.again()
    const { firstS, readyS } = await goesOn(ring, site)
    const { twice } = await site.counts()
    const rows = [
      [`${queued} URLs queued`, `${queuedS.toFixed(0)} s`, ''],
      ['the largest member with them', `${before.toFixed(0)} MiB`, '300 MiB at a million'],
      ['all killed and started again: ready', `${readyS.toFixed(1)} s`, ''],
      ['first request of the crawl', `${firstS.toFixed(1)} s`, '5 s'],
      ['the largest member then', `${(await largestMib(ring)).toFixed(0)} MiB`, ''],
      ['asked for twice since', String(twice), '0'],
    ]
    for (const line of table([`${MEMBERS} members`, 'measured', 'goal'], rows)) print(line)
    print('')
  } finally {
    await ring.stop()
  }
}

async function queuedAll(ring: AnilloCluster, id: string, urls: number): Promise<number> {
  let [most, sinceMs] = [0, performance.now()]
  for (;;) {
    const answer = await ring.fetch(`http://${ring.doors[0]}/v1/crawls/${id}`)
    // A ring that is busy may say so.
    const queued = answer.ok ? ((await answer.json()) as Crawl).counts.queued : most
    if (queued > most) [most, sinceMs] = [queued, performance.now()]
    if (queued >= urls || performance.now() - sinceMs > WHOLE_AFTER_MS) return queued
    await after(LOOK_MS)
  }
}

/** From the command on. */
async function goesOn(ring: AnilloCluster, site: BenchSite) {
  const fromMs = performance.now()
  const sinceS = (): number => (performance.now() - fromMs) / 1_000
  const ready = ring.up().then(sinceS)
  while ((await site.counts()).requests === 0) await after(LOOK_MS / 10)
  const firstS = sinceS()
  return { firstS, readyS: await ready }
}

async function largestMib(ring: AnilloCluster): Promise<number> {
  const memories = await Promise.all((await ring.pids()).map(memoryOf))
  return Math.max(...memories.map(({ pssMib }) => pssMib))
}

function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
