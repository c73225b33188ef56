/** Pictures, files and previews on the page over a real ring, by two people. Needs chromium. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'

import type { Locator, Page } from 'playwright-core'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { paintedPng } from '../fixtures/painted-png.ts'
import { RealRing } from '../process/ring.ts'
import { logIn } from './log-in.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { RingBehind } from './ring-behind.ts'

const PASSWORD = 'an apple a day'
const NARROW = { width: 390, height: 844 }
const SEA = paintedPng({
  width: 480,
  height: 320,
  colours: [
    [20, 90, 140],
    [200, 225, 235],
  ],
})
const HILLS = paintedPng({
  width: 320,
  height: 480,
  colours: [
    [60, 120, 60],
    [220, 200, 150],
  ],
})
const { ANILLO_SHOTS } = process.env

/** To be looked at, where somebody wants to. */
async function shoot(page: Page, name: string): Promise<void> {
  if (ANILLO_SHOTS === undefined) return
  await page.screenshot({ path: join(ANILLO_SHOTS, `${name}.png`), fullPage: true })
}

/** Dark, and in Spanish. */
async function shootOtherwise(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('button', { name: 'Español' }).click()
  await page.getByRole('button', { name: 'Adjuntar' }).waitFor()
  await assertAccessible(page, 'dark, and in Spanish')
  await shoot(page, 'home-dark-es')
}

/** A page that says what it is, until it is closed. */
async function openSite() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/sea.png') {
      response.setHeader('content-type', 'image/png')
      return response.end(SEA)
    }
    response.setHeader('content-type', 'text/html; charset=utf-8')
    return response.end(`<title>x</title><meta property="og:title" content="Tides & winds">
      <meta property="og:description" content="High water at 04:12 and 16:38. Café from seven.">
      <meta property="og:site_name" content="The Bay">
      <meta property="og:image" content="/sea.png">`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<unknown> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { asked, url: `http://127.0.0.1:${port}/tides`, close, [Symbol.asyncDispose]: close }
}

async function enter(page: Page, ring: RealRing, nick: string, at = ''): Promise<void> {
  await page.goto(`${ring.door(0)}/?view=login`)
  await logIn(page, nick, PASSWORD)
  await page.goto(`${ring.door(0)}/?view=dweets${at}`)
}

const formOf = (page: Page) => page.getByRole('form', { name: 'New dweet' })
const dweet = (page: Page, text: string) => page.locator('article.dweet', { hasText: text })

async function publish(page: Page, text: string): Promise<void> {
  await formOf(page).getByRole('textbox', { name: 'New dweet' }).fill(text)
  await formOf(page).getByRole('button', { name: 'Publish' }).click()
  await dweet(page, text).first().waitFor()
}

/** The browser has it, and could draw it. */
async function drawn(picture: Locator): Promise<void> {
  await picture.scrollIntoViewIfNeeded()
  await picture.evaluate((image) => image.decode())
}

/** As a paste, or a drop, brings them. */
async function bring(page: Page, how: 'paste' | 'drop', name: string): Promise<void> {
  const given = JSON.stringify({ base64: HILLS.toString('base64'), name, how })
  await page.evaluate(`(${BRING})(${given})`)
}

const BRING = `({ base64, how, name }) => {
  const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name, { type: 'image/png' }))
  const more = { bubbles: true, cancelable: true }
  document.querySelector('form.compose').dispatchEvent(
    how === 'paste'
      ? new ClipboardEvent('paste', { clipboardData: data, ...more })
      : new DragEvent('drop', { dataTransfer: data, ...more }),
  )
}`

async function anaAttaches(ana: Page): Promise<void> {
  const form = formOf(ana)
  const [chooser] = await Promise.all([
    ana.waitForEvent('filechooser'),
    form.getByRole('button', { name: 'Attach' }).click(),
  ])
  await chooser.setFiles([
    { name: 'sea.png', mimeType: 'image/png', buffer: SEA },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('some notes') },
  ])
  await form.getByRole('textbox', { name: 'What sea.png shows' }).fill('Waves at dusk')
  await form.locator('.attaching__thumb img').waitFor()
  await bring(ana, 'paste', 'hills.png')
  await form.locator('.attaching__thumb img').nth(1).waitFor()
  await bring(ana, 'drop', 'more.png')
  await form.getByText('Four is the most.').waitFor()
  await form.locator('.attaching__thumb img').nth(2).waitFor()
  await assertAccessible(ana, 'attaching')
  await shoot(ana, 'attaching')
  await form.getByRole('button', { name: 'Remove more.png' }).click()
  await form.getByRole('textbox', { name: 'New dweet' }).fill('Look at the bay')
  // What was sent is there again.
  await ana.reload()
  await form.getByText('notes.txt', { exact: true }).waitFor()
  assert.equal(await form.locator('.attaching__row').count(), 3)
  await form.getByRole('button', { name: 'Publish' }).click()
  await dweet(ana, 'Look at the bay').first().waitFor()
  assert.equal(await form.locator('.attaching__row').count(), 0)
}

