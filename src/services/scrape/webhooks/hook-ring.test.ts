import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startChangingSite } from '../../../../test/fixtures/changing-site.ts'
import { isSigned, startHookReceiver } from '../../../../test/fixtures/hook-receiver.ts'
import { present } from '../../../base/assert.ts'
import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { CrawlRequest } from '../../../wire/api-crawls.ts'
import type { WebhookSpec } from '../../../wire/api-webhooks.ts'
import { CrawlRing } from '../crawl/crawl-ring.test-helper.ts'
import { positionOfHook } from './hook-rows.ts'

const ANA = { by: 'ana' }
const ALL: WebhookSpec['events'] = ['crawl.started', 'crawl.ended', 'page.changed']

function requestFor(site: { readonly origin: string }, webhook: WebhookSpec): CrawlRequest {
  return { seeds: [`${site.origin}/`], delay: 0, resources: false, webhook }
}

/** Lets time pass, and has whoever delivers look. */
function pass(ring: CrawlRing, hook: string, ms: number): void {
  ring.ring.clock.shiftMs += ms
  for (const service of ring.services.values()) service.hearHook(hook)
}

test('begin, changed pages and end of a crawl come in order, signed, and are told as delivered', async () => {
  await using receiver = await startHookReceiver()
  await using site = await startChangingSite({ a: 'one', b: 'two' })
  await using ring = await CrawlRing.start(3)
  const request = requestFor(site, { url: receiver.url, events: ALL })
  const begun = await ring.at(0).crawls.start(request, ANA)
  const secret = present(begun.webhook?.secret, 'the secret is told once')
  assert.match(secret, /^whsec_/)
  await receiver.until((all) => all.some(({ type }) => type === 'crawl.ended'))
  const types = receiver.received.map(({ type }) => type)
  assert.deepEqual([types[0], types.at(-1)], ['crawl.started', 'crawl.ended'])
  assert.ok(receiver.received.every((one) => isSigned(one, secret)))
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, types.length)
  const pages = receiver.received.flatMap(({ data }) => (data['pages'] ?? []) as { url: string }[])
  const urls = ['', 'a', 'b'].map((name) => `${site.origin}/${name}`)
  assert.deepEqual(pages.map(({ url }) => url).toSorted(), urls)
  const { data, headers } = present(receiver.received.at(-1), 'the end')
  assert.deepEqual([data['crawl'], data['state']], [begun.id, 'done'])
  assert.equal((data['counts'] as { done: number }).done, 3)
  assert.equal(headers['content-type'], 'application/json')
  const skewS = Math.abs(Date.now() / 1_000 - present(receiver.received[0], 'first').timestamp)
  assert.ok(skewS < 60)
  for (;;) {
    const crawl = present(await ring.at(1).crawls.get(begun.id), 'crawl')
    assert.equal(crawl.webhook?.secret, undefined)
    assert.ok(!JSON.stringify(crawl).includes(secret))
    if (crawl.webhook?.waiting === 0) {
      assert.equal(crawl.webhook.state, 'ok')
      assert.equal(crawl.webhook.last?.status, 204)
      break
    }
    await soon()
  }
})

test('only pages that changed since are told of again, with what they were', async () => {
  await using receiver = await startHookReceiver()
  await using site = await startChangingSite({ a: 'one', b: 'two' })
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  const request = requestFor(site, { url: receiver.url, events: ['page.changed'] })
  const first = await crawls.start(request, ANA)
  await ring.over(0, first.id)
  await receiver.until(([one]) => one !== undefined)
  // A copy of this very second would do for the next crawl.
  ring.ring.clock.shiftMs += MINUTE_MS
  site.pages.set('b', 'another')
  const second = await crawls.start(request, ANA)
  await ring.over(0, second.id)
  const [before, now] = await Promise.all(
    [first, second].map(async ({ id }) => {
      const { items } = await crawls.urls(id, { limit: 9 })
      return items.find(({ url }) => url.endsWith('/b'))
    }),
  )
  await receiver.until((all) => all.some(({ data }) => data['crawl'] === second.id))
  const told = receiver.received.filter(({ data }) => data['crawl'] === second.id)
  const pages = told.flatMap(({ data }) => data['pages'] as Record<string, unknown>[])
  assert.equal(pages.length, 1)
  const { change, before: was, hash, url } = present(pages[0], 'page')
  assert.deepEqual([url, change], [`${site.origin}/b`, 'changed'])
  assert.deepEqual([was, hash], [before?.hash, now?.hash])
})

