import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { InjectOptions } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { Crawls } from '../../../services/scrape/crawl/crawls.ts'
import type { Crawl } from '../../../wire/api-crawls.ts'
import type { FeedItem, FeedPage } from '../../../wire/api-feed.ts'
import type { Glance } from '../../../wire/api-glance.ts'
import { bearer } from '../entrance.test-helper.ts'
import { askedDoor } from '../entrance.test-helper.ts'
import { CRAWL, fakeDoor } from '../fakes.test-helper.ts'
import { mergedFeed } from './merging.ts'
import type { FeedSource } from './sources.ts'

const ASKER = {
  dweeter: { nick: 'ana', isModerator: false },
  fileUser: { nick: 'ana', isManager: false, mayWrite: true, groups: [] },
}

async function door(crawls: Partial<Crawls> = {}) {
  const opened = await askedDoor({
    more: { crawls: { ...fakeDoor().crawls, ...crawls } as Crawls },
  })
  const [ana, ben] = ['ana', 'ben'].map((nick) => bearer(opened.accounts.person(nick, 'member')))
  const as =
    (headers: typeof ana) =>
    (asked: InjectOptions): ReturnType<typeof opened.ask> =>
      opened.ask({ ...asked, headers: { ...headers, ...asked.headers } })
  return { ...opened, asAna: as(ana), asBen: as(ben) }
}

const feed = async (
  ask: Awaited<ReturnType<typeof door>>['asAna'],
  more = '',
): Promise<FeedPage> => {
  const answer = await ask({ url: `/v1/feed${more}` })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}

test('the feed has what happened to whoever asks, and nothing of what happened to others', async () => {
  const all: readonly Crawl[] = [
    { ...CRAWL, id: 'b'.repeat(32), by: 'ana', endedAt: instant(5_000) },
    { ...CRAWL, id: 'c'.repeat(32), by: 'ben', endedAt: instant(6_000) },
  ]
  const ended: Crawls['ended'] = async (by) => ({ items: all.filter((one) => one.by === by) })
  await using at = await door({ ended })
  const payload = { text: 'hello @ana' }
  assert.equal((await at.asBen({ method: 'POST', url: '/v1/dweets', payload })).statusCode, 201)
  const { incomplete, items, seenUntil } = await feed(at.asAna)
  assert.deepEqual(items.map(({ kind }) => kind).toSorted(), ['crawls', 'dweets'])
  assert.deepEqual([incomplete, seenUntil], [[], null])
  assert.deepEqual(
    (await feed(at.asBen)).items.map(({ id }) => id),
    ['c'.repeat(32)],
  )
  assert.equal((await at.ask({ url: '/v1/feed' })).statusCode, 401)
})

test('what was seen is not counted again, and an earlier word changes nothing', async () => {
  const ended: Crawls['ended'] = async () => ({
    items: [1, 2, 3].map((n) => ({
      ...CRAWL,
      id: `${n}`.repeat(32),
      by: 'ana',
      endedAt: instant(n * 1_000),
    })),
  })
  await using at = await door({ ended })
  const unseen = async (): Promise<number> =>
    (await at.asAna({ url: '/v1/feed/unseen' })).json().unseen
  const seen = async (until: unknown): Promise<number> =>
    (await at.asAna({ method: 'POST', url: '/v1/feed/seen', payload: { until } })).statusCode
  assert.equal(await unseen(), 3)
  assert.equal(await seen(instant(2_000)), 204)
  assert.equal(await unseen(), 1)
  assert.equal(await seen(instant(1_000)), 204)
  assert.equal(await unseen(), 1)
  assert.equal((await feed(at.asAna)).seenUntil, instant(2_000))
  assert.equal(await seen(instant(3_000)), 204)
  assert.equal(await unseen(), 0)
  for (const bad of ['yesterday', 7, undefined]) assert.equal(await seen(bad), 400)
})

/** As a service tells it, so many at once. */
function sourceOf(all: readonly FeedItem[], size: number): FeedSource {
  return async (_, cursor) => {
    const from = Number(cursor ?? 0)
    const next = from + size < all.length ? String(from + size) : undefined
    return { items: all.slice(from, from + size), cursor: next }
  }
}

