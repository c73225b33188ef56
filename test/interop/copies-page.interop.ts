/**
 * Pages kept in the browser, over the real gateway with scripted pages and crawls behind it: what
 * is told of them, what the disk holds, and what log-outs leave. Needs chromium and the built page
 * (`vite build web`).
 */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import type { Page } from 'playwright-core'

import { openProfile } from '../../tools/lib/chromium.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeCrawls } from './fake-crawls.ts'
import { FakeRing, type Script } from './fake-member.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

const NARROW = { width: 400, height: 800 }

/** In every address, title and body, and nowhere else on the computer. */
const WORD = 'xylophagous'
const SITE = `http://localhost:19490/${WORD}`
const PAGES = 12

const bodyOf = (number: number): string =>
  `<title>The ${WORD} ${number}</title><h1>${WORD} beetles</h1><p>Number ${number}.</p>` +
  `<script>document.title = 'it ran'</script><img src="/it-loaded" onerror="document.title='ran'">`

const SCRIPTS: Readonly<Record<string, Script>> = Object.fromEntries(
  Array.from({ length: PAGES }, (_, number) => [
    `${SITE}/${number}`,
    { kind: 'page', body: bodyOf(number), title: `The ${WORD} ${number}` },
  ]),
)

/** A ring that holds the pages, and a crawl that came to them. */
async function ringWithPages(accounts?: FakeAccounts) {
  const crawls = new FakeCrawls()
  const ring = await FakeRing.start({
    members: 1,
    pageRoot: PAGE_ROOT,
    scripts: SCRIPTS,
    crawls,
    ...(accounts === undefined ? {} : { accounts }),
  })
  const home = ring.member('m1').url
  for (const url of Object.keys(SCRIPTS)) {
    const headers = { 'content-type': 'application/json', prefer: 'wait=5' }
    const answer = await fetch(`${home}/v1/scrapes`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ url }),
    })
    assert.equal(answer.status, 200)
  }
  const { id } = await crawls.start({ seeds: [`${SITE}/0`] }, { by: undefined })
  crawls.show(
    id,
    Object.keys(SCRIPTS).map((url) => ({ url, state: 'done' })),
  )
  crawls.finish(id)
  return { ring, home, crawl: id }
}

async function logIn(page: Page, home: string): Promise<void> {
  await page.goto(`${home}/?view=login`)
  await page.locator('input[name=nick]').fill('ana')
  await page.locator('input[name=password]').fill('ana-secret')
  await page.keyboard.press('Enter')
  await page.locator('.asker__nick', { hasText: 'ana' }).waitFor()
}

async function keepCrawl(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: 'Keep in this browser…' }).click()
  await page.getByText(`${PAGES} pages, `).waitFor()
  await page.getByText(/room for .* a browser keeps at most/).waitFor()
  await page.getByRole('button', { name: `Keep ${PAGES} pages` }).click()
  await page.getByText(`${PAGES} pages kept.`).waitFor()
}

/** Deleting is begun by the page, and nothing tells a test of its end. */
async function assertNothingKept(page: Page): Promise<void> {
  await page.waitForFunction('indexedDB.databases().then((all) => all.length === 0)')
}

async function filesWith(directory: string, word: string): Promise<readonly string[]> {
  const forms = [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')]
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    if (forms.some((form) => bytes.includes(form))) found.push(path)
  }
  return found
}

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-copies-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

test('copies: a crawl is kept, listed and opened, outlives the browser, and its disk tells nothing', async (t) => {
  const profile = await temporary(t)
  const accounts = new FakeAccounts()
  const { crawl, home, ring } = await ringWithPages(accounts)
  await using _ = ring
  await using first = await openProfile(profile)
  const page = await first.newPage()
  await logIn(page, home)
  await keepCrawl(page, `${home}/?view=crawls&crawl=${crawl}`)
  await page.getByRole('link', { name: 'Show what is kept' }).click()
  await page
    .locator('#copies tbody tr')
    .nth(PAGES - 1)
    .waitFor()
  await page.getByText(`${PAGES} kept, `).waitFor()
  await assertAccessible(page, 'copies')
  await page.locator('main').getByRole('searchbox').fill(`${WORD} 7`)
  await page.locator('#copies tbody tr').nth(1).waitFor({ state: 'detached' })
  await page.locator('#copies a').click()
  await page.getByText('Number 7.').waitFor()
  assert.equal(
    await page
      .locator('.copy__text p')
      .allTextContents()
      .then((all) => all.join('|')),
    `${WORD} beetles|Number 7.`,
  )
  await assertAccessible(page, 'a copy')
  await page.locator('#tab-text').focus()
  await page.keyboard.press('ArrowRight')
  await page.locator('.source__line').first().waitFor()
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as a file' }).click()
  const download = await coming
  assert.equal(download.suggestedFilename(), '7.html')
  assert.equal(await readFile(await download.path(), 'utf8'), bodyOf(7))
  assert.doesNotMatch(await page.title(), /ran|xylo/)
  await download.delete()
  await page.reload()
  await page.getByText('Number 7.').waitFor()
  // What this test would find if it stood on the disk.
  await page.evaluate(() => localStorage.setItem('control', 'plainly-here'))
  await first.close()

  assert.notDeepEqual(
    await filesWith(profile, 'plainly-here'),
    [],
    'the search finds what is there',
  )
  assert.notDeepEqual(await filesWith(profile, 'anillo-copies-'), [], 'the copies are there')
  assert.deepEqual(await filesWith(profile, WORD), [])

  await using second = await openProfile(profile)
  const again = await second.newPage()
  await again.goto(`${home}/?view=copies`)
  await again
    .locator('#copies tbody tr')
    .nth(PAGES - 1)
    .waitFor()
  await again.setViewportSize(NARROW)
  await assertFits(again)
  await again.getByRole('button', { name: 'ES Español' }).click()
  await again.getByRole('heading', { name: 'Guardado en este navegador' }).waitFor()
  await again.getByRole('button', { name: 'Salir' }).click()
  await assertNothingKept(again)
})

