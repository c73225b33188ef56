/**
 * Sharing beyond the ring, on the page over two real rings: one shares, the other looks up and
 * downloads. Needs chromium.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import type { Page } from 'playwright-core'
import decodeQr from 'qr/decode.js'

import { MIB } from '../../src/base/limits.ts'
import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { content } from '../process/content.ts'
import { RealRing } from '../process/ring.ts'
import { logIn } from './log-in.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { RingBehind } from './ring-behind.ts'

const PASSWORD = 'an apple a day'
const NARROW = { width: 390, height: 844 }
const NAME = 'Tide tables ñ.bin'
const BYTES = 40 * MIB + 12_345
/** So slow that there is a half way. */
const SLOW = { ANILLO_SHARE_KIB: '2048' }
const { ANILLO_SHOTS } = process.env

/** To be looked at, where somebody wants to. */
async function shoot(page: Page, name: string): Promise<void> {
  if (ANILLO_SHOTS === undefined) return
  await page.screenshot({ path: join(ANILLO_SHOTS, `${name}.png`), fullPage: true })
}

async function enter(page: Page, ring: RealRing, nick: string): Promise<void> {
  await page.goto(`${ring.door(0)}/?view=login`)
  await logIn(page, nick, PASSWORD)
}

const OWN_SCRIPT = { 'anillo-request': '1' }

async function upload(page: Page, path: string, data: Buffer): Promise<void> {
  const { origin } = new URL(page.url())
  const headers = { origin, ...OWN_SCRIPT, 'content-type': 'application/octet-stream' }
  const answer = await page.request.put(`${origin}/v1/files${encodeURI(path)}`, { data, headers })
  assert.ok(answer.ok(), await answer.text())
}

/** By the keyboard alone. @returns the magnet link, as the page shows it */
async function sharesWithEverybody(ana: Page): Promise<string> {
  await upload(ana, ['', 'home', 'ana', NAME].join('/'), content(BYTES))
  await ana.goto(`${new URL(ana.url()).origin}/?view=files`)
  await ana.getByRole('grid').focus()
  await ana.keyboard.press('Home')
  const button = ana.getByRole('button', { name: 'Share with everybody' })
  await button.focus()
  await ana.keyboard.press('Enter')
  const dialog = ana.getByRole('dialog', { name: `Share “${NAME}” with everybody` })
  await dialog.getByText('It is shared: anybody who has the link').waitFor()
  await assertAccessible(ana, 'shared with everybody', 'dialog')
  await shoot(ana, 'share-dialog')
  const magnet = await dialog.getByRole('textbox', { name: 'Magnet link' }).inputValue()
  assert.match(magnet, /^magnet:\?xt=urn:btmh:1220[0-9a-f]{64}&/)
  await dialog.getByRole('link', { name: 'Show the share' }).click()
  await ana.getByRole('heading', { name: NAME }).waitFor()
  return magnet
}

interface Picture {
  readonly width: number
  readonly height: number
  readonly data: number[]
}

/** Runs in the page: the picture as a camera has it. */
const PHOTOGRAPH = `(async () => {
  const drawn = document.querySelector('svg.code').cloneNode(true)
  for (const [part, colour] of [['.code__paper', '#fff'], ['.code__ink', '#000']])
    drawn.querySelector(part).setAttribute('fill', colour)
  const side = 4 * Number(drawn.getAttribute('viewBox').split(' ')[2])
  drawn.setAttribute('width', side)
  drawn.setAttribute('height', side)
  const image = new Image()
  const text = new XMLSerializer().serializeToString(drawn)
  image.src = 'data:image/svg+xml,' + encodeURIComponent(text)
  await image.decode()
  const canvas = new OffscreenCanvas(side, side).getContext('2d')
  canvas.drawImage(image, 0, 0)
  return { width: side, height: side, data: [...canvas.getImageData(0, 0, side, side).data] }
})()`

async function scanned(page: Page): Promise<string> {
  const { data, ...size } = await page.evaluate<Picture>(PHOTOGRAPH)
  return decodeQr({ ...size, data: new Uint8Array(data) })
}

