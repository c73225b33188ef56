import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import { startLinkedSite } from '../../../../test/fixtures/linked-site.ts'
import { closedPort, PAGE_HTML, plainText, startSite } from '../../../../test/fixtures/site.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { platformRandom } from '../../../platform/random.ts'
import type { Scrape } from '../../../wire/api.ts'
import { LEASE_MS, ORDER_TRIES_MAX } from '../limits.ts'
import { PageRing, type PageMember } from './page-ring.test-helper.ts'
import { PageTable } from './page-table.ts'
import { SITE_PREFIX } from './site-rows.ts'

const NEVER = new AbortController().signal
const WAIT_MS = 20_000
const LEAVE = { waitMs: WAIT_MS, beginWithinMs: WAIT_MS }

for (const when of ['after a change', 'at rest'])
  test(`scrape() by 50 askers at five members is one GET, and each sees the page (${when})`, async () => {
    await using site = await startSite()
    await using ring = await PageRing.start({ members: 5, isAtRest: when === 'at rest' })
    const url = `${site.origin}/held/1`
    const askers = Array.from({ length: 50 }, (_, i) => scrape(ring.members[i % 5], url))
    await site.asked('/held/1')
    site.release()
    const answers = await Promise.all(askers)
    assert.equal(site.count('/held/1'), 1)
    assert.equal(answers.filter((answer) => answer.how === 'fetched').length, 1)
    assert.equal(answers.filter((answer) => answer.how === 'coalesced').length, 49)
    for (const answer of answers) {
      assert.equal(answer.state, 'done')
      assert.equal(answer.page?.hash, sha256Hex(PAGE_HTML))
      assert.equal(answer.owner.id, ring.ownerOf(answer.id).self.id)
      assert.equal(answer.page?.fetchedBy.id, answer.owner.id)
    }
    for (const member of ring.members) assert.equal((await scrape(member, url)).how, 'hit')
    assert.equal(site.count('/held/1'), 1)
  })

test('scrape() answers running after its waiting time, find() then tells the end', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  const first = await scrape(ring.members[0], `${site.origin}/held/1`, { waitMs: 0 })
  assert.equal(first.state, 'running')
  assert.equal(first.how, 'fetched')
  assert.equal((await ring.members[1]?.pages.scraper.find(first.id, 0, NEVER))?.state, 'running')
  await site.asked('/held/1')
  site.release()
  const done = await ring.members[2]?.pages.scraper.find(first.id, WAIT_MS, NEVER)
  assert.equal(done?.state, 'done')
  assert.equal(done.url, `${site.origin}/held/1`)
})

test('scrape() with maxAge downloads anew only what is older, and 0 always', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const url = `${site.origin}/text`
  await scrape(ring.members[0], url)
  ring.clock.shiftMs = 100_000
  assert.equal((await scrape(ring.members[1], url, { maxAge: 200 })).age, 100)
  assert.equal(site.count('/text'), 1)
  site.text = 'changed'
  const anew = await scrape(ring.members[1], url, { maxAge: 50 })
  assert.equal(anew.how, 'fetched')
  assert.equal(anew.page?.hash, sha256Hex('changed'))
  assert.equal((await scrape(ring.members[0], url, { maxAge: 0 })).how, 'fetched')
  assert.equal(site.count('/text'), 3)
  assert.equal(await bodyAt(ring.members[0], anew.id), 'changed')
})

test('a held page stays readable while it is downloaded anew', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const url = `${site.origin}/held/1`
  const early = scrape(ring.members[0], url)
  await site.asked('/held/1')
  site.release()
  const { id } = await early
  const again = await scrape(ring.members[0], url, { maxAge: 0, waitMs: 0 })
  assert.equal(again.state, 'running')
  assert.equal(again.page?.hash, sha256Hex(PAGE_HTML))
  for (const member of ring.members) assert.equal(await bodyAt(member, id), PAGE_HTML)
  await site.asked('/held/1', 2)
  site.release()
  assert.equal((await ring.members[1]?.pages.scraper.find(id, WAIT_MS, NEVER))?.state, 'done')
})

test('scrape() keeps a failure, tells it, and asks the site again after a while or on request', async () => {
  const port = await closedPort()
  await using ring = await PageRing.start({ members: 3 })
  const url = `http://127.0.0.1:${String(port)}/text`
  const first = await scrape(ring.members[0], url)
  assert.equal(first.state, 'failed')
  assert.equal(first.failure?.code, 'FETCH_REFUSED')
  assert.equal(first.page, undefined)
  await using site = await startSite(port)
  assert.equal((await scrape(ring.members[1], url)).failure?.at, first.failure?.at)
  assert.equal(site.log.length, 0)
  ring.clock.shiftMs = 10_001
  assert.equal((await scrape(ring.members[1], url)).state, 'done')
  assert.equal(site.log.length, 1)
  const owner = ring.ownerOf(first.id)
  const told = owner.told('downloadFailed')[0]
  assert.equal(told?.code, 'FETCH_REFUSED')
  assert.deepEqual(told.details, first.failure?.details)
  assert.equal(owner.told('downloadFinished').length, 1)
  assert.equal(owner.told('downloadStarted').length, 2)
})

