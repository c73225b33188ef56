/**
 * The fetching of a crawl without a ring: what is fetched is hashed, its links are found, nothing
 * is kept. `URL CONNECTIONS`.
 */
import { platformClock } from '../../src/platform/clock.ts'
import { platformDns } from '../../src/platform/dns.ts'
import { createPlatformHttp } from '../../src/platform/http.ts'
import { platformUnpack } from '../../src/platform/unpack.ts'
import { createAddressGate } from '../../src/services/scrape/fetch/address-gate.ts'
import { fetchPage, type FetchTools } from '../../src/services/scrape/fetch/fetch-page.ts'
import { findLinks } from '../../src/services/scrape/links/links-to-follow.ts'
import { canonicalUrl, type CanonicalUrl } from '../../src/services/scrape/urls/canonical-url.ts'

const [start = '', connections = '32'] = process.argv.slice(2)
const seed = canonicalUrl(start)
const { origin } = new URL(seed)
const tools: FetchTools = {
  clock: platformClock(),
  http: createPlatformHttp(),
  unpack: platformUnpack,
  gate: createAddressGate(platformDns, { allowLoopback: true, ownPorts: () => [] }),
  agent: 'anillo (a measurement)',
}
const known = new Set<CanonicalUrl>([seed])
const queue: CanonicalUrl[] = [seed]
const { signal } = new AbortController()

async function visit(url: CanonicalUrl): Promise<void> {
  const pieces: Uint8Array[] = []
  const write = async (piece: Uint8Array): Promise<void> => void pieces.push(piece.slice())
  const page = await fetchPage({ url, write, progress: () => undefined, signal }, tools)
  for (const link of await findLinks(page, pieces)) {
    const found = canonicalUrl(link.url)
    if (known.has(found) || !found.startsWith(`${origin}/`)) continue
    known.add(found)
    queue.push(found)
  }
}

/** One of so many at once, until nothing is left and nobody can find more. */
let busy = 0
async function worker(): Promise<void> {
  for (;;) {
    const url = queue.shift()
    if (url === undefined) {
      if (busy === 0) return
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    busy++
    await visit(url).finally(() => busy--)
  }
}

await Promise.all(Array.from({ length: Number(connections) }, worker))
process.exit(0)
