/**
 * Crawls on the page in a browser, over the real gateway with scripted crawls behind it. Needs
 * chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { BrowserContextOptions, Page } from 'playwright-core'

import type { CrawlUrl } from '../../src/wire/api-crawls.ts'
import type { Window } from '../../tools/lib/chromium.ts'
import { SAMPLE_TITLE } from '../../tools/lib/sample-page.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeCrawls } from './fake-crawls.ts'
import { FakeRing } from './fake-member.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { SCRIPTS, SITE } from './scripts.ts'

interface Trial extends Window, AsyncDisposable {
  readonly ring: FakeRing
  readonly crawls: FakeCrawls
  readonly home: string
}

interface TrialOptions extends BrowserContextOptions {
  readonly accounts?: FakeAccounts
}

async function begin({ accounts, ...context }: TrialOptions = {}): Promise<Trial> {
  const crawls = new FakeCrawls()
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(
    await FakeRing.start({
      members: 3,
      pageRoot: PAGE_ROOT,
      scripts: SCRIPTS,
      crawls,
      ...(accounts === undefined ? {} : { accounts }),
    }),
  )
  const opened = opening.use(await freshWindow({ viewport: WIDE, ...context }))
  const closing = opening.move()
  return {
    ...opened,
    ring,
    crawls,
    home: `${ring.member('m1').url}/`,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const WIDE = { width: 1_280, height: 900 }
const NARROW = { width: 400, height: 800 }

async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

/** Doors that ask nobody say so; what was refused is told in the console, too. */
const NO_FAULT = [/status of 404 .*\/v1\/auth\/me$/, /status of (400|404) .*\/v1\/crawls/]

function assertNoFaults({ complaints }: Window): void {
  const stopped = (text: string): boolean => text.includes("'allow-scripts' permission is not set")
  const known = (text: string): boolean => NO_FAULT.some((one) => one.test(text)) || stopped(text)
  assert.deepEqual(
    complaints.filter((text) => !known(text)),
    [],
  )
}

/** So many addresses of a site, the first ones in these states. */
function urlsOf(
  count: number,
  states: Partial<Record<CrawlUrl['state'], number>>,
): readonly Pick<CrawlUrl, 'url' | 'state'>[] {
  const order = Object.entries(states).flatMap(([state, many]) => Array(many).fill(state))
  return Array.from({ length: count }, (_, index) => {
    const state: CrawlUrl['state'] = order[index] ?? 'queued'
    const odd = state === 'failed' ? (index % 3 === 0 ? 'late' : 'missing') : 'page'
    return { url: index === 0 ? `${SITE}/` : `${SITE}/${odd}/${index}`, state }
  })
}

