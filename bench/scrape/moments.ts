/** What people wait for, on a ring of one member: a held page, a refusal, a crawl that ends. */
import type { PrintLine } from '../bench.ts'
import { AnilloCluster } from '../store/anillo-cluster.ts'
import { usageOf } from '../store/usage.ts'
import { table } from '../table.ts'
import { startCrawl } from './by-ring.ts'
import type { Part } from './options.ts'
import { startBenchSite, type BenchSite } from './site.ts'

const PAGES = 2_000
const SITE_DELAY_MS = 20
const CLIENTS = 8
const ASKED = 2_000
const LOOK_MS = 20
const CRAWLED_MS = 3_000
const QUIET_MS = 2_000

interface Here {
  readonly ring: AnilloCluster
  readonly site: BenchSite
}

type Moment = (here: Here) => Promise<readonly string[]>

const MOMENTS: Readonly<Partial<Record<Part, Moment>>> = {
  cached: heldPages,
  bomb: packedZeros,
  cancel: cancelledCrawl,
}

export async function benchMoments(parts: readonly Part[], print: PrintLine): Promise<void> {
  const moments = parts.flatMap((part) => MOMENTS[part] ?? [])
  if (moments.length === 0) return
  await using site = await startBenchSite(PAGES, { delayMs: SITE_DELAY_MS })
  const ring = await AnilloCluster.start(1, { maxMembers: 1 })
  try {
    const rows: (readonly string[])[] = []
    for (const moment of moments) rows.push(await moment({ ring, site }))
    for (const line of table(['One member', 'measured', 'goal'], rows)) print(line)
    print('')
  } finally {
    await ring.stop()
  }
}

/** Asked for again and again, by some clients at once. */
async function heldPages({ ring, site }: Here): Promise<readonly string[]> {
  await scrape(ring, { url: site.start })
  const waitedMs: number[] = []
  const client = async (): Promise<void> => {
    for (let asked = 0; asked < ASKED / CLIENTS; asked++) {
      const fromMs = performance.now()
      await scrape(ring, { url: site.start })
      waitedMs.push(performance.now() - fromMs)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const sorted = waitedMs.toSorted((a, b) => a - b)
  const p99 = sorted[Math.floor(0.99 * sorted.length)] ?? 0
  return [`a page that is held, ${CLIENTS} clients, p99`, `${p99.toFixed(1)} ms`, '10 ms']
}

/** 256 MiB in a quarter of a megabyte. */
async function packedZeros({ ring, site }: Here): Promise<readonly string[]> {
  // The site packs it when it is asked for first.
  await (
    await fetch(`${site.origin}/bomb`, { headers: { 'Accept-Encoding': 'gzip' } })
  ).body?.cancel()
  const pids = await ring.pids()
  const before = await usageOf(pids)
  let most = before.rssMib
  const looking = setInterval(() => {
    void usageOf(pids).then(({ rssMib }) => {
      most = Math.max(most, rssMib)
    })
  }, LOOK_MS)
  const fromMs = performance.now()
  const told = await scrape(ring, { url: `${site.origin}/bomb` })
  const seconds = (performance.now() - fromMs) / 1_000
  clearInterval(looking)
  const code = told.failure?.code ?? 'not refused'
  const more = (most - before.rssMib).toFixed(0)
  const measured = `${code} after ${seconds.toFixed(2)} s, ${more} MiB more`
  return ['256 MiB in 261 KB of gzip', measured, 'refused in 1 s, 64 MiB more']
}

/** From the answer to who cancels to the last request that the site saw. */
async function cancelledCrawl({ ring, site }: Here): Promise<readonly string[]> {
  const { id } = await startCrawl(ring, { seeds: [site.start], connections: 8, delay: 0 })
  await after(CRAWLED_MS)
  await ring.fetch(`http://${ring.doors[0]}/v1/crawls/${id}/cancel`, { method: 'POST' })
  await after(QUIET_MS)
  const { sinceLastMs } = await site.counts()
  const tookMs = Math.max(0, QUIET_MS - sinceLastMs)
  return ['last request after a crawl was cancelled', `${tookMs.toFixed(0)} ms`, '1,000 ms']
}

async function scrape(
  ring: AnilloCluster,
  body: { readonly url: string },
): Promise<{ readonly failure?: { readonly code: string } }> {
  const answer = await ring.fetch(`http://${ring.doors[0]}/v1/scrapes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify(body),
  })
  return (await answer.json()) as { readonly failure?: { readonly code: string } }
}

function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