async function showsItsLinks(ana: Page, magnet: string): Promise<void> {
  const address = await ana.getByRole('textbox', { name: 'Address' }).inputValue()
  await ana.getByRole('img', { name: 'QR code of the address above' }).waitFor()
  assert.equal(await scanned(ana), address)
  await ana.getByRole('radio', { name: 'the magnet link' }).check()
  await ana.getByRole('img', { name: 'QR code of the magnet link above' }).waitFor()
  // Doors are told in any order.
  const shown = await ana.getByRole('textbox', { name: 'Magnet link' }).inputValue()
  assert.equal(await scanned(ana), shown)
  assert.equal(shown.split('&')[0], magnet.split('&')[0])
  const head = await fetch(address, { method: 'HEAD' })
  assert.equal(head.headers.get('content-length'), String(BYTES))
  await ana.getByText('Looking through the open network').waitFor({ state: 'hidden' })
  await assertAccessible(ana, 'a share')
  await shoot(ana, 'share')
  await ana.getByRole('link', { name: 'All shares' }).click()
  const row = ana.getByRole('row', { name: NAME })
  await row.getByText('3 members serve it').waitFor()
  await assertAccessible(ana, 'the list of shares')
  await shoot(ana, 'shares')
}

/** Its nodes know a node of the other, and so all of them. */
async function neighbourOf(one: RealRing): Promise<RealRing> {
  const { host, port } = await one.client(0).shares.network()
  return RealRing.start({ members: 3, env: { ANILLO_SHARE_BOOTSTRAP: `${host}:${port}` } })
}

async function looksUp(ben: Page): Promise<void> {
  await ben.getByRole('link', { name: 'Look up', exact: true }).click()
  const field = ben.getByLabel('Name, as it is called there')
  await field.fill('nobody shares this')
  await ben.keyboard.press('Enter')
  await ben.getByText('Nothing stands under “nobody shares this”.').waitFor()
  await field.fill(NAME)
  await ben.keyboard.press('Enter')
  await ben.getByText(`One content is called “${NAME}”.`).waitFor()
  await ben.getByText('3 providers').waitFor()
  await ben.getByRole('button', { name: 'Download Content 1' }).focus()
  await ben.keyboard.press('Enter')
  await ben.getByRole('heading', { name: NAME }).waitFor()
  await ben.getByText(/ left$/).waitFor()
}

async function refusesWhatIsNoLink(ben: Page): Promise<void> {
  await ben.getByRole('navigation', { name: 'Parts of sharing' }).getByText('Downloads').click()
  const field = ben.getByLabel('Magnet link, name or root')
  await field.fill('ab'.repeat(32))
  await ben.keyboard.press('Enter')
  await ben.getByText('Nobody who can be reached shares “abab').waitFor()
  await field.fill('magnet:?xt=urn:btih:00')
  await ben.keyboard.press('Enter')
  await ben.getByText('This magnet link cannot be used').waitFor()
}

const pieces = (page: Page) => page.getByRole('img', { name: /of 41 pieces are there/ })

async function piecesThere(page: Page): Promise<number> {
  return Number.parseInt((await pieces(page).getAttribute('aria-label')) ?? '', 10)
}

/** By the keyboard: the button that pauses is the one that resumes. */
async function waits(ben: Page): Promise<void> {
  await ben.getByRole('button', { name: 'Pause' }).focus()
  await ben.keyboard.press('Enter')
  await ben.getByText('It is paused. What is there stays for 30 days').waitFor()
  const resume = ben.getByRole('button', { name: 'Resume' })
  await resume.waitFor()
  assert.equal(await ben.evaluate<string>('document.activeElement.textContent'), 'Resume')
  await assertAccessible(ben, 'a download that is paused')
  await shoot(ben, 'download-paused')
  const { width, height } = ben.viewportSize() ?? { width: 1280, height: 720 }
  await ben.setViewportSize(NARROW)
  await ben.emulateMedia({ colorScheme: 'dark' })
  await ben.getByRole('button', { name: 'Español' }).click()
  await ben.getByRole('button', { name: 'Reanudar' }).waitFor()
  await assertFits(ben)
  await assertAccessible(ben, 'a download that is paused, narrow')
  await shoot(ben, 'download-paused-narrow-es')
  await ben.getByRole('button', { name: 'English' }).click()
  await ben.setViewportSize({ width, height })
  await ben.emulateMedia({ colorScheme: 'light' })
}

