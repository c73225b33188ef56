import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import { MIB, SECOND_MS } from '../../src/base/limits.ts'
import type { Clock } from '../../src/effects/clock.ts'
import type { HttpClient } from '../../src/effects/http.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { platformDns } from '../../src/platform/dns.ts'
import { createPlatformHttp } from '../../src/platform/http.ts'
import { platformUnpack } from '../../src/platform/unpack.ts'
import { createAddressGate } from '../../src/services/scrape/fetch/address-gate.ts'
import { fetchPage, type FetchTools } from '../../src/services/scrape/fetch/fetch-page.ts'
import { canonicalUrl } from '../../src/services/scrape/urls/canonical-url.ts'
import { HOSTILE_CASES } from '../fixtures/hostile-cases.ts'
import { startHostileSite } from '../fixtures/hostile-site.ts'
import { refusalsPage } from './refusals-page.ts'

const RING_PORT = 4

/** So many times as fast as the real one. */
const SPEED = 20

/** A site that is slow takes seconds, not minutes. */
function quickTools(): FetchTools {
  const real = platformClock()
  const clock: Clock = {
    nowMs: () => real.nowMs() * SPEED,
    wallMs: () => real.wallMs(),
    after: (delayMs, run) => real.after(delayMs / SPEED, run),
    soon: (run) => real.soon(run),
  }
  return { ...tools, clock, http: quick(tools.http) }
}

function quick(http: HttpClient): HttpClient {
  return {
    request: (request) =>
      http.request({
        ...request,
        connectTimeoutMs: request.connectTimeoutMs / SPEED,
        headersTimeoutMs: request.headersTimeoutMs / SPEED,
      }),
  }
}

const tools: FetchTools = {
  clock: platformClock(),
  http: createPlatformHttp(),
  unpack: platformUnpack,
  gate: createAddressGate(platformDns, { allowLoopback: true, ownPorts: () => [RING_PORT] }),
  agent: 'anillo/0 (+test)',
}

/** What the asker is told: a code, or that the page is kept. */
async function told(url: string, using: FetchTools): Promise<string> {
  const signal = new AbortController().signal
  const order = { url: canonicalUrl(url), write: async () => undefined, progress: () => undefined }
  try {
    const { status } = await fetchPage({ ...order, signal }, using)
    return `kept ${status}`
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return thrown.code
  }
}

test('whatever a hostile site does is refused with its code, and leaves no connection', async () => {
  await using site = await startHostileSite({ ringPort: RING_PORT, dripMs: SECOND_MS / SPEED })
  const slow = quickTools()
  const got: Record<string, string> = {}
  for (const { isSlow = false, path } of HOSTILE_CASES) {
    got[path] = await told(site.origin + path, isSlow ? slow : tools)
    await site.quiet()
  }
  assert.deepEqual(got, Object.fromEntries(HOSTILE_CASES.map((one) => [one.path, one.told])))
})

test('a bomb of 261 KB is refused within a second of work, and takes less than 64 MiB', async () => {
  await using site = await startHostileSite()
  await told(`${site.origin}/bomb`, tools)
  const before = process.memoryUsage.rss()
  const from = process.cpuUsage()
  assert.equal(await told(`${site.origin}/bomb`, tools), 'FETCH_BOMB')
  // Of work: a busy machine may put it off.
  const { system, user } = process.cpuUsage(from)
  const tookMs = (system + user) / 1_000
  const grown = process.memoryUsage.rss() - before
  assert.ok(tookMs < SECOND_MS, `${Math.round(tookMs)} ms`)
  assert.ok(grown < 64 * MIB, `${Math.round(grown / MIB)} MiB`)
})

test('docs/spec/refusals.md is made of the cases', async () => {
  const page = await readFile(new URL('../../docs/spec/refusals.md', import.meta.url), 'utf8')
  assert.equal(page, refusalsPage(), 'write it: node test/scrape/refusals-page.ts')
})
