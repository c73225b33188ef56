/** Lists of people, reports, moderation and settings on the page, over a real ring. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Page } from 'playwright-core'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { paintedPng } from '../fixtures/painted-png.ts'
import { RealRing } from '../process/ring.ts'
import { logIn } from './log-in.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { RingBehind } from './ring-behind.ts'

const PASSWORD = 'an apple a day'
const NARROW = { width: 390, height: 844 }
const SEA = paintedPng({
  width: 48,
  height: 32,
  colours: [
    [30, 90, 160],
    [200, 220, 240],
  ],
})

async function enter(page: Page, ring: RealRing, nick: string, at: string): Promise<void> {
  await page.goto(`${ring.door(0)}/?view=login`)
  await logIn(page, nick, PASSWORD)
  await page.goto(`${ring.door(0)}/?view=dweets&at=${encodeURIComponent(at)}`)
}

const dweet = (page: Page, text: string) => page.locator('article.dweet', { hasText: text })

/** With a picture. */
async function publish(page: Page, text: string): Promise<void> {
  const form = page.getByRole('form', { name: 'New dweet' })
  const sea = { name: 'sea.png', mimeType: 'image/png', buffer: SEA }
  await form.locator('input[type=file]').setInputFiles([sea])
  await form.locator('.attaching__thumb img').waitFor()
  await form.getByRole('textbox', { name: 'New dweet' }).fill(text)
  await form.getByRole('button', { name: 'Publish' }).click()
  await dweet(page, text).waitFor()
}

interface Three {
  readonly ring: RealRing
  readonly ana: Page
  readonly ben: Page
  readonly eva: Page
}

/** By keys alone. */
async function anaMakesAList({ ana, ben, ring }: Three): Promise<void> {
  await enter(ben, ring, 'ben', '')
  await publish(ben, 'what Ben says')
  await enter(ana, ring, 'ana', 'lists')
  await ana.getByText('You have no list yet.').waitFor()
  await ana.getByLabel('Name of the list').fill('Close')
  await ana.keyboard.press('Enter')
  await ana.getByText('“Close” is made.').waitFor()
  await assertAccessible(ana, 'lists')
  await ana.getByRole('link', { name: 'Close' }).click()
  await ana.getByText('have published nothing').waitFor()
  await ana.getByText('Who is in it, and its name').click()
  await ana.getByLabel('Nick of somebody').fill('@Ben')
  await ana.keyboard.press('Enter')
  await ana.getByRole('button', { name: 'Take @ben out' }).waitFor()
  await dweet(ana, 'what Ben says').waitFor()
  await assertAccessible(ana, 'a list')
  await assertFits(ana)
}

async function anaReports({ ana }: Three): Promise<void> {
  const one = dweet(ana, 'what Ben says')
  await one.getByRole('button', { name: 'Report' }).click()
  const form = ana.getByRole('form', { name: 'Report to the moderators: @ben' })
  await form.getByLabel('Reason').selectOption('abuse')
  await form.getByLabel('For the moderators').fill('look at it')
  await assertAccessible(ana, 'a report')
  await ana.keyboard.press('Enter')
  await ana.getByText('Reported. The moderators look at it.').waitFor()
  assert.equal(await ana.getByRole('link', { name: 'Moderation' }).count(), 0)
}

async function evaDecides({ ben, eva, ring }: Three): Promise<void> {
  await eva.setViewportSize(NARROW)
  await enter(eva, ring, 'eva', '')
  await eva.getByRole('link', { name: 'Moderation' }).click()
  const report = eva.getByRole('listitem', { name: 'About @ben' })
  await report.getByText('what Ben says').waitFor()
  await report.getByText('sea.png: without a description').waitFor()
  assert.equal(await report.getByRole('img').count(), 0, 'nothing is loaded unasked')
  await report.getByText('Show its attachment').click()
  const picture = report.getByRole('img', { name: 'sea.png' })
  await picture.evaluate((image) => image.decode())
  assert.match((await picture.getAttribute('src')) ?? '', /\/v1\/reports\/\d+\/attachments\//)
  await report.getByText('Who reported it').click()
  await report.getByText('look at it').waitFor()
  await report.getByText('Decide', { exact: true }).click()
  await report.getByLabel('Decision').selectOption('remove')
  await report.getByLabel('Reason').selectOption('abuse')
  await report.getByLabel('Message').fill('Be kind.')
  await assertAccessible(eva, 'a case')
  await assertFits(eva)
  await report.getByRole('button', { name: 'Decide so' }).click()
  await eva.getByText('Decided.').waitFor()
  await ben.getByRole('link', { name: /^Notifications/ }).click()
  await ben.getByText('A moderator removed this dweet of yours.').waitFor()
  await ben.getByText('Be kind.').waitFor()
  await assertAccessible(ben, 'what a moderator decided')
}

async function anaTakesBack({ ana, ring }: Three): Promise<void> {
  await ana.goto(`${ring.door(0)}/?view=dweets&at=@ben`)
  await ana.getByText('Lists with @ben').click()
  await ana.getByRole('checkbox', { name: 'Close' }).uncheck()
  await ana.getByText('@ben is not in the list any more.').waitFor()
  await ana.getByRole('button', { name: 'Mute' }).click()
  await ana.getByRole('button', { name: 'Unmute' }).waitFor()
  await ana.getByRole('link', { name: 'Settings' }).click()
  await ana.getByRole('button', { name: 'Unmute: @ben' }).click()
  await ana.getByText('Not any more: @ben.').waitFor()
  await assertAccessible(ana, 'settings')
  await assertFits(ana)
  await ana.getByRole('button', { name: 'Take it back: @ben' }).click()
  await ana.getByText('As before: @ben').waitFor()
}

test('people are kept in lists, dweets reported and decided, mutes taken back, by keys and ears', async () => {
  await using ring = await RealRing.start({ members: 1 })
  for (const nick of ['ana', 'ben', 'eva']) await RingBehind.register(ring, nick, PASSWORD)
  await ring.client(0).accounts.setRole('eva', { role: 'moderator' })
  await using browser = await launchChromium()
  await using anas = await openWindow(browser, { reducedMotion: 'reduce' })
  await using bens = await openWindow(browser, { reducedMotion: 'reduce' })
  await using evas = await openWindow(browser, { reducedMotion: 'reduce' })
  const three = { ring, ana: anas.page, ben: bens.page, eva: evas.page }
  await anaMakesAList(three)
  await anaReports(three)
  await evaDecides(three)
  await anaTakesBack(three)
  for (const { complaints } of [anas, bens, evas]) assert.deepEqual(complaints, [])
})
