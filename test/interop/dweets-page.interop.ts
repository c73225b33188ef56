/** The microblog on the page over a real ring, by two people in two windows. Needs chromium. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Locator, Page, Route } from 'playwright-core'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { RealRing } from '../process/ring.ts'
import { logIn } from './log-in.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { RingBehind } from './ring-behind.ts'

const PASSWORD = 'an apple a day'
const MEMBERS = 3
const NARROW = { width: 390, height: 844 }

async function enter(page: Page, ring: RealRing, nick: string, at = ''): Promise<void> {
  await page.goto(`${ring.door(0)}/?view=login`)
  await logIn(page, nick, PASSWORD)
  await page.goto(`${ring.door(0)}/?view=dweets${at}`)
}

async function publish(page: Page, text: string): Promise<void> {
  const form = page.getByRole('form', { name: 'New dweet' })
  await form.getByRole('textbox', { name: 'New dweet' }).fill(text)
  await form.getByRole('button', { name: 'Publish' }).click()
}

/** Settles when the ring was told so often that what it answered was seen. */
async function acknowledged(page: Page, times: number): Promise<void> {
  for (let count = 0; count < times; count++)
    await page.waitForResponse((answer) => answer.url().endsWith('/v1/dweets/new/ack'))
}

const dweet = (page: Page, text: string) => page.locator('article.dweet', { hasText: text })

interface Two {
  readonly ring: RealRing
  readonly ana: Page
  readonly ben: Page
}

async function anaWrites({ ana, ring }: Two): Promise<void> {
  await enter(ana, ring, 'ana')
  await ana.getByText('Nothing was published yet').waitFor()
  await ana.getByRole('textbox', { name: 'New dweet' }).fill('ñ'.repeat(226))
  await ana.locator('.compose__left--over', { hasText: '1 character too many' }).waitFor()
  await publish(ana, 'First of all <b>no tag</b> #rain @ben @nobody https://example.org/a.')
  await ana.getByText('Published.').waitFor()
  const first = dweet(ana, 'First of all')
  assert.match(await first.locator('.dweet__text').innerText(), /<b>no tag<\/b>/)
  assert.deepEqual(await first.locator('.dweet__text a').allInnerTexts(), [
    '#rain',
    '@ben',
    'https://example.org/a',
  ])
  await assertAccessible(ana, 'home with a dweet')
}

async function benFollows({ ana, ben, ring }: Two): Promise<void> {
  await enter(ben, ring, 'ben')
  await ben.locator('.places__count', { hasText: '1 new' }).waitFor()
  await ben.keyboard.press('/')
  await ben.getByLabel('Words, @nick or #tag').fill('@ana')
  await ben.keyboard.press('Enter')
  await ben.getByRole('button', { name: 'Follow', exact: true }).click()
  await ben.getByRole('button', { name: 'Unfollow' }).waitFor()
  await dweet(ben, 'First of all').waitFor()
  await assertAccessible(ben, 'a profile')
  await assertFits(ben)

  const told = acknowledged(ben, 2)
  await ben.getByRole('link', { name: 'Home' }).click()
  // The lower half of a screen may show less than half of it.
  await ben.locator('.dweet--new', { hasText: 'First of all' }).scrollIntoViewIfNeeded()
  await assertFits(ben)
  await publish(ana, 'Second, as it happens')
  await ben.locator('.dweet--new', { hasText: 'Second, as it happens' }).waitFor()
  // Below what a narrow screen shows, it is not seen yet.
  await ben.getByRole('button', { name: '1 new' }).click()
  await ben.getByRole('button', { name: '1 new' }).waitFor({ state: 'detached' })
  await assertAccessible(ben, 'home with something new')
  await told
  await ben.reload()
  await ben.locator('.dweet:not(.dweet--new)', { hasText: 'Second, as it happens' }).waitFor()
  assert.equal(await ben.locator('.dweet--new').count(), 0)
}