const crawlAt = (ms: number): FeedItem => ({
  kind: 'crawls',
  id: String(ms),
  at: instant(ms),
  crawl: CRAWL,
})
const noteAt = (ms: number): FeedItem => ({
  kind: 'dweets',
  id: String(ms),
  at: instant(ms),
  notification: {
    id: String(ms),
    kind: 'follow',
    at: instant(ms),
    by: { nick: 'ben', name: 'Ben' },
  },
})

test('what has one time is told once, wherever its source parts it', async () => {
  const all = Array.from({ length: 7 }, (_, n) => ({ ...crawlAt(5), id: `${7 - n}` }))
  for (const size of [1, 2, 3]) {
    const sources = { crawls: sourceOf(all, size) }
    const told: string[] = []
    let cursor: string | undefined
    do {
      const page = await mergedFeed(sources, ASKER, { kinds: ['crawls'], limit: 2, cursor })
      told.push(...page.items.map(({ id }) => id))
      cursor = page.cursor
    } while (cursor !== undefined)
    assert.deepEqual(told, ['7', '6', '5', '4', '3', '2', '1'], `parts of ${size}`)
  }
})

test('pages of the feed tell each once and in order, however its sources part what they tell', async () => {
  const crawls = [90, 70, 70.5, 30, 20].map((ms) => crawlAt(Math.floor(ms)))
  const notes = Array.from({ length: 25 }, (_, n) => noteAt(100 - 3 * n))
  const one = crawls.filter((crawl, at) => crawls.findIndex(({ id }) => id === crawl.id) === at)
  for (const limit of [1, 2, 7, 50]) {
    const sources = { crawls: sourceOf(one, 100), dweets: sourceOf(notes, 4) }
    const told: FeedItem[] = []
    let cursor: string | undefined
    do {
      const page = await mergedFeed(sources, ASKER, { kinds: ['crawls', 'dweets'], limit, cursor })
      assert.ok(page.items.length <= limit)
      told.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    assert.deepEqual(
      told.map(({ at }) => Date.parse(at)),
      [...one, ...notes].map(({ at }) => Date.parse(at)).toSorted((a, b) => b - a),
    )
    assert.equal(new Set(told.map(({ id, kind }) => `${kind} ${id}`)).size, told.length)
  }
})

test('a source that does not answer is told, and keeps back nothing else', async () => {
  const broken: FeedSource = async () => {
    throw new AnilloError('STORE_UNAVAILABLE', { problem: 'no majority' })
  }
  const sources = { crawls: broken, dweets: sourceOf([noteAt(5)], 4) }
  const { incomplete, items } = await mergedFeed(sources, ASKER, {
    kinds: ['crawls', 'files', 'dweets'],
    limit: 5,
  })
  assert.deepEqual([incomplete, items.length], [['crawls'], 1])
})

test('cursors that are none are refused', async () => {
  await using at = await door()
  for (const cursor of ['x', '%00', 'bnVsbA==', 'WzEsMl0=', 'e30=', 'A'.repeat(100)]) {
    const answer = await at.asAna({ url: `/v1/feed?cursor=${cursor}` })
    assert.equal(answer.statusCode, 400, cursor)
  }
  assert.equal((await at.asAna({ url: '/v1/feed?limit=51' })).statusCode, 400)
})

test('a glance has the newest of each service, as far as who asks may read it', async () => {
  await using at = await door()
  const { crawls, dweets, files, incomplete } = (
    await at.asAna({ url: '/v1/glance' })
  ).json<Glance>()
  assert.deepEqual(
    [crawls?.length, files, dweets, incomplete],
    [1, [], { unseen: 0, items: [] }, []],
  )
  const guest = await at.ask({ url: '/v1/glance' })
  assert.deepEqual(Object.keys(guest.json()).toSorted(), ['crawls', 'incomplete'])
})

test('a service that does not answer is missing at a glance, and told', async () => {
  const list: Crawls['list'] = async () => {
    throw new AnilloError('STORE_UNAVAILABLE', { problem: 'no majority' })
  }
  await using at = await door({ list })
  const { crawls, dweets, incomplete } = (await at.asAna({ url: '/v1/glance' })).json<Glance>()
  assert.deepEqual([crawls, dweets?.unseen, incomplete], [undefined, 0, ['crawls']])
})