/** What is shared counts, and is told apart. */
async function tellsWhatItUses(ana: Page, one: RealRing): Promise<void> {
  await ana.goto(`${one.door(0)}/?view=account`)
  const table = ana.getByRole('table', { name: 'What is used, by service' })
  await table.getByRole('row', { name: 'Shared with everybody' }).getByText('40 MiB').waitFor()
  await assertAccessible(ana, 'what is used')
  await shoot(ana, 'used')
  await ana.goto(`${one.door(0)}/?view=shares`)
}

/** A member of each ring dies half way: of one that gives, and of one that the page speaks to. */
async function goesOnWhoeverDies(
  ben: Page,
  { one, two }: { readonly one: RealRing; readonly two: RealRing },
): Promise<void> {
  await pieces(ben)
    .and(ben.getByRole('img', { name: /^[1-9]/ }))
    .waitFor()
  await ben.getByRole('table', { name: 'Who gives what' }).getByText('giving').first().waitFor()
  await assertAccessible(ben, 'a download')
  await shoot(ben, 'download')
  await waits(ben)
  const before = await piecesThere(ben)
  assert.ok(before < 41, 'there is a half way')
  await one.keepDown('n2')
  await two.signal('n1', 'SIGKILL')
  const resume = ben.getByRole('button', { name: 'Resume' })
  await resume.focus()
  await ben.keyboard.press('Enter')
  await resume.waitFor({ state: 'hidden' })
  await ben
    .getByText('becoming a file')
    .or(ben.getByText('The download is done.'))
    .first()
    .waitFor()
  await ben.getByRole('link', { name: 'Show the file' }).waitFor()
  assert.equal(await piecesThere(ben), 41)
  // The words of another language come from the member that served the page.
  await two.until(1, ({ members }) => members.every(({ state }) => state === 'up'))
  await assertAccessible(ben, 'a download that is done')
  await shoot(ben, 'download-done')
}

/** What the ring shares itself is there at once. */
async function hasItsOwn(ana: Page, magnet: string): Promise<void> {
  await ana.getByRole('link', { name: 'Downloads', exact: true }).click()
  await ana.getByLabel('Magnet link, name or root').fill(magnet)
  await ana.keyboard.press('Enter')
  await ana.getByRole('link', { name: 'Show the file' }).waitFor()
  await ana.getByRole('link', { name: 'All downloads' }).click()
  await ana.getByRole('row', { name: NAME }).getByText('done').waitFor()
  await assertAccessible(ana, 'the list of downloads')
  await shoot(ana, 'downloads')
}

/** Each member is a node there, and knows the others of its ring. */
async function showsTheNetwork(ana: Page): Promise<void> {
  await ana.getByRole('link', { name: 'Look up', exact: true }).click()
  await ana.getByLabel('Name, as it is called there').fill(NAME)
  await ana.keyboard.press('Enter')
  await ana.getByText(`One content is called “${NAME}”.`).waitFor()
  await ana.getByText('This ring shares it already.').waitFor()
  await assertAccessible(ana, 'what stands under a name')
  await shoot(ana, 'lookup')
  await ana.getByRole('link', { name: 'Network' }).click()
  await ana.getByRole('img', { name: /^Contacts: [2-5];/ }).waitFor()
  const rows = ana.getByRole('table', { name: 'Contacts by distance' }).locator('tbody tr')
  assert.ok((await rows.count()) >= 1)
  await ana.getByRole('table', { name: 'Look-ups, the latest first' }).waitFor()
  await ana.getByText('All contacts').or(ana.locator('summary')).first().click()
  await assertAccessible(ana, 'the network')
  await shoot(ana, 'network')
  await showsALookup(ana)
  await ana.setViewportSize(NARROW)
  await ana.emulateMedia({ colorScheme: 'dark' })
  await ana.getByRole('button', { name: 'Español' }).click()
  await ana.getByRole('heading', { name: 'La red abierta' }).waitFor()
  await ana.getByRole('img', { name: /^Preguntados: / }).waitFor()
  await assertFits(ana)
  await assertAccessible(ana, 'the network, narrow')
  await shoot(ana, 'network-narrow-es')
}