test('a webhook that fails for a day loses nothing, though members die meanwhile', async () => {
  await using receiver = await startHookReceiver()
  await using site = await startChangingSite({ a: 'one' })
  await using ring = await CrawlRing.start(3)
  receiver.status = 503
  const { id } = await ring.at(0).crawls.start(requestFor(site, { url: receiver.url }), ANA)
  await ring.over(0, id)
  await receiver.until(({ length }) => length === 1)
  /** The failure is written down. */
  const told = async (): Promise<void> => {
    const nowMs = ring.ring.clock.wallMs()
    const nextMs = async () =>
      Date.parse((await ring.at(at).crawls.get(id))?.webhook?.nextTryAt ?? '')
    while (!((await nextMs()) > nowMs)) await soon()
  }
  const [left] = ring.ring.known().filter((one) => one !== ring.ring.ownerOf(positionOfHook(id)))
  const at = ring.ring.members.indexOf(present(left, 'another member'))
  await told()
  for (let hours = 0; hours < 24; hours += 6) {
    const { length } = receiver.received
    pass(ring, id, 6 * HOUR_MS)
    await receiver.until((all) => all.length > length)
    await told()
  }
  const failing = present((await ring.at(at).crawls.get(id))?.webhook, 'webhook')
  assert.deepEqual([failing.state, failing.waiting, failing.last?.status], ['failing', 2, 503])
  assert.ok(failing.nextTryAt)
  await ring.kill(ring.ring.ownerOf(positionOfHook(id)))
  receiver.status = 200
  const { length: before } = receiver.received
  pass(ring, id, HOUR_MS)
  await receiver.until((all) => all.length >= before + 2)
  const last = receiver.received.slice(-2)
  assert.deepEqual(
    last.map(({ type }) => type),
    ['crawl.started', 'crawl.ended'],
  )
  // Each try of an event has the id of the first.
  assert.equal(new Set(receiver.received.map((one) => one.id)).size, 2)
})

test('after three days it is given up; a test is tried at once', async () => {
  await using receiver = await startHookReceiver()
  await using site = await startChangingSite({ a: 'one' })
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  receiver.status = 500
  const { id } = await crawls.start(requestFor(site, { url: receiver.url }), ANA)
  await ring.over(0, id)
  await receiver.until(({ length }) => length === 1)
  while ((await crawls.get(id))?.webhook?.state !== 'failing') await soon()
  pass(ring, id, 3 * DAY_MS)
  while (((await crawls.get(id))?.webhook?.givenUp ?? 0) < 2) await soon()
  receiver.status = 200
  assert.equal((await crawls.testHook(id)).waiting, 1)
  await receiver.until((all) => all.at(-1)?.type === 'webhook.test')
  const plain = await crawls.start({ seeds: [`${site.origin}/`], delay: 0 }, ANA)
  await assert.rejects(crawls.testHook(plain.id), { code: 'NOT_FOUND' })
})

test('redirects are not followed, and a receiver that is gone is left alone', async () => {
  await using elsewhere = await startHookReceiver()
  await using receiver = await startHookReceiver()
  await using site = await startChangingSite({ a: 'one' })
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  receiver.status = 307
  receiver.headers = { location: elsewhere.url }
  const { id } = await crawls.start(requestFor(site, { url: receiver.url }), ANA)
  await receiver.until(({ length }) => length === 1)
  while ((await crawls.get(id))?.webhook?.last?.status !== 307) await soon()
  assert.equal(elsewhere.received.length, 0)
  receiver.status = 410
  await ring.over(0, id)
  pass(ring, id, HOUR_MS)
  while ((await crawls.get(id))?.webhook?.state !== 'gone') await soon()
  assert.equal((await crawls.get(id))?.webhook?.waiting, 0)
})

