/** Versions of a page in a browser, over a scripted ring. Needs chromium and the built page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { BrowserContextOptions } from 'playwright-core'

import { FakeRing } from './fake-member.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { SCRIPTS, SITE } from './scripts.ts'

async function begin(options: BrowserContextOptions = {}) {
  const rest = { pageRoot: PAGE_ROOT, scripts: SCRIPTS }
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(await FakeRing.start({ members: 3, ...rest }))
  const { page } = opening.use(await freshWindow({ reducedMotion: 'reduce', ...options }))
  await page.goto(ring.member('m1').url)
  const closing = opening.move()
  return {
    page,
    async open(address: string, tab: string) {
      await page.getByRole('textbox').fill(address)
      await page.keyboard.press('Enter')
      await page.getByRole('tab', { name: tab }).click()
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

test('versions: the newest two are compared, others by the keyboard, the source too', async () => {
  await using trial = await begin()
  const { page } = trial
  await trial.open(`${SITE}/tides`, 'Versions')
  await page.getByText('1 line taken away, 2 lines added.').waitFor()
  assert.deepEqual(await page.locator('.diff__line--removed mark').allTextContents(), ['four'])
  assert.deepEqual(await page.locator('.diff__line--added mark').allTextContents(), ['five'])
  assert.equal(await page.locator('.versions__list tbody tr').count(), 3)
  await assertAccessible(page, 'two versions compared')

  await page.locator('input[name=version-from]').nth(1).focus()
  await page.keyboard.press('ArrowDown')
  await page.locator('.diff__line--removed', { hasText: 'Soon.' }).waitFor()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await page.getByText('Choose two different versions.').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.getByRole('radio', { name: 'the source' }).check()
  await page.locator('.diff__line--added', { hasText: '<p>High water at five.' }).waitFor()

  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('link', { name: /^Save the body of the version of/ })
      .last()
      .click(),
  ])
  const body = await saved.createReadStream()
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece as Buffer)
  assert.equal(Buffer.concat(pieces).toString(), '<title>Tides</title><p>Soon.')
})

test('versions: in Spanish, in the dark, on a telephone; one version is said to be the only', async () => {
  const narrow = { viewport: { width: 360, height: 780 }, locale: 'es-ES' }
  await using trial = await begin({ ...narrow, colorScheme: 'dark' })
  const { page } = trial
  await trial.open(`${SITE}/tides`, 'Versiones')
  await page.getByText('1 línea de menos, 2 líneas de más.').waitFor()
  await assertFits(page)
  await assertAccessible(page, 'versions on a telephone, dark, in Spanish')
  await trial.open(`${SITE}/`, 'Versiones')
  await page.getByText(/^El anillo ha visto una sola versión/).waitFor()
})
