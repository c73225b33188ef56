import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startSite } from '../../../../test/fixtures/site.ts'
import { present } from '../../../base/assert.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { TestimonyVerdict } from '../../../wire/api-testimony.ts'
import type { Scrape } from '../../../wire/api.ts'
import { PageRing, type PageMember } from '../pages/page-ring.test-helper.ts'
import { verdictOn } from './verdict.ts'

const NEVER = new AbortController().signal
const WAIT_MS = 20_000

interface Asked {
  readonly witnesses: number
  readonly maxAge?: number
  readonly vantage?: string
}

function scrape(ring: PageRing, url: string, asked: Asked): Promise<Scrape> {
  const [member] = ring.members
  return present(member, 'a member').pages.scraper.scrape({ url, ...asked }, WAIT_MS, NEVER)
}

async function testimonyOf(ring: PageRing, id: string): Promise<string | undefined> {
  return ring.members[0]?.pages.archive.testimony(id, undefined)
}

async function verdictAt(ring: PageRing, id: string): Promise<TestimonyVerdict> {
  return verdictOn(present(await testimonyOf(ring, id), 'a testimony'), ring.crypto)
}

test('scrape() with witnesses has so many members of different hosts see the page', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 5, isCertified: true })
  const url = `${site.origin}/text`
  for (const [at, member] of ring.members.entries()) member.host = `host-${String(at % 3)}`
  const answer = await scrape(ring, url, { witnesses: 3 })
  assert.equal(answer.state, 'done')
  assert.equal(site.count('/text'), 3)
  const { agree, asked, told } = present(answer.page?.witnesses, 'witnesses')
  assert.deepEqual([asked, told, agree], [3, 3, 3])
  const verdict = await verdictAt(ring, answer.id)
  assert.deepEqual(verdict.problems, [])
  assert.equal(verdict.url, url)
  const seenBy = verdict.witnesses.map(({ member }) => member)
  assert.equal(seenBy[0], ring.ownerOf(answer.id).self.id, 'the first is whose copy is kept')
  const hosts = seenBy.map((id) => ring.members.find(({ self }) => self.id === id)?.host)
  assert.equal(new Set(hosts).size, 3)
  assert.equal(verdict.witnesses[0]?.contentSha256, sha256Hex(site.text))
})

test('scrape() with witnesses and a vantage is refused, and asks the site for nothing', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const [member] = ring.members
  const vantage = present(member, 'a member').self.name
  await assert.rejects(scrape(ring, `${site.origin}/text`, { witnesses: 2, vantage }), {
    code: 'BAD_REQUEST',
    details: {
      problem: '“vantage” and “witnesses” exclude each other: each witness asks by its own network',
      field: 'vantage',
    },
  })
  assert.equal(site.count('/text'), 0)
})

test('scrape() with witnesses begins their requests a second apart', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const answer = await scrape(ring, `${site.origin}/text`, { witnesses: 3 })
  const { witnesses } = await verdictAt(ring, answer.id)
  const times = witnesses.map(({ asked }) => Date.parse(asked))
  // Clocks tell whole milliseconds, and a download some of its own.
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  assert.ok(
    gaps.every((gap) => gap > 900 && gap < 5_000),
    String(gaps),
  )
})

test('scrape() with witnesses is answered by a testimony that is young enough', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const url = `${site.origin}/text`
  const plain = await ring.members[0]?.pages.scraper.scrape({ url }, WAIT_MS, NEVER)
  assert.equal(plain?.page?.witnesses, undefined)
  assert.equal((await scrape(ring, url, { witnesses: 2, maxAge: 60 })).how, 'fetched')
  assert.equal((await scrape(ring, url, { witnesses: 2, maxAge: 60 })).how, 'hit')
  assert.equal(site.count('/text'), 3)
  assert.equal((await scrape(ring, url, { witnesses: 3, maxAge: 60 })).page?.witnesses?.asked, 3)
  assert.equal(site.count('/text'), 6)
})

test('a witness that dies in the middle is replaced by another', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 4, isCertified: true })
  const url = `${site.origin}/held/1`
  const asked = scrape(ring, url, { witnesses: 3 })
  await site.asked('/held/1', 3)
  const owner = ring.members.find((member) => member.self.id === ownerId(ring, url))
  const witness = ring.members.find(
    (member) => member !== owner && member !== ring.members[0] && isDownloading(member),
  )
  await ring.kill(present(witness, 'a member that downloads'))
  await site.asked('/held/1', 4)
  site.release()
  const answer = await asked
  const { agree, told } = present(answer.page?.witnesses, 'witnesses')
  assert.deepEqual([told, agree], [3, 3])
  const verdict = await verdictAt(ring, answer.id)
  assert.deepEqual(verdict.problems, [])
  assert.ok(verdict.witnesses.every(({ member }) => member !== witness?.self.id))
})

