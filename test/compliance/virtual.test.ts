/** The virtual effects under the suites that those of the operating system pass too. */
import type { VirtualSites } from '../../sim/world/sites.ts'
import { World } from '../../sim/world/world.ts'
import { utf8 } from '../../src/base/bytes.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { browserSuite } from './browser.ts'
import { cipherSuite } from './cipher.ts'
import { clockSuite } from './clock.ts'
import { cryptoSuite, memberSignaturesSuite } from './crypto.ts'
import { databaseSuite } from './database.ts'
import { datagramSuite } from './datagrams.ts'
import { diskSuite } from './disk.ts'
import { gzipSuite } from './gzip.ts'
import { netSuite } from './net.ts'
import { passwordSuite } from './passwords.ts'
import { randomSuite } from './random.ts'
import { signingSuite } from './signing.ts'
import { dnsSuite, httpSuite, SITE_PAGES, unpackSuite } from './sites.ts'
import type { Subject } from './subject.ts'
import { tasks } from './tasks.ts'
import { workersSuite } from './workers.ts'

const SEED = 20_261_121
const WITHIN_MS = 600_000

const SITE = {
  origin: 'http://site.test:8080',
  address: '203.0.113.7',
  deadOrigin: 'http://site.test:8081',
}

function openSite(sites: VirtualSites): void {
  sites.name('site.test', SITE.address)
  sites.page(`${SITE.deadOrigin}/page`, { refuses: true })
  for (const [path, { status, headers, body }] of Object.entries(SITE_PAGES)) {
    const answer = { status, headers, body: utf8(body) }
    const breaks = path === '/broken' ? { breaksAfterBytes: body.length / 2 } : {}
    const silent = path === '/silent' ? { delayMs: WITHIN_MS } : {}
    sites.page(`${SITE.origin}${path}`, { ...answer, ...breaks, ...silent })
  }
}

async function make(): Promise<Subject<keyof Effects>> {
  const world = new World({ seed: SEED, tasks })
  openSite(world.sites)
  return {
    effects: world.machine().effects(),
    run: (body) => world.settle(body(), 'the test', WITHIN_MS),
    close: async () => {},
  }
}

const suite = { world: 'virtual', make }

browserSuite(suite)
clockSuite(suite)
cipherSuite(suite)
passwordSuite(suite)
signingSuite(suite)
randomSuite(suite)
diskSuite(suite)
databaseSuite(suite)
netSuite(suite)
dnsSuite(suite)
httpSuite(suite, () => SITE)
unpackSuite(suite)
gzipSuite(suite)
datagramSuite(suite)
cryptoSuite(suite)
memberSignaturesSuite(suite)
workersSuite(suite)