test('a webhook that leads where nothing is downloaded from, or has no secret, is refused at once', async () => {
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  const seeds = ['http://127.0.0.1:1/']
  const cases: readonly (readonly [WebhookSpec, ErrorCode])[] = [
    [{ url: 'http://169.254.169.254/latest' }, 'ADDRESS_FORBIDDEN'],
    [{ url: 'http://10.0.0.1/' }, 'ADDRESS_FORBIDDEN'],
    [{ url: 'http://[::ffff:192.168.1.1]/' }, 'ADDRESS_FORBIDDEN'],
    [{ url: 'ftp://127.0.0.1/' }, 'URL_SCHEME'],
    [{ url: 'http://ana:secret@127.0.0.1/' }, 'URL_USERINFO'],
    [{ url: `http://127.0.0.1/${'x'.repeat(3_000)}` }, 'URL_TOO_LONG'],
    [{ url: 'http://127.0.0.1/', secret: 'hunter2' }, 'BAD_REQUEST'],
  ]
  for (const [webhook, code] of cases) {
    const field = code === 'BAD_REQUEST' ? undefined : 'webhook'
    await assert.rejects(crawls.start({ seeds, webhook }, ANA), (thrown) => {
      assert.ok(isAnilloError(thrown, code), webhook.url)
      assert.equal(thrown.details['field'], field, webhook.url)
      return true
    })
  }
  assert.deepEqual((await crawls.list({ limit: 5 })).items, [])
})

test('a name that leads elsewhere by the time of the try is not called', async () => {
  await using site = await startChangingSite({ a: 'one' })
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  // Nobody is known by it: taken when it is made, told when it is tried.
  const webhook = { url: 'http://nobody.invalid/hook' }
  const { id } = await crawls.start(requestFor(site, webhook), ANA)
  while ((await crawls.get(id))?.webhook?.last?.code !== 'HOST_UNKNOWN') await soon()
})

test('the runs of a schedule tell one webhook, whose secret stays when the schedule is changed', async () => {
  await using receiver = await startHookReceiver()
  await using site = await startChangingSite({ a: 'one' })
  await using ring = await CrawlRing.start(2)
  const { schedules } = ring.at(0)
  const crawl = requestFor(site, { url: receiver.url })
  const made = await schedules.make(crawl, { cron: '@daily', begin: true }, ANA)
  const secret = present(made.webhook?.secret, 'secret')
  await receiver.until(({ length }) => length === 2)
  while ((await schedules.get(made.id))?.runs[0]?.state !== 'done') await soon()
  // The webhook is not that of the run, and stays when the run is deleted.
  await ring.at(1).crawls.remove(present(made.runs[0]?.crawl, 'crawl'))
  const changed = await schedules.change(made.id, { crawl: { ...crawl, pages: 5 } })
  assert.equal(changed.webhook?.secret, undefined)
  await schedules.run(made.id, {})
  await receiver.until(({ length }) => length === 4)
  assert.ok(receiver.received.every((one) => isSigned(one, secret)))
  assert.ok(receiver.received.every(({ data }) => data['schedule'] === made.id))
  while ((await schedules.get(made.id))?.webhook?.waiting !== 0) await soon()
  assert.equal((await schedules.get(made.id))?.webhook?.delivered, 4)
  const { webhook: _, ...without } = crawl
  const plain = await schedules.change(made.id, { crawl: without })
  assert.equal(plain.webhook, undefined)
  await assert.rejects(schedules.testHook(made.id), { code: 'NOT_FOUND' })
})

test('copies that need not be asked for yet are used without a request, and counted', async () => {
  await using site = await startChangingSite({ still: 'one', lively: 'a' })
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  const crawled = async (): Promise<readonly string[]> => {
    const from = site.asked.length
    const seeds = [`${site.origin}/`]
    const { id } = await crawls.start({ seeds, delay: 0, recrawl: 'adaptive' }, ANA)
    const { counts } = await ring.over(0, id)
    const asked = site.asked.slice(from).toSorted()
    assert.deepEqual([counts.done, counts.held], [3, 3 - asked.length])
    return asked
  }
  assert.equal((await crawled()).length, 3)
  assert.deepEqual(await crawled(), [])
  // Each eight hours the lively one has changed.
  for (let n = 0; n < 4; n++) {
    ring.ring.clock.shiftMs += 8 * HOUR_MS
    site.pages.set('lively', `b${n}`)
    assert.ok((await crawled()).includes('/lively'))
  }
  ring.ring.clock.shiftMs += 8 * HOUR_MS
  assert.deepEqual(await crawled(), ['/lively'])
})

async function soon(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
}
