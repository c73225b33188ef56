import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startSite, type Site } from '../../../../test/fixtures/site.ts'
import { present } from '../../../base/assert.ts'
import { DAY_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { Scrape } from '../../../wire/api.ts'
import { headerOf } from '../fetch/http-message.ts'
import { FAILURE_FRESH_MS } from '../limits.ts'
import { PageRing, type PageMember } from './page-ring.test-helper.ts'

const NEVER = new AbortController().signal
const WAIT_MS = 20_000

function scrape(member: PageMember | undefined, url: string, maxAge?: number): Promise<Scrape> {
  const { scraper } = present(member, 'a member').pages
  return scraper.scrape(maxAge === undefined ? { url } : { url, maxAge }, WAIT_MS, NEVER)
}

async function bodyAt(member: PageMember | undefined, id: string): Promise<string> {
  const { scraper } = present(member, 'a member').pages
  const content = present(await scraper.content(id, NEVER), 'the page')
  const pieces: Uint8Array[] = []
  for await (const piece of content.body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** As often as the site was asked for all of it, and whether it changed. */
function conditionsAt(site: Site, path: string): unknown {
  return site.headersOf(path)?.['if-none-match']
}

test('scrape() by 200 askers at five members is one GET, and one condition after it expired', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 5 })
  const url = `${site.origin}/tagged/held`
  const all = (): Promise<Scrape[]> =>
    Promise.all(Array.from({ length: 200 }, (_, i) => scrape(ring.members[i % 5], url)))
  const first = await all()
  assert.equal(site.log.length, 1)
  assert.equal(conditionsAt(site, '/tagged/held'), undefined)
  assert.equal((await scrape(ring.members[3], url)).how, 'hit')
  ring.clock.shiftMs = MINUTE_MS
  const asked = all()
  await site.asked('/tagged/held', 2)
  site.release()
  const again = await asked
  assert.equal(site.log.length, 2)
  assert.equal(
    conditionsAt(site, '/tagged/held'),
    headerOf(present(first[0]?.page, 'it').headers, 'etag'),
  )
  const hows = again.map(({ how }) => how)
  assert.equal(hows.filter((how) => how === 'revalidated').length, 1)
  assert.equal(hows.filter((how) => how === 'coalesced').length, 199)
  for (const { page } of again) assert.equal(page?.hash, first[0]?.page?.hash)
  const owner = ring.ownerOf(present(first[0], 'an answer').id)
  assert.equal(owner.told('revalidated').length, 1)
  assert.equal(owner.told('downloadFinished').length, 1)
})

test('a 304 renews the copy and its headers, and is no version', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  for (const kind of ['strong', 'weak']) {
    const url = `${site.origin}/tagged/${kind}`
    const before = await scrape(ring.members[0], url)
    ring.clock.shiftMs += MINUTE_MS
    const after = await scrape(ring.members[1], url)
    assert.equal(after.how, 'revalidated')
    const [old, page] = [present(before.page, 'a page'), present(after.page, 'a page')]
    assert.ok(Date.parse(page.fetchedAt) >= Date.parse(old.fetchedAt) + MINUTE_MS)
    assert.equal(page.since, old.fetchedAt)
    assert.equal(headerOf(page.headers, 'x-again'), 'yes')
    assert.equal(headerOf(page.headers, 'content-type'), 'text/plain')
    assert.equal(page.status, 200)
    assert.equal(await bodyAt(ring.members[2], after.id), 'plain')
    const { archive } = present(ring.members[0], 'a member').pages
    assert.equal((await archive.versions(after.id)).items.length, 1)
    // It is fresh again, by what the 304 said.
    assert.equal((await scrape(ring.members[2], url)).how, 'hit')
    assert.equal(site.count(`/tagged/${kind}`), 2)
  }
})

test('scrape() with maxAge 0 asks the site whether it changed, and a changed page is a version', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  const url = `${site.origin}/tagged/strong`
  const { id } = await scrape(ring.members[0], url)
  assert.equal((await scrape(ring.members[1], url, 0)).how, 'revalidated')
  site.text = 'changed'
  const changed = await scrape(ring.members[2], url, 0)
  assert.equal(changed.how, 'fetched')
  assert.equal(changed.page?.isRevalidated, undefined)
  assert.notEqual(conditionsAt(site, '/tagged/strong'), undefined)
  assert.equal(await bodyAt(ring.members[0], id), 'changed')
  const { archive } = present(ring.members[1], 'a member').pages
  assert.equal((await archive.versions(id)).items.length, 2)
})

test('scrape() without maxAge takes what the site calls fresh, else asks it', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  const tagged = `${site.origin}/tagged/strong`
  const silent = `${site.origin}/text`
  for (const url of [tagged, silent]) await scrape(ring.members[0], url)
  ring.clock.shiftMs = MINUTE_MS - 5_000
  assert.equal((await scrape(ring.members[1], tagged)).how, 'hit')
  ring.clock.shiftMs = MINUTE_MS
  assert.equal((await scrape(ring.members[1], tagged)).how, 'revalidated')
  // Who names an age asks for what is held, whatever the site says.
  ring.clock.shiftMs = 10 * MINUTE_MS
  assert.equal((await scrape(ring.members[2], tagged, 3_600)).how, 'hit')
  // A site that says nothing: a day.
  ring.clock.shiftMs = DAY_MS - MINUTE_MS
  assert.equal((await scrape(ring.members[1], silent)).how, 'hit')
  ring.clock.shiftMs = DAY_MS
  assert.equal((await scrape(ring.members[1], silent)).how, 'fetched')
  assert.equal(site.headersOf('/text')?.['if-none-match'], undefined)
})

test('scrape() asks a site in trouble again after a moment', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const url = `${site.origin}/status/503`
  await scrape(ring.members[0], url)
  assert.equal((await scrape(ring.members[1], url)).how, 'hit')
  ring.clock.shiftMs = FAILURE_FRESH_MS
  assert.equal((await scrape(ring.members[1], url)).how, 'fetched')
})

test('a 304 to a question without a condition is a failure', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const answer = await scrape(ring.members[0], `${site.origin}/tagged/unasked`)
  assert.equal(answer.state, 'failed')
  assert.equal(answer.failure?.code, 'FETCH_BROKEN')
})

test('a 304 that speaks of other content is not believed: the page is fetched', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const url = `${site.origin}/tagged/lying`
  await scrape(ring.members[0], url)
  const again = await scrape(ring.members[1], url, 0)
  assert.equal(again.how, 'fetched')
  assert.equal(site.count('/tagged/lying'), 3)
  assert.equal(conditionsAt(site, '/tagged/lying'), undefined)
})

test('a tag that is too long is not sent', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const url = `${site.origin}/tagged/long`
  await scrape(ring.members[0], url)
  assert.equal((await scrape(ring.members[1], url, 0)).how, 'fetched')
  assert.equal(conditionsAt(site, '/tagged/long'), undefined)
})

test('a 304 whose copy was taken away meanwhile is not kept: the page is fetched', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  const url = `${site.origin}/tagged/held`
  const { id } = await scrape(ring.members[0], url)
  const asked = scrape(ring.members[1], url, 0)
  await site.asked('/tagged/held', 2)
  const { archive } = present(ring.members[2], 'a member').pages
  assert.equal(await archive.remove(id), 1)
  site.release()
  const answer = await asked
  assert.equal(answer.how, 'fetched')
  assert.equal(answer.page?.since, answer.page?.fetchedAt)
  assert.equal(site.count('/tagged/held'), 3)
  assert.equal(await bodyAt(ring.members[0], id), 'plain')
})
