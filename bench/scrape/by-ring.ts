/** A crawl by a ring of this machine, as its door is asked for it. */
import type { Crawl } from '../../src/wire/api-crawls.ts'
import { AnilloCluster } from '../store/anillo-cluster.ts'
import { usageOf } from '../store/usage.ts'
import type { Crawled } from './crawled.ts'
import type { BenchSite } from './site.ts'

const LOOK_MS = 50
const LONGEST_MS = 600_000

export async function crawlByRing({
  connections,
  members,
  site,
}: {
  readonly members: number
  readonly connections: number
  readonly site: BenchSite
}): Promise<Crawled> {
  const ring = await AnilloCluster.start(members, { maxMembers: members })
  try {
    const pids = await ring.pids()
    const before = await usageOf(pids)
    const startedMs = performance.now()
    const crawl = await startCrawl(ring, { seeds: [site.start], connections, delay: 0 })
    const { state } = await crawlEnd(ring, crawl.id)
    const seconds = (performance.now() - startedMs) / 1_000
    const after = await usageOf(pids)
    const cpuSeconds = after.cpuSeconds - before.cpuSeconds
    const ended = { seconds, cpuSeconds, mib: after.rssMib }
    return state === 'done' ? ended : { ...ended, problem: state }
  } finally {
    await ring.stop()
  }
}

export async function startCrawl(ring: AnilloCluster, request: object): Promise<Crawl> {
  const answer = await ring.fetch(`http://${ring.doors[0]}/v1/crawls`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
  return (await answer.json()) as Crawl
}

async function crawlEnd(ring: AnilloCluster, id: string): Promise<Crawl> {
  const untilMs = performance.now() + LONGEST_MS
  for (;;) {
    const answer = await ring.fetch(`http://${ring.doors[0]}/v1/crawls/${id}`)
    const crawl = (await answer.json()) as Crawl
    if (crawl.state !== 'running' || performance.now() > untilMs) return crawl
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