test('form: by keyboard, each error at its field, what was typed is what is asked for', async () => {
  await using trial = await begin()
  const { page, crawls } = trial
  await page.goto(trial.home)
  await page.getByRole('link', { name: 'Have a whole site downloaded' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Crawls' }).waitFor()
  await shows(page, 'Nobody has had a site downloaded yet.')
  await assertAccessible(page, 'no crawls')

  await page.getByRole('button', { name: 'Begin' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('input[name=address]:focus[aria-invalid=true]').waitFor()
  await shows(page, 'Type where to begin first')
  await page.keyboard.type('http://[nonsense')
  await page.keyboard.press('Enter')
  await shows(page, /“http:\/\/\[nonsense” is not a web address/)
  await page.locator('input[name=address]:focus[aria-invalid=true]').waitFor()

  await page.getByText('More', { exact: true }).press('Enter')
  await page.locator('input[name=address]').fill(':19490')
  await page.locator('input[name=pages]').fill('many')
  await page.locator('input[name=delay]').fill('61')
  await page.keyboard.press('Enter')
  await page.locator('input[name=pages]:focus[aria-invalid=true]').waitFor()
  await shows(page, 'Type a whole number from 1 to 10,000,000.')
  await shows(page, 'Type a number from 0 to 60, such as 0.5.')
  await assertAccessible(page, 'a form with errors')
  await page.locator('input[name=pages]').fill('120')
  await page.locator('input[name=delay]').fill('0.02')
  await page.getByLabel('Never addresses with').fill('x'.repeat(501))
  await page.locator('input[name=pages]').press('Enter')
  await page.locator('textarea[name=exclude]:focus[aria-invalid=true]').waitFor()
  await page.getByLabel('Never addresses with').fill('/search\n/calendar/')
  await page.getByLabel('Which links are followed').selectOption('prefix')
  await page.keyboard.press('Tab')
  await page.locator('input[name=pages]').press('Enter')
  await page.getByRole('heading', { name: 'localhost:19490' }).waitFor()
  assert.deepEqual(crawls.asked, [
    {
      seeds: ['http://localhost:19490'],
      scope: 'prefix',
      pages: 120,
      delay: 0.02,
      exclude: ['/search', '/calendar/'],
    },
  ])
  assertNoFaults(trial)
})

test('one crawl: progress as it comes, pause, resume, cancel only when asked twice', async () => {
  await using trial = await begin()
  const { page, crawls } = trial
  const { id } = await crawls.start({ seeds: [`${SITE}/`] }, { by: undefined })
  await page.goto(`${trial.home}?view=crawls&crawl=${id}`)
  await shows(page, '0 of 1 page')
  crawls.show(id, urlsOf(120, { done: 40, failed: 5, skipped: 2 }))
  await shows(page, '45 of 118 pages')
  await shows(page, '5 failed')
  await shows(page, /about .* left/)
  await page.getByRole('img', { name: /^Curve of pages over time: .*45 after/ }).waitFor()
  await page.locator('#crawl-hosts td', { hasText: '118' }).waitFor()
  await shows(page, 'There is no such page at the site (404).')
  await shows(page, 'The site did not answer in time.')
  await shows(page, 'The site asks in its robots.txt not to.')
  await assertAccessible(page, 'a crawl that runs')

  await page.getByRole('button', { name: 'Pause' }).press('Enter')
  await page.locator('.crawl-state--paused').waitFor()
  assert.equal((await crawls.get(id))?.state, 'paused')
  await assertAccessible(page, 'a crawl that is paused')
  await page.getByRole('button', { name: 'Resume' }).press('Enter')
  await page.locator('.crawl-state--running').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).press('Enter')
  await page.locator('.confirm button:focus', { hasText: 'Rather not' }).waitFor()
  await page.keyboard.press('Enter')
  assert.equal((await crawls.get(id))?.state, 'running')
  await page.getByRole('button', { name: 'Cancel' }).press('Enter')
  await page.getByRole('group', { name: /^Cancel this crawl/ }).waitFor()
  await page.locator('.confirm .button--harmful').press('Enter')
  await page.locator('.crawl-state--cancelled').waitFor()
  await page.getByText('The crawl is cancelled.').waitFor({ state: 'attached' })
  assert.equal(await page.getByRole('button', { name: 'Pause' }).count(), 0)
  assertNoFaults(trial)
})

test('results: filtered by state, read on, and each page leads to its view and back', async () => {
  await using trial = await begin()
  const { page, crawls } = trial
  const { id } = await crawls.start({ seeds: [`${SITE}/`] }, { by: undefined })
  crawls.show(id, urlsOf(120, { done: 110, failed: 10 }))
  crawls.finish(id)
  await page.goto(`${trial.home}?view=crawls`)
  await page.locator('#crawls td', { hasText: '120 of 120' }).waitFor()
  await assertAccessible(page, 'a list of crawls')
  await page.getByRole('link', { name: 'Show the crawl of localhost:19490' }).press('Enter')
  await page.locator('.crawl-state--done').waitFor()
  const rows = page.locator('#crawl-results tbody tr')
  await rows.nth(49).waitFor()
  assert.equal(await rows.count(), 50)
  await page.getByRole('button', { name: 'Show more' }).press('Enter')
  await rows.nth(99).waitFor()
  await page.getByRole('button', { name: 'failed', exact: true }).press('Enter')
  await page.locator('#crawl-results .url-state--failed').first().waitFor()
  assert.equal(await rows.count(), 10)
  await assertAccessible(page, 'results of a crawl')

  await page.getByRole('button', { name: 'all', exact: true }).press('Enter')
  await rows.nth(49).waitFor()
  await page.getByRole('link', { name: 'localhost:19490', exact: true }).press('Enter')
  await page.getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  await page.goBack()
  await page.locator('.crawl-state--done').waitFor()
  await page.goto(`${trial.home}?view=crawls&crawl=${'0'.repeat(32)}`)
  await shows(page, 'The ring knows no such crawl.')
  assertNoFaults(trial)
})

test('a member that dies: the crawl is followed by another door', async () => {
  await using trial = await begin()
  const { page, crawls, ring } = trial
  const { id } = await crawls.start({ seeds: [`${SITE}/`] }, { by: undefined })
  await page.goto(`${trial.home}?view=crawls&crawl=${id}`)
  await shows(page, '0 of 1 page')
  await page.locator('.door__name', { hasText: 'm1' }).waitFor()
  await ring.kill('m1')
  crawls.show(id, urlsOf(120, { done: 60 }))
  await shows(page, '60 of 120 pages')
  crawls.finish(id)
  await page.locator('.crawl-state--done').waitFor()
})

test('a crawl that is over is deleted when asked twice, and another is kept', async () => {
  await using trial = await begin()
  const { page, crawls } = trial
  const { id } = await crawls.start({ seeds: [`${SITE}/`] }, { by: undefined })
  const other = await crawls.start({ seeds: ['http://other.test/'] }, { by: undefined })
  crawls.show(id, urlsOf(3, { done: 3 }))
  crawls.finish(id)
  await page.goto(`${trial.home}?view=crawls&crawl=${id}`)
  const remove = page.getByRole('button', { name: 'Delete', exact: true })
  await remove.press('Enter')
  const question = page.getByRole('group', { name: /Delete this crawl and its list/ })
  // The focus follows to the question, and back.
  await question.locator('button:focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.crawl__orders > button:focus').waitFor()
  assert.ok(await crawls.get(id), 'asked once')
  await page.keyboard.press('Enter')
  await question.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
  await shows(page, 'other.test')
  assert.equal(await crawls.get(id), undefined)
  assert.ok(await crawls.get(other.id))
  assert.doesNotMatch(page.url(), /crawl=/)
  await page.getByText('localhost:19490').waitFor({ state: 'detached' })
  assertNoFaults(trial)
})

test('resources are told apart from pages: a missing picture is no page that failed', async () => {
  await using trial = await begin()
  const { page, crawls } = trial
  const { id } = await crawls.start({ seeds: [`${SITE}/`] }, { by: undefined })
  crawls.show(id, urlsOf(20, { done: 8, failed: 3 }), {
    queued: 12,
    done: 4,
    failed: 3,
    skipped: 0,
  })
  await page.goto(`${trial.home}?view=crawls&crawl=${id}`)
  await shows(page, '4 of 8 pages')
  await shows(page, '7 of 12 resources (3 failed)')
  assert.equal(
    await page.locator('.crawl__facts').getByText('3 failed', { exact: true }).count(),
    0,
  )
  await page.getByRole('button', { name: 'ES Español' }).click()
  await shows(page, '7 de 12 recursos (3 con fallo)')
})

test('rights: a guest steers what a guest began, others only their own, operators all', async () => {
  await using trial = await begin({ accounts: new FakeAccounts() })
  const { page, crawls } = trial
  const guests = await crawls.start({ seeds: ['http://a.test/'] }, { by: undefined })
  const ofAna = await crawls.start({ seeds: ['http://b.test/'] }, { by: 'ana' })
  const pause = page.getByRole('button', { name: 'Pause' })
  const open = async (id: string): Promise<void> => {
    await page.goto(`${trial.home}?view=crawls&crawl=${id}`)
    await page.locator('.crawl-state--running').waitFor()
    await page.locator('#crawl-hosts tbody tr').waitFor()
  }
  await open(guests.id)
  await pause.waitFor()
  await open(ofAna.id)
  await shows(page, 'ana began it, and alone may pause or cancel it.')
  assert.equal(await pause.count(), 0)
  const logIn = async (nick: 'ana' | 'beto'): Promise<void> => {
    await page.goto(`${trial.home}?view=login`)
    await page.locator('input[name=nick]').fill(nick)
    await page.locator('input[name=password]').fill(`${nick}-secret`)
    await page.keyboard.press('Enter')
    await page.locator('.asker__nick', { hasText: nick }).waitFor()
  }
  await logIn('ana')
  await open(ofAna.id)
  await pause.press('Enter')
  await page.locator('.crawl-state--paused').waitFor()
  await page.getByRole('button', { name: 'Log out' }).press('Enter')
  await page.getByRole('link', { name: 'Log in' }).waitFor()
  await logIn('beto')
  await page.goto(`${trial.home}?view=crawls&crawl=${ofAna.id}`)
  await page.getByRole('button', { name: 'Resume' }).press('Enter')
  await page.locator('.crawl-state--running').waitFor()
  assertNoFaults({ ...trial, complaints: trial.complaints.filter((text) => !/ 401 /.test(text)) })
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [WIDE, NARROW]) {
    test(`${colorScheme}, ${viewport.width} px, in Spanish: fits, and axe finds nothing`, async () => {
      await using trial = await begin({ colorScheme, viewport, locale: 'es-ES' })
      const { page, crawls } = trial
      const { id } = await crawls.start({ seeds: [`${SITE}/`] }, { by: 'ana' })
      crawls.show(id, urlsOf(120, { done: 40, failed: 6, skipped: 4 }))
      await page.goto(`${trial.home}?view=crawls`)
      await page.locator('#crawls .crawl-state--running').waitFor()
      await page.getByText('Más', { exact: true }).click()
      await assertFits(page)
      await assertAccessible(page, 'the list')
      await page.getByRole('link', { name: /^Mostrar el rastreo/ }).click()
      await page.locator('#crawl-results tbody tr').first().waitFor()
      await shows(page, 'El sitio no tiene esa página (404).')
      await shows(page, '46 de 116 páginas')
      await assertFits(page)
      await assertAccessible(page, 'one crawl')
      assertNoFaults(trial)
    })
  }
}