async function benLooks(ben: Page, ring: RealRing): Promise<void> {
  await enter(ben, ring, 'ben', '&at=local')
  const card = dweet(ben, 'Look at the bay').first()
  const sea = card.getByRole('img', { name: 'Waves at dusk' })
  await drawn(sea)
  await drawn(card.getByRole('img', { name: 'hills.png' }))
  const src = new URL((await sea.getAttribute('src')) ?? '', ring.door(0))
  const bytes = Buffer.from(await (await ben.request.get(src.href)).body())
  assert.ok(bytes.length > 0 && !bytes.includes('GPS'))
  await assertFits(ben)
  await assertAccessible(ben, 'a dweet with pictures')
  await card.getByRole('button', { name: 'Open the picture: Waves at dusk' }).focus()
  await ben.keyboard.press('Enter')
  const viewer = ben.getByRole('dialog', { name: 'Picture 1 of 2' })
  await drawn(viewer.getByRole('img', { name: 'Waves at dusk' }))
  await assertAccessible(ben, 'a picture')
  await shoot(ben, 'viewer')
  await ben.keyboard.press('ArrowRight')
  await ben.getByRole('dialog', { name: 'Picture 2 of 2' }).waitFor()
  await ben.keyboard.press('ArrowLeft')
  await viewer.waitFor()
  await ben.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })
  const download = ben.waitForEvent('download')
  await card.getByRole('link', { name: 'notes.txt' }).click()
  assert.equal((await download).suggestedFilename(), 'notes.txt')
}

async function anaSaysItAnew(ana: Page, ben: Page): Promise<void> {
  const card = dweet(ana, 'Look at the bay').first()
  await card.getByRole('button', { name: 'Edit' }).click()
  const form = ana.getByRole('form', { name: 'Edit the dweet' })
  const words = form.getByRole('textbox', { name: 'What sea.png shows' })
  assert.equal(await words.inputValue(), 'Waves at dusk')
  await words.fill('Waves at dawn')
  assert.equal(await form.getByRole('button', { name: /^Remove|^Attach/ }).count(), 0)
  await assertAccessible(ana, 'another description')
  await shoot(ana, 'describing')
  await form.getByRole('button', { name: 'Save' }).click()
  await drawn(card.getByRole('img', { name: 'Waves at dawn' }))
  await ben.reload()
  const seen = dweet(ben, 'Look at the bay').first()
  await drawn(seen.getByRole('img', { name: 'Waves at dawn' }))
  await seen.getByRole('button', { name: 'edited' }).click()
  await seen.getByText('sea.png: Waves at dusk').waitFor()
  await assertFits(ben)
}

async function anaPicks(ana: Page, ring: RealRing): Promise<void> {
  const client = ring.client(0)
  const put = (path: string, bytes: Uint8Array) => new RingBehind(ring).put(path, bytes)
  await put('/shared/map.png', HILLS)
  assert.notEqual(await client.files.find('/shared/map.png'), undefined)
  await formOf(ana).getByRole('button', { name: 'From Files' }).click()
  const dialog = ana.getByRole('dialog', { name: 'Attach a file of the ring' })
  await dialog.getByRole('button', { name: /the folder above/ }).click()
  await dialog.getByRole('button', { name: /the folder above/ }).click()
  await dialog.getByRole('button', { name: 'shared/' }).click()
  await assertAccessible(ana, 'picking a file')
  await dialog.getByRole('button', { name: /map\.png/ }).click()
  await formOf(ana).locator('.attaching__thumb img').waitFor()
  await publish(ana, 'From the tree')
  await drawn(dweet(ana, 'From the tree').first().getByRole('img', { name: 'map.png' }))
}

async function linksAreShown(ana: Page, ben: Page): Promise<void> {
  const site = await openSite()
  try {
    await publish(ana, `Tides: ${site.url}`)
    const card = dweet(ana, 'Tides:').first().locator('.linked')
    await card.getByText('Tides & winds').waitFor()
    assert.equal(await card.getByRole('link').getAttribute('href'), site.url)
    await card.getByRole('button', { name: 'Archive this page' }).waitFor()
    await drawn(card.locator('img'))
    assert.deepEqual(site.asked, ['/tides', '/sea.png'])
    await assertAccessible(ana, 'a preview')
  } finally {
    await site.close()
  }
  await ben.reload()
  const card = dweet(ben, 'Tides:').first().locator('.linked')
  await card.getByText('High water at 04:12').waitFor()
  await drawn(card.locator('img'))
  assert.deepEqual(site.asked, ['/tides', '/sea.png'], 'no browser asks it')
  await assertFits(ben)
}

test('pictures and files are attached, looked at by keys, and had; links say where they lead', async () => {
  await using browser = await launchChromium()
  await using ring = await RealRing.start({ members: 3 })
  for (const nick of ['ana', 'ben']) await RingBehind.register(ring, nick, PASSWORD)
  await using anas = await openWindow(browser, { reducedMotion: 'reduce' })
  await using bens = await openWindow(browser, { reducedMotion: 'reduce', viewport: NARROW })
  const [ana, ben] = [anas.page, bens.page]
  await enter(ana, ring, 'ana')
  await anaAttaches(ana)
  await benLooks(ben, ring)
  await anaSaysItAnew(ana, ben)
  await anaPicks(ana, ring)
  await linksAreShown(ana, ben)
  await shoot(ana, 'home-light')
  await shoot(ben, 'local-narrow')
  await shootOtherwise(ana)
  for (const { complaints } of [anas, bens]) assert.deepEqual(complaints, [])
})
