/** The site that is crawled, as a measurement sees it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('site-main.ts', import.meta.url))

export interface SiteCounts {
  readonly pages: number
  /** Requests for pages that were asked for before. */
  readonly twice: number
  readonly sinceLastMs: number
  /** For anything. */
  readonly requests: number
}

export interface BenchSite extends AsyncDisposable {
  readonly origin: string
  /** Every page is reachable from there. */
  readonly start: string
  counts(): Promise<SiteCounts>
  /** Nothing was asked for. */
  again(): Promise<void>
}

export interface BenchSiteOptions {
  /** Before an answer. */
  readonly delayMs?: number
  /** So many more addresses stand in its sitemaps. */
  readonly listed?: number
}

export async function startBenchSite(
  pages: number,
  { delayMs = 0, listed = 0 }: BenchSiteOptions = {},
): Promise<BenchSite> {
  const args = [MAIN, String(pages), String(delayMs), String(listed)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  const origin = `http://127.0.0.1:${port.toString().trim()}`
  return {
    origin,
    start: `${origin}/p/0`,
    counts: async () => (await (await fetch(`${origin}/_counts`)).json()) as SiteCounts,
    again: async () => {
      await (await fetch(`${origin}/_again`)).arrayBuffer()
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