/** One of the last by its button, then one begun here: whom it asked, drawn and as rows. */
async function showsALookup(ana: Page): Promise<void> {
  const last = ana.getByRole('button', { name: /^Show the look-up of / }).first()
  await last.focus()
  await ana.keyboard.press('Enter')
  await ana.getByRole('heading', { name: /^Look-up of [0-9a-f]/ }).waitFor()
  await ana.getByLabel('Name to look up').fill(NAME)
  await ana.keyboard.press('Enter')
  const heading = ana.getByRole('heading', { name: `Look-up of “${NAME}”` })
  await heading.waitFor()
  assert.ok(await heading.evaluate((one) => one.ownerDocument.activeElement === one))
  await ana.getByRole('img', { name: /^Asked: [2-9]; answered: [2-9];/ }).waitFor()
  await ana.locator('summary', { hasText: 'All nodes that were asked' }).click()
  const rows = ana.getByRole('table', { name: /^All nodes that were asked/ }).locator('tbody tr')
  assert.ok((await rows.count()) >= 2)
  await rows.getByText('records').first().waitFor()
  await assertAccessible(ana, 'a look-up hop by hop')
  await shoot(ana, 'hops')
}

/** On a narrow window, in Spanish and in the dark. */
async function servesItOn(ben: Page): Promise<void> {
  await ben.setViewportSize(NARROW)
  await ben.emulateMedia({ colorScheme: 'dark' })
  await ben.getByRole('button', { name: 'Español' }).click()
  await ben.getByRole('link', { name: 'Mostrar el archivo' }).waitFor()
  await assertFits(ben)
  await shoot(ben, 'download-narrow-es')
  await ben.getByRole('link', { name: 'Mostrar lo compartido' }).click()
  await ben.getByRole('textbox', { name: 'Enlace magnet' }).waitFor()
  await ben.getByText('Buscando en la red abierta').waitFor({ state: 'hidden' })
  await assertFits(ben)
  await assertAccessible(ben, 'a share, narrow')
  await shoot(ben, 'share-narrow-es')
  await ben.getByRole('link', { name: 'Todo lo compartido' }).click()
  const row = ben.getByRole('row', { name: NAME })
  await row.getByRole('button', { name: `Dejar de compartir ${NAME}` }).click()
  await ben.getByRole('group', { name: /¿Dejar de compartir/ }).waitFor()
  await ben.keyboard.press('Escape')
  await row.waitFor()
  await assertFits(ben)
  await assertAccessible(ben, 'the list of shares, narrow')
  await shoot(ben, 'shares-narrow-es')
  await ben.getByRole('button', { name: `Dejar de compartir ${NAME}` }).click()
  const sure = ben.getByRole('group', { name: /¿Dejar de compartir/ })
  await sure.getByRole('button', { name: 'Dejar de compartir' }).click()
  await ben.getByText(`«${NAME}» ya no se comparte.`).waitFor()
  await ben.getByText('No hay nada compartido con todos.').waitFor()
}

test('one ring shares a file by one click, another downloads it though members die, and serves it on', async () => {
  await using browser = await launchChromium()
  await using one = await RealRing.start({ members: 3, env: SLOW })
  await using two = await neighbourOf(one)
  await RingBehind.register(one, 'ana', PASSWORD)
  await RingBehind.register(two, 'ben', PASSWORD)
  await using anas = await openWindow(browser, { reducedMotion: 'reduce' })
  await using bens = await openWindow(browser, { reducedMotion: 'reduce' })
  const [ana, ben] = [anas.page, bens.page]
  await enter(ana, one, 'ana')
  const magnet = await sharesWithEverybody(ana)
  await showsItsLinks(ana, magnet)
  await hasItsOwn(ana, magnet)
  await tellsWhatItUses(ana, one)
  await showsTheNetwork(ana)
  await enter(ben, two, 'ben')
  await ben.goto(`${two.door(0)}/?view=shares`)
  await ben.getByText('Nothing is shared with everybody.').waitFor()
  await refusesWhatIsNoLink(ben)
  await looksUp(ben)
  await goesOnWhoeverDies(ben, { one, two })
  await servesItOn(ben)
  one.bringBack()
  assert.deepEqual(anas.complaints, [])
  // What cannot be used is refused; a member that is dead answers nothing.
  const known = /^Failed to load resource: (the server responded with a status of 40[04]|net::ERR_)/
  assert.deepEqual(
    bens.complaints.filter((text) => !known.test(text)),
    [],
  )
})