test('scrape() keeps the copy it has when a later attempt fails', async () => {
  await using ring = await PageRing.start({ members: 3 })
  const site = await startSite()
  const url = `${site.origin}/text`
  const first = await scrape(ring.members[0], url)
  await site.close()
  const failed = await scrape(ring.members[0], url, { maxAge: 0 })
  assert.equal(failed.state, 'failed')
  assert.equal(failed.page?.hash, first.page?.hash)
  assert.equal(await bodyAt(ring.members[1], first.id), 'plain')
  assert.equal((await scrape(ring.members[2], url)).state, 'done')
})

test('scrape() keeps bad statuses as pages, and forbidden addresses as failures', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  const missing = await scrape(ring.members[0], `${site.origin}/status/404`)
  assert.equal(missing.state, 'done')
  assert.equal(missing.page?.status, 404)
  const forbidden = await scrape(ring.members[1], 'http://169.254.169.254/latest/meta-data')
  assert.equal(forbidden.state, 'failed')
  assert.equal(forbidden.failure?.code, 'ADDRESS_FORBIDDEN')
})

test('scrape() throws what is wrong with the address itself, and downloads nothing', async () => {
  await using ring = await PageRing.start({ members: 1 })
  await assert.rejects(scrape(ring.members[0], 'ftp://example.org/'), (thrown) =>
    isAnilloError(thrown, 'URL_SCHEME'),
  )
  await assert.rejects(scrape(ring.members[0], 'http://['), (thrown) =>
    isAnilloError(thrown, 'URL_MALFORMED'),
  )
  assert.equal(await ring.members[0]?.pages.scraper.find('0'.repeat(64), 0, NEVER), undefined)
  assert.equal(await ring.members[0]?.pages.scraper.find('nonsense', 0, NEVER), undefined)
  assert.equal(await ring.members[0]?.pages.scraper.content('0'.repeat(64), NEVER), undefined)
})

test('a complete page outlives its owner and the successor without a second GET', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 5 })
  const url = `${site.origin}/file-8m`
  const { id } = await scrape(ring.members[0], url)
  for (let deaths = 0; deaths < 2; deaths++) {
    await ring.kill(ring.ownerOf(id))
    const asker = ring.known().find((member) => !member.life.signal.aborted)
    assert.equal((await scrape(asker, url)).how, 'hit')
    assert.equal(sha256Hex(await bytesAt(asker, id)), sha256Hex(plainText(8 * 1024 * 1024)))
  }
  assert.equal(site.log.length, 1)
})

test('an owner killed in mid-download is followed by another; no asker sees an error', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 5 })
  const url = `${site.origin}/held/1`
  const id = ring.members[0]?.pages.scraper.idOf(url) ?? ''
  const owner = ring.ownerOf(id)
  const askers = ring.members
    .filter((member) => member !== owner)
    .map((member) => scrape(member, url))
  await site.asked('/held/1')
  await ring.kill(owner)
  ring.clock.shiftMs += LEASE_MS
  await site.asked('/held/1', 2)
  site.release()
  for (const answer of await Promise.all(askers)) assert.equal(answer.state, 'done')
  assert.equal(site.count('/held/1'), 2)
})

test('an owner that is told to stop in mid-download ends at once and passes its askers on', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 4 })
  const url = `${site.origin}/held/1`
  const owner = ring.ownerOf(ring.members[0]?.pages.scraper.idOf(url) ?? '')
  const askers = ring.members
    .filter((member) => member !== owner)
    .map((member) => scrape(member, url))
  await site.asked('/held/1')
  await ring.stop(owner)
  await site.asked('/held/1', 2)
  site.release()
  for (const answer of await Promise.all(askers)) assert.equal(answer.state, 'done')
  assert.equal(site.count('/held/1'), 2)
})

test('an owner that stops answering is followed by another as soon as the ring says so', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 5 })
  const url = `${site.origin}/text`
  const { id } = await scrape(ring.members[0], url)
  const owner = ring.ownerOf(id)
  owner.isStopped = true
  const asker = ring.known().find((member) => member !== owner)
  // Young enough for nobody: the owner must be asked.
  const asked = scrape(asker, url, { maxAge: 0 })
  await owner.swallowed
  ring.forget(owner)
  assert.equal((await asked).how, 'fetched')
  assert.equal(site.log.length, 2)
})