async function benReacts({ ana, ben }: Two): Promise<void> {
  await ben.getByRole('heading', { level: 1 }).focus()
  await ben.keyboard.press('j')
  await ben.keyboard.press('l')
  const second = dweet(ben, 'Second, as it happens').last()
  await second.getByRole('button', { name: 'Like 1', pressed: true }).waitFor()
  await ben.keyboard.press('b')
  await second.getByRole('button', { name: 'Bookmark', pressed: true }).waitFor()
  await ben.keyboard.press('t')
  await second.getByRole('button', { name: 'Redweet 1', pressed: true }).waitFor()
  await ben.keyboard.press('r')
  await ben.keyboard.type('An answer')
  await ben.keyboard.press('Control+Enter')
  await ben.getByText('Published.').waitFor()

  await ana.getByRole('link', { name: /Notifications [1-9]/ }).click()
  for (const what of ['follows you', 'likes your dweet', 'redweeted you', 'answers you'])
    await ana.locator('.notification', { hasText: what }).waitFor()
  await assertAccessible(ana, 'notifications')
  await ana.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
}

async function anaChanges({ ana, ben }: Two): Promise<void> {
  await dweet(ben, 'Second, as it happens')
    .last()
    .getByRole('link', { name: 'Conversation' })
    .click()
  await dweet(ben, 'An answer').waitFor()
  await assertAccessible(ben, 'a conversation')
  await ana.getByRole('link', { name: 'Your profile' }).click()
  const own = dweet(ana, 'Second, as it happens')
  await own.getByRole('button', { name: 'Edit' }).click()
  await ana.getByRole('textbox', { name: 'Edit the dweet' }).fill('Second, as it was')
  const form = ana.getByRole('form', { name: 'Edit the dweet' })
  await form.getByRole('button', { name: 'Save' }).click()
  const main = ben.locator('.dweet--main')
  await main.getByText('Second, as it was', { exact: true }).waitFor()
  await main.getByRole('button', { name: 'edited' }).click()
  await main.locator('.dweet__history').getByText('Second, as it happens').waitFor()
  const changed = dweet(ana, 'Second, as it was')
  await changed.getByRole('button', { name: 'Delete' }).click()
  await changed.getByRole('group').getByRole('button', { name: 'Delete' }).click()
  await ana.locator('article', { hasText: 'Deleted.' }).waitFor()
  await main.getByText('Deleted.').waitFor()
  await ben.getByRole('link', { name: 'Your profile' }).click()
  await ben.reload()
  const redweet = dweet(ben, 'This dweet was deleted by its author.')
  await assertAccessible(ben, 'a redweet of what is gone')
  await redweet.getByRole('button', { name: 'Take the redweet back' }).click()
  await dweet(ben, 'Not redweeted any more.').waitFor()
}

test('two people: publish, follow, see what is new, react by keys, edit, delete', async () => {
  await using browser = await launchChromium()
  await using ring = await RealRing.start({ members: MEMBERS })
  for (const nick of ['ana', 'ben']) await RingBehind.register(ring, nick, PASSWORD)
  await using anas = await openWindow(browser, { reducedMotion: 'reduce' })
  await using bens = await openWindow(browser, { reducedMotion: 'reduce', viewport: NARROW })
  const two = { ring, ana: anas.page, ben: bens.page }
  await anaWrites(two)
  await benFollows(two)
  await benReacts(two)
  await anaChanges(two)
  for (const { complaints } of [anas, bens]) assert.deepEqual(complaints, [])
})

