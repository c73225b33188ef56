/**
 * Pages kept, exports and imports on the page in a browser, over the real gateway with pages in
 * memory behind it. Needs chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import type { Search } from '../../src/services/scrape/search/searcher.ts'
import { NEVER, Shelf } from '../../src/services/scrape/transfer/shelf.test-helper.ts'
import type { SearchResult } from '../../src/wire/api-search.ts'
import { FakeRing } from './fake-member.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

const BAY = 'https://bay.example/'
const PAGES = 60
const NARROW = { width: 400, height: 800 }

const FOUND: SearchResult = {
  id: 'a'.repeat(64),
  url: `${BAY}tides`,
  title: 'Tides',
  contentType: 'text/html',
  since: '2026-11-20T10:00:00.000Z',
  fetchedAt: '2026-11-21T10:00:00.000Z',
  snippet: {
    text: 'At four the high water comes.',
    marks: [
      [12, 16],
      [17, 22],
    ],
  },
}

async function warcOf(shelf: Shelf): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of shelf.transfer.exporter.pages({}, 'warc', NEVER).bytes) {
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

test('pages kept: listed by host, taken along as a file, added from one', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'anillo-archive-page-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const from = new Shelf()
  for (let number = 0; number < PAGES; number++) {
    const title = `<title>Page ${String(number)}</title>`
    await from.keep({ url: `${BAY}${String(number)}`, text: title })
  }
  const warc = await warcOf(from)
  await writeFile(join(dir, 'bay.warc.gz'), warc)
  await writeFile(join(dir, 'torn.warc.gz'), warc.subarray(0, warc.length / 2))
  const shelf = new Shelf()
  await shelf.keep({ url: 'https://hill.example/', text: '<title>The hill</title>' })
  const { transfer } = shelf
  const options = { members: 1, pageRoot: PAGE_ROOT, scripts: {}, transfer }
  await using ring = await FakeRing.start(options)
  await using window = await freshWindow({ viewport: { width: 1_280, height: 900 } })
  const { page } = window
  await page.goto(`${ring.member('m1').url}/?view=archive`)
  await page.locator('#held tbody tr').first().waitFor()
  assert.equal(await page.locator('#held tbody tr').count(), 1)
  await assertAccessible(page, 'pages kept')

  const file = page.locator('input[name=archive]')
  await page.getByRole('button', { name: 'Add its pages' }).click()
  await page.getByText('Choose a file first.').waitFor()
  await file.setInputFiles(join(dir, 'torn.warc.gz'))
  await page.getByRole('button', { name: 'Add its pages' }).click()
  await page.getByText(/Broken at byte/).waitFor()
  await page.getByText(/\d+ pages before that stay kept\./).waitFor()
  await file.setInputFiles(join(dir, 'bay.warc.gz'))
  await page.getByRole('button', { name: 'Add its pages' }).click()
  await page.getByText(/pages added, \d+ held already\./).waitFor()

  await page.locator('input[name=host]').fill('bay.example')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.locator('#held tbody tr').nth(49).waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await page
    .locator('#held tbody tr')
    .nth(PAGES - 1)
    .waitFor()
  assert.equal(await page.locator('#held tbody tr').count(), PAGES)
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: /^CSV/ }).click()
  const download = await coming
  assert.equal(download.suggestedFilename(), 'anillo-pages.csv')
  const text = await readFile(await download.path(), 'utf8')
  assert.equal(text.trimEnd().split('\r\n').length, PAGES + 1)
  await page.setViewportSize(NARROW)
  await assertFits(page)
  await assertAccessible(page, 'pages kept, on a telephone')
  await page.getByRole('button', { name: 'ES Español' }).click()
  await page.getByRole('heading', { name: 'Páginas guardadas' }).waitFor()
})

test('pages kept are searched, and the words that were looked for stand out', async () => {
  const asked: string[] = []
  const search: Search = {
    search: async (query, { cursor }) => {
      asked.push(query)
      const last = { ...FOUND, id: 'b'.repeat(64), title: 'The last' }
      return cursor === undefined
        ? { items: [FOUND], found: 2, isPartial: false, cursor: '1' }
        : { items: [last], found: 2, isPartial: false }
    },
  }
  const { transfer } = new Shelf()
  const common = { members: 1, pageRoot: PAGE_ROOT, scripts: {}, transfer, search }
  await using ring = await FakeRing.start(common)
  await using window = await freshWindow({ viewport: { width: 1_280, height: 900 } })
  const { page } = window
  await page.goto(`${ring.member('m1').url}/?view=archive`)
  await page.locator('input[name=words]').fill('high water')
  await page.locator('input[name=site]').fill('bay.example')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByText('2 pages found.').waitFor()
  assert.deepEqual(asked, ['high water site:bay.example'])
  assert.deepEqual(await page.locator('.found mark').allTextContents(), ['high', 'water'])
  assert.equal(await page.locator('.found__snippet').first().textContent(), FOUND.snippet.text)
  await assertAccessible(page, 'a search in pages kept')
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText('The last').waitFor()
  await page.setViewportSize(NARROW)
  await assertFits(page)
})
