/** Pages that are drawn, over whole simulated members with virtual browsers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { referenceKey } from '../../src/store/chunks/rows.ts'
import type { Scrape } from '../../src/wire/api.ts'
import { partitionOfHash } from '../../src/wire/partition.ts'
import { SITE, SimulatedRing, type SimulatedMember } from './simulated-ring.test-helper.ts'

const URL = `${SITE}/tides`
const IMAGE = `${SITE}/wave.png`
const WAIT_MS = 30_000
const WITHIN_MS = 120_000
const NEVER = new AbortController().signal

interface Trial {
  readonly ring: SimulatedRing
  readonly at: (index: number) => NonNullable<SimulatedMember['running']>
  readonly within: <T>(asked: Promise<T>, what: string) => Promise<T>
  readonly render: (index: number, maxAge?: number) => Promise<Scrape>
}

async function trial(seed: number, hasBrowser?: (index: number) => boolean): Promise<Trial> {
  const ring = await SimulatedRing.start(seed, 3, 3, hasBrowser)
  ring.world.sites.page(URL, {
    headers: [['Content-Type', 'text/html']],
    body: Buffer.from('<title>Tides</title><img src="/wave.png">'),
  })
  const headers = [['Content-Type', 'image/png']] as const
  ring.world.sites.page(IMAGE, { headers, body: Buffer.from('wave') })
  const at: Trial['at'] = (index) => present(ring.members[index]?.running, 'it runs')
  const within: Trial['within'] = (asked, what) => ring.world.settle(asked, what, WITHIN_MS)
  const render: Trial['render'] = (index, maxAge) => {
    const request = { url: URL, render: true, ...(maxAge === undefined ? {} : { maxAge }) }
    return within(at(index).renders.scrape(request, WAIT_MS, NEVER), 'the render')
  }
  return { ring, at, within, render }
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece.slice())
  return Buffer.concat(all).toString()
}

test('a page is drawn once for all who ask, kept beside its version, and read anywhere', async () => {
  const { at, render, ring, within } = await trial(1)
  const asked = [0, 1, 2].map((index) =>
    at(index).renders.scrape({ url: URL, render: true }, WAIT_MS, NEVER),
  )
  const scrapes = await within(Promise.all(asked), 'three renders')
  const renders = scrapes.map(({ page }) => present(page?.render, 'a render'))
  assert.equal(new Set(renders.map(({ at: when }) => when)).size, 1)
  const [first] = renders
  assert.deepEqual([first?.requests, first?.refused, first?.failed], [2, 0, 0])
  const later = present((await render(2)).page?.render, 'a render')
  assert.equal(later.at, first?.at, 'what was drawn is an answer')
  const { id } = present(scrapes[0], 'an answer')
  const drawn = await within(at(1).renders.at(id, undefined, NEVER), 'what was drawn')
  const kept = present(drawn?.kept, 'a render')
  const document = await within(textOf(kept.html()), 'its document')
  assert.match(document, /drawn, with 1 images/)
  assert.equal(sha256Hex(Buffer.from(document)), first?.hash)
  const picture = await within(textOf(present(kept.screenshot(), 'a picture')), 'its picture')
  assert.equal(sha256Hex(Buffer.from(picture)), first?.screenshot?.hash)
  const wave = await within(at(0).scraper.find(at(0).scraper.idOf(IMAGE), 0, NEVER), 'the image')
  assert.equal(wave?.page?.status, 200, 'what it asked for is kept')
  await ring.world.pass(1)
})

test('maxAge draws anew, a new version is drawn by itself, and the older one stays', async () => {
  const { at, render, ring, within } = await trial(2)
  const first = present((await render(0)).page, 'the page')
  await ring.world.pass(5_000)
  const again = present((await render(1, 0)).page, 'the page')
  assert.ok(present(again.render, 'again').at > present(first.render, 'first').at)
  assert.equal(again.render?.since, first.render?.since)
  ring.world.sites.page(URL, {
    headers: [['Content-Type', 'text/html']],
    body: Buffer.from('<title>Ebb</title>'),
  })
  const other = present((await render(0, 0)).page, 'the page')
  assert.equal(other.render?.title, 'Ebb')
  const older = await within(
    at(2).renders.at(first.id, present(first.since, 'since'), NEVER),
    'the older',
  )
  assert.equal(older?.kept?.render.title, 'Tides')
})

test('a page that is taken away takes what was drawn of it along, with its chunks', async () => {
  const { at, render, ring, within } = await trial(3)
  const { id, render: drawn } = present((await render(0)).page, 'the page')
  const { since, screenshot } = present(drawn, 'a render')
  const hash = present(screenshot, 'a picture').hash
  const isReferred = (): boolean => {
    const replica = at(0).store.host.replica(partitionOfHash(hash))
    return (
      present(replica, 'a replica').get(referenceKey(hash, `render/${id}/${since}`)) !== undefined
    )
  }
  await ring.world.pass(1_000)
  assert.equal(isReferred(), true)
  await within(at(1).archive.remove(id), 'the removal')
  await ring.world.pass(1_000)
  assert.equal(isReferred(), false)
  assert.equal(await within(at(2).renders.at(id, undefined, NEVER), 'what is left'), undefined)
})

test('what is no HTML fails, is told again for a while, and leaves the page', async () => {
  const { at, within } = await trial(4)
  const request = { url: IMAGE, render: true }
  const failed = await within(at(0).renders.scrape(request, WAIT_MS, NEVER), 'the answer')
  assert.deepEqual([failed.state, failed.failure?.code], ['failed', 'RENDER_FAILED'])
  assert.equal(failed.page?.status, 200)
  const again = await within(at(1).renders.scrape(request, WAIT_MS, NEVER), 'the answer')
  assert.equal(again.failure?.at, failed.failure?.at)
})

test('members without a browser have the page drawn by the one that has', async () => {
  const { at, render, ring, within } = await trial(5, (index) => index === 1)
  // They tell each other of themselves.
  await ring.world.pass(5_000)
  const scrapes = [await render(0), await render(2, 0)]
  const by = scrapes.map(({ page }) => present(page?.render, 'a render').by)
  assert.deepEqual(by, ['member-2', 'member-2'])
  const { browser } = present(
    (await within(at(0).view.ring(), 'the ring')).members.find(({ name }) => name === 'member-2'),
    'the member',
  )
  assert.equal(browser, 'virtual')
})

test('a ring without a browser says so, and downloads nothing', async () => {
  const { at, within } = await trial(6, () => false)
  const asked = at(0).renders.scrape({ url: URL, render: true }, WAIT_MS, NEVER)
  await assert.rejects(within(asked, 'a refusal'), (thrown) => {
    return isAnilloError(thrown, 'RENDER_UNAVAILABLE')
  })
  const { scraper } = at(0)
  assert.equal(await within(scraper.find(scraper.idOf(URL), 0, NEVER), 'the page'), undefined)
})

test('a crawl follows links that scripts make, and its browser keeps to the delay', async () => {
  const { at, ring, within } = await trial(7)
  const { sites } = ring.world
  const page = (path: string, body: string): void => {
    const headers = [['Content-Type', 'text/html']] as const
    sites.page(SITE + path, { headers, body: Buffer.from(body) })
  }
  sites.page(`${SITE}/robots.txt`, {
    headers: [['Content-Type', 'text/plain']],
    body: Buffer.from('User-agent: *\nDisallow: /secret.png'),
  })
  const images = '<img src=/one.png><img src=/two.png><img src=/secret.png>'
  page('/app', `<script type=text/virtual>${images}<a href=/made>made</a></script>`)
  page('/made', 'made')
  for (const path of ['/one.png', '/two.png', '/secret.png']) {
    const headers = [['Content-Type', 'image/png']] as const
    sites.page(SITE + path, { headers, body: Buffer.from(path) })
  }
  const { crawls } = at(1)
  const request = { seeds: [`${SITE}/app`], render: true, resources: false, delay: 2 }
  const { id } = await within(crawls.start(request, { by: undefined }), 'the crawl')
  const isOver = async (): Promise<boolean> => {
    const crawl = await within(crawls.get(id), 'how it stands')
    return crawl?.state === 'done'
  }
  for (let tries = 0; !(await isOver()); tries++) {
    assert.ok(tries < 100, 'it ends')
    await ring.world.pass(1_000)
  }
  const { items } = await within(crawls.urls(id, { limit: 10 }), 'its addresses')
  const asked = sites.visits
  const ends = items.map(({ code, state, url }) => `${url.slice(SITE.length)} ${code ?? state}`)
  assert.deepEqual(ends.toSorted(), ['/app done', '/made done'])
  assert.deepEqual(
    asked.map(({ url }) => url.slice(SITE.length)),
    ['/robots.txt', '/app', '/one.png', '/two.png', '/made'],
  )
  const gaps = asked.slice(1).map(({ atMs }, index) => atMs - (asked[index]?.atMs ?? 0))
  assert.ok(
    gaps.every((gapMs) => gapMs >= 1_990),
    String(gaps),
  )
  const drawn = await within(
    at(0).renders.at(at(0).scraper.idOf(`${SITE}/app`), undefined, NEVER),
    'it',
  )
  assert.deepEqual(drawn?.kept?.render.refusals, [{ url: `${SITE}/secret.png`, why: 'robots' }])
})
