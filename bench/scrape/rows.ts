/** Crawls of one site by all that there is, in one run: rows of one table. */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import { crawlByRing } from './by-ring.ts'
import type { Crawled } from './crawled.ts'
import type { ScrapeBenchOptions } from './options.ts'
import { peersIn, WGET_DIRECTORY } from './peers.ts'
import { startBenchSite, type BenchSite } from './site.ts'
import { timed } from './timed.ts'

const CORE = fileURLToPath(new URL('core-main.ts', import.meta.url))

interface Row extends Crawled {
  readonly name: string
  readonly pages: number
  readonly twice: number
}

export async function benchCrawls(
  { connections, members, pages, peers }: ScrapeBenchOptions,
  { delayMs, print }: { readonly delayMs: number; readonly print: PrintLine },
): Promise<void> {
  await using site = await startBenchSite(pages, { delayMs })
  const rows: Row[] = []
  const add = async (name: string, crawl: () => Promise<Crawled>): Promise<void> => {
    rows.push(await rowOf(name, { crawl, site }))
  }
  const core = [process.execPath, CORE, site.start, String(connections)]
  await add('anillo, fetching alone', () => byProgram(core))
  for (const count of members) {
    const name = `anillo, ${count === 1 ? 'one member' : `${count} members`}`
    await add(name, () => crawlByRing({ members: count, connections, site }))
  }
  for (const peer of peersIn(peers)) {
    if (peer.missing === undefined) {
      await add(peer.name, () => byProgram(peer.command(site.start, connections)))
    } else print(`${peer.name} is not installed: ${peer.missing}`)
  }
  await rm(WGET_DIRECTORY, { recursive: true, force: true })
  print('')
  const slow = delayMs === 0 ? '' : `, ${delayMs} ms an answer`
  print(`${pages} pages of 20 KiB, ${connections} connections, no delay asked for${slow}`)
  print('')
  for (const line of table(HEADS, linesOf(rows))) print(line)
  print('')
}

const HEADS = ['', 'pages', 'twice', 'pages/s', 'of Scrapy', 'CPU s / 1,000', 'MiB']

function linesOf(rows: readonly Row[]): readonly (readonly string[])[] {
  const peer = rows.find(({ name }) => name === 'Scrapy')
  return rows.map((row) => {
    const { cpuSeconds, mib, name, pages, problem, twice } = row
    const ratio = peer === undefined ? '-' : `${(rateOf(row) / rateOf(peer)).toFixed(2)}x`
    return [
      problem === undefined ? name : `${name} (${problem})`,
      String(pages),
      String(twice),
      rateOf(row).toFixed(0),
      ratio,
      ((cpuSeconds / pages) * 1_000).toFixed(2),
      mib.toFixed(0),
    ]
  })
}

function rateOf({ pages, seconds }: Row): number {
  return pages / seconds
}

async function rowOf(
  name: string,
  { crawl, site }: { readonly crawl: () => Promise<Crawled>; readonly site: BenchSite },
): Promise<Row> {
  await site.again()
  const crawled = await crawl()
  const { pages, twice } = await site.counts()
  return { name, pages, twice, ...crawled }
}

async function byProgram(command: readonly string[]): Promise<Crawled> {
  const { cpuSeconds, exitCode, peakMib, seconds } = await timed(command)
  // wget answers 8 where one of many pages was missing, as robots.txt is here.
  const isDone = exitCode === 0 || exitCode === WGET_MISSED
  const ended = { seconds, cpuSeconds, mib: peakMib }
  return isDone ? ended : { ...ended, problem: `ended with ${exitCode}` }
}

const WGET_MISSED = 8
