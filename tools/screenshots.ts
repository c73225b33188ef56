/**
 * `bin/run tools/screenshots.ts [RING [NAME]]`: pictures of the page, or that one, for the
 * documents, taken in chromium from a running ring (http://localhost:9100), which downloads a
 * sample page for it. Those of accounts need an administrator: `ANILLO_NICK` (`admin`) and
 * `ANILLO_PASSWORD`.
 */
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

import { launchChromium, openWindow } from './lib/chromium.ts'
import { fromRoot } from './lib/paths.ts'
import { SAMPLE_PAGE } from './lib/sample-page.ts'

const PICTURES = 'docs/pictures'
const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 360, height: 780 }
/** The ring stands below what is new in each service. */
const [WIDE_RING, NARROW_RING] = [
  { ...WIDE, height: 1_180 },
  { ...NARROW, height: 1_180 },
]

interface Picture {
  readonly name: string
  readonly options: BrowserContextOptions
  readonly pose: (page: Page, url: string) => Promise<void>
}

async function showRing(page: Page): Promise<void> {
  // What stands above the ring moves it once it is there.
  await page.locator('.glance__cards').waitFor()
  // Hovering by the driver would scroll the page.
  const box = await page.locator('.ring .member__reach').nth(1).boundingBox()
  if (box === null) throw new Error('the ring shows no second member')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.locator('.ring .member--chosen').waitFor()
}

async function showPage(page: Page, url: string): Promise<void> {
  await page.getByRole('textbox').fill(url)
  await page.keyboard.press('Enter')
  await page.getByRole('tab').first().waitFor()
  await page.frameLocator('iframe').locator('body').waitFor()
}

/** As whom `ANILLO_NICK` and `ANILLO_PASSWORD` say. */
async function showView(page: Page, view: string): Promise<void> {
  const [nick = 'admin', password] = [process.env['ANILLO_NICK'], process.env['ANILLO_PASSWORD']]
  if (password === undefined) throw new Error('ANILLO_PASSWORD is not set')
  await page.goto(`${new URL(page.url()).origin}/?view=${view}`)
  await page.locator('input[name=nick]').fill(nick)
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.menu').waitFor()
}

async function showAccount(page: Page): Promise<void> {
  await showView(page, 'account')
  await page.locator('.rows').first().waitFor()
}

async function showPeople(page: Page): Promise<void> {
  await showView(page, 'people')
  await page.locator('#people tbody button').nth(1).click()
  await page.locator('.person form').first().waitFor()
}

/** In the middle of a crawl of the sample site. */
async function showCrawl(page: Page, url: string): Promise<void> {
  const ring = new URL(page.url()).origin
  const answer = await fetch(`${ring}/v1/crawls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seeds: [`http://localhost${url}/tides/0`], delay: 0.1 }),
  })
  const { id } = (await answer.json()) as { readonly id: string }
  await page.goto(`${ring}/?view=crawls&crawl=${id}`)
  let done = 0
  while (done < CRAWLED_BEFORE) {
    await pause(LOOK_EVERY_MS)
    const crawl: unknown = await (await fetch(`${ring}/v1/crawls/${id}`)).json()
    done = (crawl as { readonly counts: { readonly done: number } }).counts.done
  }
}

const LOOK_EVERY_MS = 500

async function showStory(page: Page, url: string): Promise<void> {
  await showPage(page, url)
  await page.getByRole('tab').last().click()
}

const PICTURE_LIST: readonly Picture[] = [
  { name: 'ring', options: { viewport: WIDE_RING }, pose: showRing },
  { name: 'wide', options: { viewport: WIDE }, pose: showPage },
  { name: 'dark', options: { viewport: WIDE, colorScheme: 'dark' }, pose: showStory },
  { name: 'spanish', options: { viewport: WIDE, locale: 'es-ES' }, pose: showStory },
  { name: 'account', options: { viewport: WIDE }, pose: showAccount },
  { name: 'people', options: { viewport: WIDE, colorScheme: 'dark' }, pose: showPeople },
  { name: 'crawl', options: { viewport: WIDE }, pose: showCrawl },
  { name: 'narrow', options: { viewport: NARROW_RING }, pose: showRing },
  { name: 'narrow-page', options: { viewport: NARROW, colorScheme: 'dark' }, pose: showPage },
]

async function take(browser: Browser, picture: Picture, shown: Shown): Promise<void> {
  await using window = await openWindow(browser, picture.options)
  const { page } = window
  await page.goto(shown.ring)
  await page.locator('.ring .member').first().waitFor()
  await picture.pose(page, shown.url)
  // Waves and look-ups of this very request have passed by.
  await page.locator('.flights > *').first().waitFor({ state: 'detached' })
  const path = `${PICTURES}/${picture.name}.png`
  await page.screenshot({ path: fromRoot(path), animations: 'disabled' })
  console.log(path)
}

interface Shown {
  readonly ring: string
  /** As a person types it. */
  readonly url: string
}

/** Serves the sample page on a free port. */
async function startSite(): Promise<{ readonly url: string; close(): void }> {
  const site = createServer(({ url = '' }, response) => {
    const tide = Number(/^\/tides\/(\d+)$/.exec(url)?.[1])
    const isRobots = url === '/robots.txt'
    response.statusCode = isRobots ? 404 : 200
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(Number.isNaN(tide) ? SAMPLE_PAGE : tidePage(tide))
  })
  await once(site.listen(0, 'localhost'), 'listening')
  const address = site.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `:${port}`, close: () => site.close() }
}

/** Each leads to some others. */
function tidePage(tide: number): string {
  const others = [2 * tide + 1, 2 * tide + 2].filter((other) => other < TIDES)
  const links = others.map((other) => `<a href="/tides/${other}">Tides of day ${other}</a>`)
  return `<!doctype html><title>Tides of day ${tide}</title>${links.join(' ')}${SAMPLE_PAGE}`
}

const TIDES = 180
/** Of them, before the picture is taken. */
const CRAWLED_BEFORE = 90

/** Pages beside the one on show, so that the arcs of the ring have something to hold. */
const OTHER_PAGES = 24

async function fillRing({ ring, url }: Shown): Promise<void> {
  for (let page = 1; page <= OTHER_PAGES; page++) {
    const answer = await fetch(`${ring}/v1/scrapes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=20' },
      body: JSON.stringify({ url: `http://localhost${url}/harbours/${page}` }),
    })
    if (!answer.ok) throw new Error(`${ring} answered ${answer.status}`)
  }
}

const [, , ring = 'http://localhost:9100', only] = process.argv
mkdirSync(fromRoot(PICTURES), { recursive: true })
const site = await startSite()
const browser = await launchChromium()
try {
  await fillRing({ ring, url: site.url })
  const wanted = PICTURE_LIST.filter(({ name }) => only === undefined || name === only)
  for (const picture of wanted) await take(browser, picture, { ring, url: site.url })
} finally {
  await browser.close()
  site.close()
}
