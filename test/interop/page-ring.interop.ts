/** The page over a real ring: what a person sees when a member is killed. Needs chromium. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { SAMPLE_PAGE, SAMPLE_TITLE } from '../../tools/lib/sample-page.ts'
import { RealRing } from '../process/ring.ts'

const MEMBERS = 3

/** A site that counts its GETs; `/slow` waits until it is let go. */
async function startSite(t: TestContext) {
  const gets: string[] = []
  const released = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    gets.push(path)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (path === '/slow') void released.promise.then(() => response.end(SAMPLE_PAGE))
    else response.end(SAMPLE_PAGE)
  })
  await once(server.listen(0, 'localhost'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, gets, release: () => released.resolve() }
}

test('a member killed in mid-download: the page goes on by another and shows the page', async (t) => {
  await using browser = await launchChromium()
  const site = await startSite(t)
  await using ring = await RealRing.start({ members: MEMBERS })
  await using window = await openWindow(browser)
  const { page, complaints, origins } = window
  await page.goto(ring.door(0))
  await page
    .locator('.ring .member')
    .nth(MEMBERS - 1)
    .waitFor()

  await page.getByRole('textbox').fill(`:${site.port}`)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  await page.frameLocator('iframe').getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  await page
    .locator('.log')
    .getByText(/ downloaded localhost/)
    .waitFor()
  const stopped = (text: string): boolean => text.includes("'allow-scripts' permission is not set")
  assert.deepEqual(
    complaints.filter((text) => !stopped(text)),
    [],
  )

  await page.getByRole('textbox').fill(`:${site.port}/slow`)
  await page.keyboard.press('Enter')
  await page.locator('.progress__facts').waitFor()
  const arrivals = page.locator('.log').getByText(/^n1 (joined|founded|took)/)
  const before = await arrivals.count()
  await ring.signal('n1', 'SIGKILL')
  await page.locator('.door__name', { hasText: /^n[23] / }).waitFor()
  site.release()
  await page.getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  assert.equal(await page.locator('.failure').count(), 0)
  assert.equal(site.gets.filter((path) => path === '/').length, 1, 'held, not downloaded anew')

  await page.locator('.log').getByText('takes n1 for dead').first().waitFor()
  await arrivals.nth(before).waitFor()
  await page.locator('.ring .member--up[data-member=n1]').waitFor()
  assert.equal(await page.locator('.ring .member').count(), MEMBERS)
  for (const origin of origins) assert.match(origin, /^http:\/\/localhost:\d+$/)
})
