/** A crawl from the page over a real ring, from the form to a page of it. Needs chromium. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { startLinkedSite } from '../fixtures/linked-site.ts'
import { RealRing } from '../process/ring.ts'
import { assertAccessible } from './page-checks.ts'

const MEMBERS = 3
const PAGES = 60

test('a site begun from the form: paused, resumed, all of it downloaded once, and looked at', async () => {
  await using browser = await launchChromium()
  await using site = await startLinkedSite(PAGES)
  await using ring = await RealRing.start({ members: MEMBERS })
  await using window = await openWindow(browser, { reducedMotion: 'reduce' })
  const { page } = window
  await page.goto(`${ring.door(0)}/?view=crawls`)
  await page.locator('input[name=address]').fill(`${site.origin}/p/0`)
  await page.getByText('More', { exact: true }).click()
  await page.locator('input[name=delay]').fill('0.2')
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.locator('.crawl-state--running').waitFor()
  await page.getByText(/pages a second/).waitFor()

  await page.getByRole('button', { name: 'Pause' }).click()
  await page.locator('.crawl-state--paused').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.locator('.crawl-state--running').waitFor()
  await page.locator('.crawl__left', { hasText: /^about .* left$/ }).waitFor()
  await page.locator('.crawl-state--done').waitFor()
  await page.getByText(`${PAGES} of ${PAGES} pages`).waitFor()
  assert.equal(site.duplicates.size, 0)
  assert.equal(site.asked.length, PAGES)
  await page
    .locator('#crawl-hosts td', { hasText: String(PAGES) })
    .first()
    .waitFor()
  await page.locator('#crawl-results .url-state--done').nth(49).waitFor()
  await assertAccessible(page, 'a crawl that is done')

  await page.locator('#crawl-results a').first().click()
  await page.getByRole('heading', { name: /^Page \d+$/ }).waitFor()
  assert.equal(site.asked.length, PAGES, 'held, not downloaded anew')
})
