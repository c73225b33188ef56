/**
 * A site that is crawled, taken away, and looked at in the archive: it looks and does as it did,
 * and nothing is asked of anybody else. Needs chromium.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import type { Browser, Frame, Page } from 'playwright-core'

import { present } from '../../src/base/assert.ts'
import type { Crawl } from '../../src/wire/api-crawls.ts'
import type { Page as Held } from '../../src/wire/api.ts'
import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { startPictureSite, type PictureSite } from '../fixtures/picture-site.ts'
import { RealRing } from '../process/ring.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

/** Of all points; edges of letters are drawn a little otherwise each time. */
const DIFFERENT_POINTS_MAX = 0.002

let browser: Browser
let ring: RealRing
let site: PictureSite
/** What the living page looked like. */
let living: Look
/** Who is asked something by a page that gets out of the archive. */
const escaped: string[] = []
const outside = createServer((request, response) => {
  escaped.push(request.url ?? '')
  response.end()
})

interface Look {
  readonly elements: unknown
  readonly picture: Buffer
  readonly width: number
  readonly height: number
}

before(async () => {
  browser = await launchChromium()
  outside.listen(0, '127.0.0.1')
  await once(outside, 'listening')
  const leak = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  site = await startPictureSite({ font: someFont(), leak })
  ring = await RealRing.start({ members: 1 })
  living = await lookOfLiving()
  await crawl(['/', '/hostile.html'])
  await site[Symbol.asyncDispose]()
  escaped.length = 0
})