for (const when of ['after a change', 'at rest'])
  test(`a member that joins in mid-download waits for the one that began it (${when})`, async () => {
    await using site = await startSite()
    await using ring = await PageRing.start({ members: 1, isAtRest: when === 'at rest' })
    const urls = Array.from({ length: 12 }, (_, i) => `${site.origin}/held/${String(i)}`)
    const early = urls.map((url) => scrape(ring.members[0], url))
    await Promise.all(urls.map((_, i) => site.asked(`/held/${String(i)}`)))
    const newcomer = await ring.join()
    const late = urls.map((url) => scrape(newcomer, url))
    assert.ok(urls.some((url) => ring.ownerOf(newcomer.pages.scraper.idOf(url)) === newcomer))
    site.release()
    for (const answer of await Promise.all([...early, ...late])) assert.equal(answer.state, 'done')
    assert.equal(site.log.length, 12)
  })

test('scrape() beyond slots and line is BUSY, at once; load() says so', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({
    members: 1,
    settings: { downloadsMax: 2, downloadsWaitingMax: 1 },
  })
  const [member] = ring.members
  assert.deepEqual(member?.pages.load(), { downloads: 0, downloadsMax: 2, busy: false })
  for (let i = 0; i < 3; i++)
    await scrape(member, `${site.origin}/held/${String(i)}`, { waitMs: 0 })
  await assert.rejects(scrape(member, `${site.origin}/held/3`), (thrown) =>
    isAnilloError(thrown, 'BUSY'),
  )
  assert.deepEqual(member?.pages.load(), { downloads: 2, downloadsMax: 2, busy: true })
  await site.asked('/held/1')
  site.release()
  await site.asked('/held/2')
  site.release()
  assert.equal((await scrape(member, `${site.origin}/held/2`)).state, 'done')
})

test('an asker that goes away leaves the download to the others', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const abort = new AbortController()
  const url = `${site.origin}/held/1`
  const gone = ring.members.map((member) =>
    member.pages.scraper.scrape({ url }, WAIT_MS, abort.signal),
  )
  await site.asked('/held/1')
  abort.abort()
  const ends = await Promise.allSettled(gone)
  assert.ok(ends.every((end) => end.status === 'rejected' || end.value.state === 'running'))
  site.release()
  assert.equal((await scrape(ring.members[0], url)).state, 'done')
  assert.equal(site.log.length, 1)
})

interface Asking {
  readonly maxAge?: number
  readonly waitMs?: number
}

function scrape(member: PageMember | undefined, url: string | undefined, asking: Asking = {}) {
  assert.ok(member !== undefined && url !== undefined)
  const request = asking.maxAge === undefined ? { url } : { url, maxAge: asking.maxAge }
  return member.pages.scraper.scrape(request, asking.waitMs ?? WAIT_MS, NEVER)
}

async function bytesAt(member: PageMember | undefined, id: string): Promise<Uint8Array> {
  const content = await member?.pages.scraper.content(id, NEVER)
  assert.ok(content !== undefined)
  const pieces: Uint8Array[] = []
  for await (const piece of content.body) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function bodyAt(member: PageMember | undefined, id: string): Promise<string> {
  return Buffer.from(await bytesAt(member, id)).toString()
}

test('an order that nobody waits for is brought by whoever follows its taker', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3 })
  const url = `${site.origin}/held/1`
  const id = ring.members[0]?.pages.scraper.idOf(url) ?? ''
  const owner = ring.ownerOf(id)
  const other = ring.members.find((member) => member !== owner)
  assert.equal((await scrape(other, url, { waitMs: 0 })).state, 'running')
  await site.asked('/held/1')
  await ring.kill(owner)
  ring.clock.shiftMs += LEASE_MS
  ring.forget(owner)
  await site.asked('/held/1', 2)
  site.release()
  assert.equal((await other?.pages.scraper.find(id, WAIT_MS, NEVER))?.state, 'done')
})

test('an order that ended its takers is given up', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 1 })
  const url = `${site.origin}/text`
  const id = ring.members[0]?.pages.scraper.idOf(url) ?? ''
  const { call, get, list, transact } = ring.store
  const table = new PageTable({
    store: { call, get, list, transact, chunks: ring.chunks },
    random: platformRandom(),
    self: 'm0',
  })
  ring.store.nowMs = ring.clock.wallMs()
  await table.order({ id, url, maxAgeMs: 0, atMs: 0, tries: ORDER_TRIES_MAX })
  while ((await table.orders(id.slice(0, 2))).length > 0) await setImmediate()
  assert.equal(site.log.length, 0)
})