test('copies: a log-out in another tab, and a session ended from elsewhere, leave none', async () => {
  const accounts = new FakeAccounts()
  const { crawl, home, ring } = await ringWithPages(accounts)
  await using _ = ring
  await using window = await freshWindow()
  const { page } = window
  await logIn(page, home)
  await keepCrawl(page, `${home}/?view=crawls&crawl=${crawl}`)
  await page.goto(`${home}/?view=copies`)
  await page.locator('#copies tbody tr').first().waitFor()
  const other = await page.context().newPage()
  await other.goto(`${home}/?view=copies`)
  await other.locator('#copies tbody tr').first().waitFor()
  await other.getByRole('button', { name: 'Log out' }).click()
  await assertNothingKept(other)
  await page.getByText('with a key of this tab').waitFor()
  await page.getByText('Nothing is kept yet.').waitFor()
  await assertNothingKept(page)
  await other.close()

  await logIn(page, home)
  await keepCrawl(page, `${home}/?view=crawls&crawl=${crawl}`)
  accounts.endAll('ana')
  await page.goto(home)
  await page.getByRole('link', { name: 'Log in' }).first().waitFor()
  await assertNothingKept(page)
})

test('copies: one page is kept from where it is shown, deleted by keyboard, and all at once', async () => {
  const { home, ring } = await ringWithPages()
  await using _ = ring
  await using window = await freshWindow()
  const { page } = window
  await page.goto(`${home}/#${SITE}/3`)
  const keep = page.getByRole('button', { name: 'Keep in this browser' })
  await keep.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Kept in this browser' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Number 3.').waitFor()
  await page.getByRole('button', { name: 'Delete' }).focus()
  await page.keyboard.press('Enter')
  await page
    .getByRole('group', { name: /Delete this copy/ })
    .getByRole('button')
    .first()
    .focus()
  await page.keyboard.press('Enter')
  await page.getByText('Nothing is kept yet.').waitFor()
  for (const number of [4, 5]) {
    await page.goto(`${home}/#${SITE}/${number}`)
    await page.getByRole('heading', { name: `The ${WORD} ${number}` }).waitFor()
    await keep.click()
    await page.getByRole('link', { name: 'Kept in this browser' }).waitFor()
  }
  await page.goto(`${home}/?view=copies`)
  await page.locator('#copies tbody tr').nth(1).waitFor()
  const beside = await page.context().newPage()
  await beside.goto(`${home}/?view=copies`)
  await beside.getByText('Nothing is kept yet.').waitFor()
  await beside.close()
  await page.getByRole('button', { name: 'Delete all copies' }).click()
  await page.getByRole('group').getByRole('button', { name: 'Delete all copies' }).click()
  await page.getByText('Nothing is kept yet.').waitFor()
})

/** As a disk that is full after four copies, each of two records. */
const FULL_AFTER_FOUR = `{
  let puts = 0
  const put = IDBObjectStore.prototype.put
  IDBObjectStore.prototype.put = function (...values) {
    puts += 1
    if (puts > 8) throw new DOMException('', 'QuotaExceededError')
    return put.apply(this, values)
  }
}`

test('copies: a browser without room says so, and what was kept stays', async () => {
  const { crawl, home, ring } = await ringWithPages()
  await using _ = ring
  await using window = await freshWindow()
  const { page } = window
  await page.addInitScript(FULL_AFTER_FOUR)
  await page.goto(`${home}/?view=crawls&crawl=${crawl}`)
  await page.getByRole('button', { name: 'Keep in this browser…' }).click()
  await page.getByRole('button', { name: `Keep ${PAGES} pages` }).click()
  await page.getByText('The browser has no more room.').waitFor()
  await page.getByText(/Stopped; what was kept stays\. 4 pages kept\./).waitFor()
  await assertAccessible(page, 'a browser without room')
})
