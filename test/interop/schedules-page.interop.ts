/**
 * Schedules and webhooks on the page in a browser, over the real gateway with scripted ones behind
 * it. Needs chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Page } from 'playwright-core'

import { FakeCrawls } from './fake-crawls.ts'
import { FakeRing } from './fake-member.ts'
import { FAKE_SECRET, FakeSchedules } from './fake-schedules.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { SCRIPTS } from './scripts.ts'

const VIEWPORTS = [
  { width: 1_280, height: 900 },
  { width: 400, height: 800 },
] as const

async function begin(locale: string, viewport: (typeof VIEWPORTS)[number]) {
  const schedules = new FakeSchedules()
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(
    await FakeRing.start({
      members: 1,
      pageRoot: PAGE_ROOT,
      scripts: SCRIPTS,
      crawls: new FakeCrawls(),
      schedules,
    }),
  )
  const { page } = opening.use(await freshWindow({ viewport, locale }))
  await page.goto(`${ring.member('m1').url}/?view=crawls`)
  const closing = opening.move()
  return {
    page,
    schedules,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

/** What is wrong with a field is told at it, and nowhere else. */
async function toldAt(page: Page, name: string, text: string): Promise<void> {
  const field = page.locator(`[name=${name}]`)
  const [fault = ''] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ')
  await page.locator(`[id="${fault}"]`, { hasText: text }).waitFor()
  assert.equal(await page.getByText(text).count(), 1)
  assert.equal(await page.locator('[aria-invalid=true]').count(), 1)
}

test('what the ring refuses is told at the field where it was typed, which takes the focus', async () => {
  await using trial = await begin('es', VIEWPORTS[1])
  const { page } = trial
  await page.locator('input[name=address]').fill(':8000')
  for (const [name, typed, told] of [
    ['exclude', '(', 'La petición está mal formada'],
    ['include', '[', 'La petición está mal formada'],
    ['webhook', 'ftp://a.test/', 'Solo se pueden descargar direcciones http y https, no «ftp»'],
  ] as const) {
    const field = page.locator(`[name=${name}]`)
    await field.evaluate((one: { value: string }, text) => (one.value = text), typed)
    await page.locator('input[name=address]').press('Enter')
    await page.locator(`[name=${name}]:focus[aria-invalid=true]`).waitFor()
    await toldAt(page, name, told)
    await assertAccessible(page, `a form with a refused ${name}`)
    await assertFits(page)
    await field.fill('')
  }
  await page.locator('input[name=address]').fill('ftp://a.test/')
  await page.keyboard.press('Enter')
  await page.locator('input[name=address]:focus[aria-invalid=true]').waitFor()
})

test('a schedule is made by keyboard, its secret told once, then paused, run and deleted', async () => {
  await using trial = await begin('en', VIEWPORTS[0])
  const { page, schedules } = trial
  await page.getByText('More', { exact: true }).press('Enter')
  await page.locator('input[name=address]').fill(':8000')
  await page.getByLabel('How often').selectOption('own')
  await page.locator('input[name=cron]').press('Enter')
  await page.locator('input[name=cron]:focus[aria-invalid=true]').waitFor()
  await shows(page, 'Type five fields')
  await assertAccessible(page, 'a form with a schedule')
  await page.locator('input[name=cron]').fill('never')
  await page.keyboard.press('Enter')
  await page.locator('input[name=cron]:focus[aria-invalid=true]').waitFor()
  await toldAt(page, 'cron', 'This is no schedule: “never” is not five fields')
  await assertAccessible(page, 'a form with a refusal')
  await page.getByLabel('How often').selectOption('weekly')
  await page.getByLabel('On', { exact: true }).selectOption('Friday')
  await page.locator('input[name=time]').fill('06:30')
  await page.getByLabel('Webhook', { exact: true }).fill('https://a.test/hook')
  await page.getByLabel('Pages held already').selectOption('adaptive')
  await page.getByRole('button', { name: 'Begin' }).press('Enter')
  await shows(page, FAKE_SECRET)
  const zone = await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [asked] = schedules.asked
  assert.deepEqual(asked?.schedule, { cron: '30 6 * * 5', zone })
  assert.deepEqual([asked.recrawl, asked.webhook?.url], ['adaptive', 'https://a.test/hook'])
  await page.getByRole('heading', { name: 'Schedules' }).waitFor()
  await page.getByRole('button', { name: 'Pause: schedule of localhost:8000' }).press('Enter')
  await page.getByRole('button', { name: 'Resume: schedule of localhost:8000' }).waitFor()
  await page.getByRole('button', { name: 'Run now: schedule of localhost:8000' }).press('Enter')
  await shows(page, /: running/)
  await page.getByRole('button', { name: 'Run now: schedule of localhost:8000' }).press('Enter')
  await shows(page, 'The last run of this schedule still goes on.')
  await page.locator('.schedule summary').press('Enter')
  await page.getByRole('button', { name: 'Send a test' }).press('Enter')
  await shows(page, 'A test is on its way.')
  assert.equal(schedules.tested.length, 1)
  await assertAccessible(page, 'a schedule')
  await page.reload()
  await page.getByRole('heading', { name: 'Schedules' }).waitFor()
  assert.equal(await page.getByText(FAKE_SECRET).count(), 0)
  await page.getByRole('button', { name: 'Delete: schedule of localhost:8000' }).press('Enter')
  await shows(page, 'Delete this schedule? Its crawls stay.')
  await page
    .locator('.schedule')
    .getByRole('button', { name: 'Delete', exact: true })
    .last()
    .click()
  await page.getByRole('heading', { name: 'Schedules' }).waitFor({ state: 'detached' })
})