test('of two that take themselves for the owner one keeps the page, and both show that', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2 })
  const url = `${site.origin}/held/1`
  const [first] = ring.members
  assert.ok(first !== undefined)
  const owner = ring.ownerOf(first.pages.scraper.idOf(url))
  const other = ring.members.find((member) => member !== owner)
  const early = scrape(owner, url)
  await site.asked('/held/1')
  // It hangs: its lease runs out, the ring goes on without it.
  ring.clock.shiftMs += LEASE_MS
  ring.forget(owner)
  const late = scrape(other, url)
  await site.asked('/held/1', 2)
  site.release()
  for (const answer of await Promise.all([early, late])) {
    assert.equal(answer.state, 'done')
    assert.equal(answer.page?.fetchedBy.id, other?.self.id)
  }
})

test('a download that is waited for is no order, and has no lease while the ring is at rest', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isAtRest: true })
  const url = `${site.origin}/held/1`
  const asked = scrape(ring.members[0], url)
  await site.asked('/held/1')
  const id = ring.members[0]?.pages.scraper.idOf(url) ?? ''
  const range = { table: 'pages', pk: id.slice(0, 2), limit: 10 }
  const rows = async () =>
    (await ring.store.list(range)).items
      .map(({ sk }) => sk)
      .filter((sk) => !sk.startsWith(SITE_PREFIX))
  assert.deepEqual(await rows(), [])
  site.release()
  assert.equal((await asked).state, 'done')
  assert.deepEqual(await rows(), [`page/${id}`])
})

test('a download at rest is lost to who kept the page before, and shows that', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2, isAtRest: true })
  const url = `${site.origin}/held/1`
  const owner = ring.ownerOf(ring.members[0]?.pages.scraper.idOf(url) ?? '')
  const early = scrape(owner, url, { maxAge: 60 })
  await site.asked('/held/1')
  // It hangs, and does not learn that the ring goes on without it.
  owner.watchers.clear()
  ring.forget(owner)
  const other = ring.members.find((member) => member !== owner)
  const late = scrape(other, url)
  await site.asked('/held/1', 2)
  site.release()
  const answers = await Promise.all([early, late])
  assert.equal(new Set(answers.map(({ page }) => page?.fetchedBy.id)).size, 1)
  assert.equal(site.count('/held/1'), 2)
})

test('visit() tells the links of what it downloads', async () => {
  await using site = await startLinkedSite(10)
  await using ring = await PageRing.start({ members: 3 })
  const url = `${site.origin}/p/1`
  for (const member of ring.members) {
    const { links } = await member.pages.scraper.visit({ url, maxAge: 0 }, LEAVE, NEVER)
    assert.ok(links?.some((link) => link.url === `${site.origin}/p/3` && !link.isResource))
  }
  const held = await ring.members[0]?.pages.scraper.visit({ url, maxAge: 60 }, LEAVE, NEVER)
  assert.equal(held?.how, 'hit')
  assert.equal(held.links, undefined)
})

test('visit() begins nothing late, nor while all slots are taken', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 1, settings: { downloadsMax: 1 } })
  const [member] = ring.members
  assert.ok(member)
  const visit = (path: string, beginWithinMs: number) =>
    member.pages.scraper.visit({ url: site.origin + path }, { ...LEAVE, beginWithinMs }, NEVER)
  const isBusy = (thrown: unknown): boolean => isAnilloError(thrown, 'BUSY')
  await assert.rejects(visit('/text', -1), isBusy)
  const held = scrape(member, `${site.origin}/held/1`)
  await site.asked('/held/1')
  await assert.rejects(visit('/text', WAIT_MS), isBusy)
  site.release()
  await held
  assert.equal((await visit('/text', WAIT_MS)).state, 'done')
  assert.equal(site.count('/text'), 1)
})

test('an order that waits in line goes to the member that owns its page by then', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({
    members: 1,
    settings: { downloadsMax: 1, downloadsWaitingMax: 50 },
  })
  const [asker] = ring.members
  assert.ok(asker)
  const paths = Array.from({ length: 20 }, (_, index) => `/held/line?${index}`)
  const first = `${site.origin}/held/first`
  await asker.pages.scraper.scrape({ url: first }, 0, NEVER)
  await site.asked('/held/first')
  for (const path of paths) {
    const answer: Scrape = await asker.pages.scraper.scrape({ url: site.origin + path }, 0, NEVER)
    assert.equal(answer.state, 'running')
  }
  const newcomer = await ring.join()
  const theirs = paths.filter(
    (path) => ring.ownerOf(asker.pages.scraper.idOf(site.origin + path)) === newcomer,
  )
  assert.ok(theirs.length > 0, 'the newcomer owns some of the pages that wait')
  for (const path of ['/held/first', ...paths]) void site.asked(path).then(() => site.release())
  await Promise.all(paths.map((path) => site.asked(path)))
  assert.equal(site.log.length, 1 + paths.length)
})
