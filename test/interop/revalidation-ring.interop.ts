/** A page that many ask for, that expires and that changes, over five members of a real ring. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import type { PageDiff, PageVersions } from '../../src/wire/api-pages.ts'
import type { Scrape } from '../../src/wire/api.ts'
import { RealRing } from '../process/ring.ts'

const MEMBERS = 5
const CLIENTS = 200
/** Longer than 200 questions take on a machine with other work to do. */
const MAX_AGE_S = 20

interface Answer {
  readonly status: number
  readonly isConditional: boolean
  readonly bodyBytes: number
}

/** Takes half a second, and counts; its text may change, and its tag with it. */
async function startTides() {
  const answers: Answer[] = []
  const site = { text: '<title>Tides</title><p>High water at four.' }
  const server = createServer((request, response) => {
    const tag = `"${Buffer.from(site.text).toString('hex').slice(-32)}"`
    const isConditional = request.headers['if-none-match'] !== undefined
    const isSame = request.headers['if-none-match'] === tag
    const body = isSame ? '' : site.text
    const status = isSame ? 304 : 200
    answers.push({ status, isConditional, bodyBytes: Buffer.byteLength(body) })
    const headers = { ETag: tag, 'Cache-Control': `max-age=${MAX_AGE_S}` }
    setTimeout(() => {
      response.writeHead(status, { ...headers, 'Content-Type': 'text/html; charset=utf-8' })
      response.end(body)
    }, 500)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    answers,
    site,
    url: `http://127.0.0.1:${port}/tides`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function askAnew(ring: RealRing, url: string): Promise<Scrape> {
  const answer = await ring.fetch(`${ring.door(1)}/v1/scrapes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ url, maxAge: 0 }),
  })
  return (await answer.json()) as Scrape
}

test('200 clients at five members: one GET; once it expired, one 304 without a body', async (t) => {
  await using tides = await startTides()
  await using ring = await RealRing.start({ members: MEMBERS })
  const all = (): Promise<readonly Scrape[]> =>
    Promise.all(Array.from({ length: CLIENTS }, (_, i) => ring.scrape(i % MEMBERS, tides.url)))
  const countOf = (scrapes: readonly Scrape[], how: Scrape['how']): number =>
    scrapes.filter((scrape) => scrape.how === how).length

  const beganMs = performance.now()
  const first = await all()
  const tookMs = performance.now() - beganMs
  t.diagnostic(`${CLIENTS} clients had it in ${Math.round(tookMs)} ms`)
  assert.deepEqual(
    tides.answers.map(({ status }) => status),
    [200],
  )
  assert.equal(countOf(first, 'fetched'), 1)

  await pause(MAX_AGE_S * 1_000)
  const again = await all()
  assert.deepEqual(tides.answers.slice(1), [{ status: 304, isConditional: true, bodyBytes: 0 }])
  assert.equal(countOf(again, 'revalidated'), 1)
  for (const { page } of again) assert.equal(page?.hash, first[0]?.page?.hash)

  tides.site.text = tides.site.text.replace('four', 'five')
  const changed = await askAnew(ring, tides.url)
  assert.equal(changed.how, 'fetched')
  assert.deepEqual(
    tides.answers.slice(2).map(({ status }) => status),
    [200],
  )
  const page = `${ring.door(3)}/v1/pages/${changed.id}`
  const versions = (await (await ring.fetch(`${page}/versions`)).json()) as PageVersions
  assert.equal(versions.items.length, 2)
  const diff = (await (await ring.fetch(`${page}/diff`)).json()) as PageDiff
  assert.deepEqual([diff.removed, diff.added], [1, 1])
  const old = await ring.fetch(`${page}/content?at=${first[0]?.page?.fetchedAt}`)
  assert.match(await old.text(), /four/)
})