test('the time of a schedule is changed by keyboard, as it was made or by cron, and its zone', async () => {
  await using trial = await begin('en', VIEWPORTS[1])
  const { page, schedules } = trial
  const times = { cron: '30 6 * * 5', zone: 'Europe/Madrid' }
  const { id } = await schedules.make({ seeds: ['https://a.test/'] }, times, { by: undefined })
  await page.reload()
  const open = page.getByRole('button', { name: 'Change the time: schedule of a.test' })
  await open.press('Enter')
  const repeat = page.locator('.schedule select[name=repeat]')
  await page.locator('.schedule select[name=repeat]:focus').waitFor()
  assert.equal(await repeat.inputValue(), 'weekly')
  assert.equal(await page.locator('.schedule [name=time]').inputValue(), '06:30')
  assert.equal(await page.locator('.schedule [name=weekday]').inputValue(), '5')
  assert.equal(await repeat.locator('option[value=once]').count(), 0)
  await assertAccessible(page, 'the form for the time of a schedule')
  await assertFits(page)
  await page.keyboard.press('Escape')
  await page.locator('.schedule form').waitFor({ state: 'detached' })
  await open.and(page.locator(':focus')).waitFor()
  await open.press('Enter')
  await repeat.selectOption('own')
  await page.locator('.schedule [name=cron]').fill('never')
  await page.keyboard.press('Enter')
  await page.locator('.schedule [name=cron]:focus[aria-invalid=true]').waitFor()
  await shows(page, 'This is no schedule: “never” is not five fields')
  await page.locator('.schedule [name=cron]').fill('15 4 1 * *')
  await page.locator('.schedule [name=zone]').fill('Nowhere/At-all')
  await page.keyboard.press('Enter')
  await page.locator('.schedule [name=zone]:focus[aria-invalid=true]').waitFor()
  await shows(page, '“Nowhere/At-all” is no time zone')
  await page.locator('.schedule [name=zone]').fill('UTC')
  await page.keyboard.press('Enter')
  await page.locator('.schedule [role=status]', { hasText: 'The time is changed.' }).waitFor()
  const changed = await schedules.get(id)
  assert.deepEqual([changed?.cron, changed?.zone], ['15 4 1 * *', 'UTC'])
  await page.locator('.schedule code', { hasText: '15 4 1 * *' }).waitFor()
})

for (const viewport of VIEWPORTS) {
  test(`schedules in Spanish fit a window of ${viewport.width} pixels`, async () => {
    await using trial = await begin('es', viewport)
    const { page, schedules } = trial
    const webhook = { url: `https://a.test/${'long'.repeat(30)}` }
    await schedules.make(
      { seeds: [`https://a.test/${'x'.repeat(200)}`], webhook },
      { cron: '0 3 * * *', zone: 'America/Argentina/Buenos_Aires' },
      { by: undefined },
    )
    await page.reload()
    await page.getByRole('heading', { name: 'Horarios' }).waitFor()
    await page.locator('.schedule summary').click()
    await shows(page, 'Todavía no se ha enviado nada.')
    await assertFits(page)
    await assertAccessible(page, 'schedules in Spanish')
  })
}