test('scrape() tells where fewer members can see the page than were asked for', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const url = `${site.origin}/text`
  const other = ring.members.find(
    (member) => member !== ring.members[0] && member.self.id !== ownerId(ring, url),
  )
  await ring.kill(present(other, 'a third member'))
  const answer = await scrape(ring, url, { witnesses: 3 })
  const { agree, asked, told } = present(answer.page?.witnesses, 'witnesses')
  assert.deepEqual([asked, told, agree], [3, 2, 2])
  const verdict = await verdictAt(ring, answer.id)
  assert.deepEqual(verdict.problems, [])
  assert.equal(verdict.isMajority, true)
})

test('members that see different contents are told, and what is kept is the first', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const answer = await scrape(ring, `${site.origin}/different`, { witnesses: 3 })
  const { agree, told } = present(answer.page?.witnesses, 'witnesses')
  assert.deepEqual([told, agree], [3, 1])
  const { hash, bytes } = present(answer.page, 'a page')
  const text = present(await testimonyOf(ring, answer.id), 'a testimony')
  const verdict = verdictOn(text, ring.crypto, { content: { sha256: hash, bytes } })
  assert.deepEqual(verdict.problems, [])
  assert.equal(verdict.contentGroup, 0)
  assert.equal(verdict.isMajority, false)
  assert.equal(new Set(verdict.witnesses.map(({ group }) => group)).size, 3)
})

test('a site that asks to be left alone is asked by no further witness', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const answer = await scrape(ring, `${site.origin}/status/429`, { witnesses: 3 })
  assert.equal(answer.page?.status, 429)
  assert.equal(site.count('/status/429'), 1)
  assert.equal(answer.page.witnesses?.told, 1)
})

test('a testimony stays with its version, and goes with it', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2, isCertified: true })
  const url = `${site.origin}/text`
  const first = await scrape(ring, url, { witnesses: 2 })
  const told = await testimonyOf(ring, first.id)
  assert.notEqual(told, undefined)
  const { archive, scraper } = present(ring.members[0], 'a member').pages
  ring.clock.shiftMs = 5_000
  const same = await scraper.scrape({ url, maxAge: 0 }, WAIT_MS, NEVER)
  assert.deepEqual(same.page?.witnesses, first.page?.witnesses, 'the same content again')
  site.text = 'another'
  ring.clock.shiftMs = 10_000
  const next = await scraper.scrape({ url, maxAge: 0 }, WAIT_MS, NEVER)
  assert.equal(next.page?.witnesses, undefined)
  assert.equal(await testimonyOf(ring, first.id), undefined)
  const since = present(first.page?.since, 'an instant')
  assert.equal(await archive.testimony(first.id, since), told)
  assert.equal(await archive.remove(first.id), 2)
  assert.equal(await archive.testimony(first.id, since), undefined)
  const place = { table: 'pages', pk: first.id.slice(0, 2) }
  const left = await ring.store.list({ ...place, prefix: 'testimony/', limit: 10 })
  assert.deepEqual(left.items, [])
})

test('who asks for witnesses waits for a download that has none, or is told to come again', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 2, isCertified: true })
  const url = `${site.origin}/held/1`
  const { scraper } = present(ring.members[0], 'a member').pages
  const plain = scraper.scrape({ url }, WAIT_MS, NEVER)
  await site.asked('/held/1')
  await assert.rejects(scraper.scrape({ url, witnesses: 2 }, 0, NEVER), { code: 'BUSY' })
  const waiting = scraper.scrape({ url, witnesses: 2 }, WAIT_MS, NEVER).catch(() => undefined)
  site.release()
  assert.equal((await plain).page?.witnesses, undefined)
  await site.asked('/held/1', 2)
  site.release()
  await site.asked('/held/1', 3)
  site.release()
  assert.equal((await waiting)?.page?.witnesses?.told, 2)
})

test('a page that cannot be had has no testimony', async () => {
  await using site = await startSite()
  await using ring = await PageRing.start({ members: 3, isCertified: true })
  const answer = await scrape(ring, `${site.origin}/broken/short`, { witnesses: 2 })
  assert.equal(answer.state, 'failed')
  assert.equal(await testimonyOf(ring, answer.id), undefined)
})

function ownerId(ring: PageRing, url: string): string {
  const id = present(ring.members[0], 'a member').pages.scraper.idOf(url)
  return ring.ownerOf(id).self.id
}

function isDownloading({ pages }: PageMember): boolean {
  return pages.load().downloads > 0
}