after(async () => {
  outside.closeAllConnections()
  outside.close()
  await ring[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
  await browser.close()
})

function someFont(): Uint8Array | undefined {
  const [file] = globSync('/usr/share/fonts/**/*.ttf').toSorted()
  return file === undefined ? undefined : readFileSync(file)
}

/** The size of the frame in a window of the size that the tests open. */
const WINDOW = { width: 1_000, height: 800 }

async function lookOfLiving(): Promise<Look> {
  await using window = await openWindow(browser, { viewport: WINDOW })
  const { page } = window
  await page.goto(`${site.origin}/`)
  await settled(page.mainFrame())
  const look = await lookOf(page.mainFrame(), page)
  return look
}

/** All that its scripts do is done. */
async function settled(frame: Frame): Promise<void> {
  await frame.getByText('fetched and shown').waitFor()
  await frame.getByText('module came').waitFor()
  await frame.waitForFunction('[...document.images].every((image) => image.complete)')
  await frame.evaluate('document.fonts.ready.then(() => undefined)')
}

/** What of an element can be seen. */
const ELEMENTS = `[...document.body.querySelectorAll('*')].map((element) => {
  const box = element.getBoundingClientRect()
  const style = getComputedStyle(element)
  const text = element.children.length === 0 ? element.textContent : ''
  return [element.tagName, text, Math.round(box.x), Math.round(box.y), Math.round(box.width),
    Math.round(box.height), style.color, style.fontFamily, style.backgroundImage === 'none',
    element.naturalWidth]
})`

async function lookOf(frame: Frame, page: Page): Promise<Look> {
  const elements = await frame.evaluate(ELEMENTS)
  const size = { width: WINDOW.width, height: 500 }
  const box = frame === page.mainFrame() ? { x: 0, y: 0 } : await boxOf(page)
  return { elements, picture: await page.screenshot({ clip: { ...box, ...size } }), ...size }
}

async function boxOf(page: Page): Promise<{ readonly x: number; readonly y: number }> {
  const { x, y } = present(await page.locator('iframe').boundingBox(), 'the frame')
  return { x, y }
}

async function crawl(paths: readonly string[]): Promise<void> {
  const seeds = paths.map((path) => site.origin + path)
  const begun = await ring.fetch(`${ring.door(0)}/v1/crawls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seeds, delay: 0, connections: 4 }),
  })
  const { id } = (await begun.json()) as Crawl
  for (;;) {
    const told = await ring.fetch(`${ring.door(0)}/v1/crawls/${id}`)
    if (((await told.json()) as Crawl).state === 'done') return
    await pause(200)
  }
}

function replayOrigin(): string {
  return ring.door(0).replace(/\d+$/, (port) => String(Number(port) + 400))
}

/** A page of the site in the archive. */
async function open(path: string, locale = 'en-GB') {
  const window = await openWindow(browser, { viewport: WINDOW, locale })
  await window.page.goto(`${replayOrigin()}/2999/${site.origin}${path}`)
  return window
}

async function frameOf(page: Page): Promise<Frame> {
  const element = present(await page.locator('iframe').elementHandle(), 'the frame')
  return present(await element.contentFrame(), 'its page')
}

/** How many of all points are another colour. */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  await using window = await openWindow(browser)
  const { page } = window
  const pictures = [a, b].map((picture) => `data:image/png;base64,${picture.toString('base64')}`)
  const told = await page.evaluate(`Promise.all(${JSON.stringify(pictures)}.map(async (source) => {
    const image = new Image()
    image.src = source
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    return context.getImageData(0, 0, image.width, image.height).data
  })).then(([one, other]) => {
    let different = 0
    for (let at = 0; at < one.length; at += 4) {
      if ([0, 1, 2].some((part) => Math.abs(one[at + part] - other[at + part]) > 24)) different++
    }
    return different / (one.length / 4)
  })`)
  return Number(told)
}

test('a page looks and does in the archive as it did, and asks nobody else for anything', async () => {
  await using window = await open('/')
  const { origins, page } = window
  const frame = await frameOf(page)
  await settled(frame)
  const held = await lookOf(frame, page)
  assert.deepEqual(held.elements, living.elements)
  const different = await difference(held.picture, living.picture)
  assert.ok(different <= DIFFERENT_POINTS_MAX, `${different} of the points differ`)
  assert.deepEqual(
    [...origins].filter((origin) => origin !== 'null'),
    [replayOrigin()],
  )
  assert.match(new URL(page.url()).pathname, /^\/\d{14}\/http:/)
})

test('the bar tells what is shown and when it was, by keyboard too, in English and Spanish', async () => {
  for (const [locale, earlier] of [
    ['en-GB', 'Archived page'],
    ['es-ES', 'Página archivada'],
  ] as const) {
    await using window = await open('/', locale)
    const { page } = window
    await page.getByRole('heading', { level: 1 }).filter({ hasText: earlier }).waitFor()
    await page.getByText(`${site.origin}/`, { exact: true }).waitFor()
    await assertAccessible(page, `the bar, ${locale}`)
    await assertFits(page)
    const focused: (string | null)[] = []
    for (let tabs = 0; tabs < 4; tabs++) {
      await page.keyboard.press('Tab')
      focused.push(
        await page.evaluate<string | null>('document.activeElement.getAttribute("href")'),
      )
    }
    assert.ok(focused.includes(`${site.origin}/`), 'the living page')
    assert.ok(
      focused.some((href) => /^\/\d{14}\//.test(href ?? '')),
      'the time line',
    )
  }
})

test('a link leads on within the archive, the bar goes along, and what is not held says so', async () => {
  await using window = await open('/')
  const { page } = window
  const frame = await frameOf(page)
  await frame.locator('#link').click()
  await page.waitForURL(/\/second\.html#part$/)
  await page.getByText(`${site.origin}/second.html`, { exact: true }).waitFor()
  await (await frameOf(page)).getByRole('heading', { name: 'Café du système' }).waitFor()
  await (await frameOf(page)).locator('#absent').click()
  await page.getByRole('heading', { name: 'Not in the archive' }).waitFor()
  await assertAccessible(page, 'not held')
  await page.getByRole('link', { name: `${site.origin}/`, exact: true }).click()
  await (await frameOf(page)).getByRole('heading', { name: 'Pictures of a site' }).waitFor()
})

test('a hostile page gets out by no way, and paints over nothing', async () => {
  await using window = await open('/hostile.html')
  const { complaints, page } = window
  // It goes on trying for a while.
  await pause(8_000)
  assert.ok(
    complaints.some((text) => text.includes('/socket')),
    'its scripts ran, and were stopped',
  )
  assert.deepEqual(escaped, [])
  await page
    .getByText(/\/hostile\.html$/)
    .first()
    .waitFor()
  assert.equal((await page.context().cookies()).length, 0)
  assert.ok(page.url().startsWith(replayOrigin()))
})

test('the address of a page at the API leads to it in the archive', async () => {
  await using window = await openWindow(browser, { viewport: WINDOW })
  const { page } = window
  const url = encodeURIComponent(`${site.origin}/`)
  const told = await ring.fetch(`${ring.door(0)}/v1/pages?url=${url}`)
  const { id } = (await told.json()) as Held
  await page.goto(`${ring.door(0)}/v1/pages/${id}/view`)
  await (await frameOf(page)).getByRole('heading', { name: 'Pictures of a site' }).waitFor()
  assert.ok(page.url().startsWith(replayOrigin()))
})