test('a draft survives a reload; what the ring did not take goes out once when it is back', async () => {
  await using browser = await launchChromium()
  await using ring = await RealRing.start({ members: MEMBERS })
  await RingBehind.register(ring, 'ana', PASSWORD)
  const look = { reducedMotion: 'reduce', locale: 'es', colorScheme: 'dark' } as const
  await using window = await openWindow(browser, { ...look, viewport: NARROW })
  const { page } = window
  await enter(page, ring, 'ana')
  const field = page.getByRole('textbox', { name: 'Dweet nuevo' })
  await field.fill('a medias')
  await page.reload()
  await field.waitFor()
  assert.equal(await field.inputValue(), 'a medias')
  await assertAccessible(page, 'home in Spanish')

  /** The ring takes it, and its answer is lost. */
  let taken = 0
  const loseAnswers = async (route: Route): Promise<void> => {
    if (route.request().method() !== 'POST') return route.continue()
    taken += 1
    if (taken === 1) await route.fetch()
    return route.abort()
  }
  await page.route('**/v1/dweets', loseAnswers)
  await page.getByRole('button', { name: 'Publicar' }).click()
  await page.getByRole('region', { name: 'Aún sin publicar' }).getByText('a medias').waitFor()
  assert.equal(await field.inputValue(), '')
  await assertAccessible(page, 'one that waits')
  await assertFits(page)
  await page.reload()
  await page.getByRole('region', { name: 'Aún sin publicar' }).getByText('a medias').waitFor()
  await page.unroute('**/v1/dweets', loseAnswers)
  await page.getByRole('region', { name: 'Aún sin publicar' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Tu perfil' }).click()
  await dweet(page, 'a medias').waitFor()
  assert.equal(await dweet(page, 'a medias').count(), 1)
  await page.getByText('Publicaciones: 1').waitFor()
  await assertDeletingMovesNothing(dweet(page, 'a medias'))
  await assertFailureGoes(page)
})

/** What failed is told until the next act works, on whichever dweet that is. */
async function assertFailureGoes(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Inicio' }).click()
  await page.getByRole('textbox', { name: 'Dweet nuevo' }).fill('otro')
  await page.getByRole('button', { name: 'Publicar' }).click()
  const [one, other] = [dweet(page, 'a medias').first(), dweet(page, 'otro').first()]
  await other.waitFor()
  await page.getByText('Publicado.').waitFor()
  const problem = { code: 'BUSY', details: { what: 'likes' }, status: 503, detail: 'busy' }
  const refuse = (route: Route): Promise<void> => {
    return route.fulfill({ status: 503, json: { type: 'about:blank', title: 'BUSY', ...problem } })
  }
  await page.route('**/like', refuse)
  await one.getByRole('button', { name: 'Me gusta' }).click()
  await one.locator('.outcome--trouble').waitFor()
  await other.getByRole('button', { name: 'Me gusta' }).click()
  await other.locator('.outcome--trouble').waitFor()
  assert.equal(await page.locator('.outcome--trouble').count(), 2, 'both are told')
  await page.unroute('**/like', refuse)
  await other.getByRole('button', { name: 'Marcar' }).click()
  await other.getByRole('button', { name: 'Marcar', pressed: true }).waitFor()
  await one.locator('.outcome--trouble').waitFor({ state: 'detached' })
  assert.equal(await page.locator('.outcome--trouble').count(), 0)
}

/** At 390 pixels: beside what else can be done, and below it while it is asked for. */
async function assertDeletingMovesNothing(own: Locator): Promise<void> {
  const edit = own.getByRole('button', { name: 'Cambiar' })
  const remove = own.getByRole('button', { name: 'Borrar' })
  const middleOf = async (one: Locator): Promise<number> => {
    const box = (await one.boundingBox()) ?? assert.fail('it is not shown')
    return box.y + box.height / 2
  }
  await edit.scrollIntoViewIfNeeded()
  const before = await middleOf(edit)
  assert.ok(Math.abs((await middleOf(remove)) - before) < 4, 'they stand in one line')
  await remove.click()
  const question = own.getByRole('group')
  await question.waitFor()
  assert.ok(Math.abs((await middleOf(edit)) - before) < 12, 'it moved')
  assert.ok((await middleOf(question)) > before + 12, 'it is asked elsewhere')
}
