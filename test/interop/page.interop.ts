/**
 * The page in a browser, over the real gateway with a scripted ring behind it. Needs chromium and
 * the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import type { BrowserContextOptions, Page } from 'playwright-core'

import type { Window } from '../../tools/lib/chromium.ts'
import { SAMPLE_TITLE } from '../../tools/lib/sample-page.ts'
import { FakeRing, refOf } from './fake-member.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { SCRIPTS, SITE } from './scripts.ts'

interface Trial extends Window, AsyncDisposable {
  readonly ring: FakeRing
  readonly home: string
}

/** A ring and a window that shows its page by the door of `m1`. */
async function begin(
  options: BrowserContextOptions & { readonly members?: number } = {},
): Promise<Trial> {
  const { members = 5, ...context } = options
  const rest = { pageRoot: PAGE_ROOT, scripts: SCRIPTS }
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(await FakeRing.start({ members, ...rest }))
  const opened = opening.use(await freshWindow(context))
  const home = ring.member('m1').url
  await opened.page.goto(home)
  await opened.page.locator('.ring .member').first().waitFor()
  const closing = opening.move()
  return {
    ...opened,
    ring,
    home,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function search(page: Page, typed: string): Promise<void> {
  await page.getByRole('textbox').fill(typed)
  await page.keyboard.press('Enter')
}

async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

/**
 * As it should be: a page's own scripts that the sandbox stopped, and a door that asks nobody who
 * they are when it is asked.
 */
const NO_FAULT = [/'allow-scripts' permission is not set/, /status of 404 .*\/v1\/auth\/me$/]

function faults(window: Window): readonly string[] {
  return window.complaints.filter((text) => !NO_FAULT.some((known) => known.test(text)))
}

/** Nobody but the members' doors is spoken to. */
function assertQuiet(trial: Trial): void {
  assert.deepEqual(faults(trial), [])
  const doors = new Set(trial.ring.members.flatMap((member) => [member.url, member.replayUrl]))
  for (const origin of trial.origins) assert.ok(doors.has(origin), `asked ${origin}`)
}

test('search: the short form of a port shows the page, downloaded once, then held', async () => {
  await using trial = await begin()
  const { page, ring } = trial
  await page.locator('#address:focus').waitFor()
  await search(page, ':19490')
  await page.getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  await shows(page, 'downloaded')
  await page.reload()
  await page.getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  await shows(page, 'already held')
  assert.deepEqual(ring.downloaded, [`${SITE}/`])
  await page.getByRole('button', { name: 'Download anew' }).click()
  await page.locator('.how--fetched').waitFor()
  assert.equal(ring.downloaded.length, 2)
  assertQuiet(trial)
})

test('page: is shown in a sandbox on an origin of its own, its scripts do not run', async () => {
  await using trial = await begin()
  const { page, ring } = trial
  await search(page, `${SITE}/`)
  const frame = page.locator('iframe')
  await frame.waitFor()
  assert.equal(await frame.getAttribute('sandbox'), '')
  await page.frameLocator('iframe').getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
  const shown = await (await frame.elementHandle())?.contentFrame()
  assert.ok(shown?.url().startsWith(`${ring.member('m1').replayUrl}/20`) === true)
  assert.equal(await page.frameLocator('iframe').locator('html').getAttribute('data-ran'), null)
  assertQuiet(trial)
})

test('tabs: arrows, Home and End choose; source, headers and story tell what they should', async () => {
  await using trial = await begin()
  const { page } = trial
  await search(page, ':19490/moved')
  await page.getByRole('tab', { name: 'Page' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.locator('.source__line', { hasText: '<!doctype html>' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('rowheader', { name: 'Content-Type' }).waitFor()
  await shows(page, 'Redirects')
  await page.keyboard.press('End')
  await page.getByRole('tab', { name: 'Story', selected: true }).waitFor()
  await shows(page, /downloaded this page from localhost:19490/)
  await shows(page, 'owns this page')
  await page.keyboard.press('ArrowRight')
  await page.locator(':focus', { hasText: /^Page$/ }).waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.locator(':focus', { hasText: /^Story$/ }).waitFor()
  await page.keyboard.press('Home')
  await page.locator('iframe').waitFor()
  assertQuiet(trial)
})

test('kinds: what cannot be shown, and what is empty, is said', async () => {
  await using trial = await begin()
  const { page } = trial
  await search(page, ':19490/book.pdf')
  await shows(page, /application\/pdf is not shown here/)
  await search(page, ':19490/empty')
  await shows(page, 'The answer has no body.')
  await search(page, ':19490/data.json')
  await page.locator('iframe').waitFor()
  await page.getByRole('tab', { name: 'Source' }).click()
  await shows(page, 'Porto da Vila')
  assertQuiet(trial)
})

test('failures: a sentence that says what to do, with its code, in both languages', async () => {
  await using trial = await begin()
  const { page } = trial
  await page.getByRole('button', { name: 'Download', exact: true }).click()
  await shows(page, 'Type the address of a page first')
  await search(page, 'ftp://example.org/x')
  await shows(page, 'Only http and https addresses can be downloaded, not “ftp”.')
  await search(page, ':19490/refused')
  await shows(page, 'localhost:19490 refused the connection. Is the site up?')
  await shows(page, 'FETCH_REFUSED')
  await page.getByRole('button', { name: 'Español' }).click()
  await shows(page, 'localhost:19490 rechazó la conexión. ¿Está en marcha el sitio?')
  assert.equal(await page.locator('html').getAttribute('lang'), 'es')
  await search(page, 'http://nowhere.test')
  await shows(page, 'No se conoce ninguna máquina con el nombre nowhere.test.')
  const told = faults(trial).filter((text) => !text.includes('status of 400'))
  assert.deepEqual(told, [])
})

test('running: shows progress, can be left and come back to, and ends', async () => {
  await using trial = await begin()
  const { page, ring } = trial
  await search(page, ':19490/slow')
  await shows(page, '118 KiB received')
  await shows(page, /is downloading it/)
  await page.getByRole('button', { name: 'Leave it running' }).click()
  await page.getByRole('list', { name: '1 download running' }).getByRole('button').click()
  await shows(page, '118 KiB received')
  ring.release(`${SITE}/slow`)
  await page.locator('iframe').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'localhost:19490/slow', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Forget localhost:19490/slow' }).click()
  assert.equal(await page.getByRole('button', { name: 'localhost:19490/slow' }).count(), 0)
  await page.goBack()
  await page.locator('iframe').waitFor()
  assertQuiet(trial)
})

test('fail-over: when its member dies the page goes on by another door, in mid-request too', async () => {
  await using trial = await begin()
  const { page, ring } = trial
  await shows(page, /m1 \(localhost/)
  await search(page, ':19490/slow')
  await shows(page, '118 KiB received')
  await ring.kill('m1')
  await page.locator('.door__name', { hasText: /^m[2-5] / }).waitFor()
  ring.release(`${SITE}/slow`)
  await page.locator('iframe').waitFor()
  const source = await page.locator('iframe').getAttribute('src')
  assert.ok(!source?.startsWith(ring.member('m1').url), 'the frame is by another door')
  await page
    .locator('.log')
    .getByText(/takes m1 for dead/)
    .waitFor()
  await page.locator('.ring .member--down').waitFor()
  await search(page, ':19490/data.json')
  await page.getByRole('tab', { name: 'Source' }).click()
  await shows(page, 'Saint-Aubin')
  await ring.revive('m1')
  await page.locator('.log').getByText('m1 joined the ring').waitFor()
  const doors = ring.members.flatMap((member) => [member.url, member.replayUrl])
  for (const origin of trial.origins) assert.ok(doors.includes(origin), `asked ${origin}`)
  for (const text of faults(trial)) assert.match(text, /ERR_|Failed to load/)
})

test('fail-over: with every door shut it says so, and finds the ring again by itself', async () => {
  await using trial = await begin({ members: 2 })
  const { page, ring } = trial
  await ring.kill('m2')
  await ring.kill('m1')
  await page.locator('.note--trouble', { hasText: 'No member answers.' }).waitFor()
  await search(page, ':19490')
  await shows(page, /Start one with “npm start”/)
  await ring.revive('m2')
  await page.locator('.door__name', { hasText: 'm2' }).waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: SAMPLE_TITLE }).waitFor()
})

for (const members of [1, 2, 5, 60]) {
  test(`ring: the picture and the table of ${members} tell the same`, async () => {
    await using trial = await begin({ members })
    const { page } = trial
    assert.equal(await page.locator('.ring .member').count(), members)
    assert.equal(await page.locator('#members tbody tr').count(), members)
    assert.equal(await page.locator('.ring .range').count(), members)
    await page.locator('#members tbody button').first().focus()
    await page.keyboard.press('Enter')
    await page.locator('.details').waitFor()
    assert.equal(await page.locator('.ring .member--chosen').count(), 1)
    assert.equal(await page.locator('.ring .chord--successor').count(), members === 1 ? 0 : 1)
    await page.keyboard.press('Enter')
    await page.locator('.details').waitFor({ state: 'detached' })
    await assertFits(page)
    assertQuiet(trial)
  })
}

test('loading: what is said until the ring is known stands below its heading', async () => {
  await using trial = await begin({ viewport: { width: 1440, height: 900 } })
  const { page } = trial
  await page.route('**/v1/ring', () => undefined)
  await page.reload()
  const heading = await page.getByRole('heading', { name: 'The ring' }).boundingBox()
  const note = await page.getByText('Waiting for the ring').boundingBox()
  assert.ok(heading !== null && note !== null)
  assert.ok(note.y >= heading.y + heading.height, 'the note lies over the heading')
})

test('log: grows by itself, pauses, filters by topic and member', async () => {
  await using trial = await begin()
  const { page, ring } = trial
  const [one, two] = [refOf(ring.member('m1')), refOf(ring.member('m2'))]
  const lines = page.locator('.log .entry')
  ring.tell({ kind: 'joined', member: one })
  ring.tell({ kind: 'stabilised', member: two })
  ring.tell({ kind: 'stabilised', member: two })
  await page.locator('.log').getByText('joined the ring').waitFor()
  assert.equal(await lines.count(), 1, 'upkeep is hidden at first')
  await page.getByRole('button', { name: 'Upkeep', pressed: false }).click()
  await page.locator('.log').getByText('×2').waitFor()
  assert.equal(await lines.count(), 2)
  await page.getByRole('button', { name: 'Pause' }).click()
  ring.tell({ kind: 'suspected', member: one, other: two })
  await page.getByRole('button', { name: 'Go on (1)' }).click()
  await page.locator('.log').getByText('gets no answer from m2').waitFor()
  await page.getByRole('button', { name: 'Upkeep', pressed: true }).click()
  assert.equal(await lines.count(), 2)
  await page.getByLabel('Member', { exact: true }).selectOption({ label: 'm2' })
  assert.equal(await lines.count(), 1)
  await page.getByRole('button', { name: 'Clear' }).click()
  assert.equal(await lines.count(), 0)
  assertQuiet(trial)
})

/** Run in the page: told at once, since a flight is soon over. */
const DOTS_IN_FLIGHT = `document.querySelector('.flight--lookup') === null ? undefined
  : { dots: document.querySelectorAll('.flight__dot').length }`

test('ring: look-ups hop, deaths and arrivals are drawn, and stand still for who wants no motion', async () => {
  for (const reducedMotion of ['no-preference', 'reduce'] as const) {
    await using trial = await begin({ reducedMotion })
    const { page, ring } = trial
    const [one, two, three] = ['m1', 'm2', 'm3'].map((name) => refOf(ring.member(name)))
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    const flight = page.waitForFunction<{ readonly dots: number }>(DOTS_IN_FLIGHT)
    ring.tell({ kind: 'lookup', member: one, other: three, hops: [two], text: 'ab'.repeat(32) })
    const { dots } = await (await flight).jsonValue()
    assert.equal(dots, reducedMotion === 'reduce' ? 0 : 1)
    await page.locator('.flight--lookup').waitFor({ state: 'detached' })
    const wave = page.locator('.wave--death').waitFor({ state: 'attached' })
    await ring.kill('m5')
    await wave
    await page.locator('.ring .member--down').waitFor()
    assertQuiet(trial)
  }
})

test('waiting: a newcomer shows its code and is let in by a click', async () => {
  await using trial = await begin()
  const { page, ring } = trial
  const since = new Date().toISOString()
  ring.waiting.push({ code: '482913', address: '192.168.1.17:9300', name: 'kitchen', since })
  ring.tell({ kind: 'waiting', member: refOf(ring.member('m2')) })
  await shows(page, '482913')
  await assertAccessible(page, 'a newcomer waits')
  await page.getByRole('button', { name: 'Let kitchen in' }).click()
  await page.locator('.waiting__card').waitFor({ state: 'detached' })
  assert.deepEqual(ring.waiting, [])
  assertQuiet(trial)
})

test('theme: follows the system, and the switch outlives a reload', async () => {
  await using trial = await begin({ colorScheme: 'dark' })
  const { page } = trial
  const paper = () =>
    page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  assert.equal(await paper(), 'rgb(16, 19, 23)')
  await page.getByRole('button', { name: 'Light theme' }).click()
  // The button says what it does next once the page is drawn anew.
  await page.getByRole('button', { name: 'Dark theme' }).waitFor()
  assert.equal(await paper(), 'rgb(246, 247, 248)')
  await page.reload()
  await page.getByRole('button', { name: 'Dark theme' }).waitFor()
  assert.equal(await paper(), 'rgb(246, 247, 248)')
  assertQuiet(trial)
})

const WINDOWS = [
  { name: 'wide and light', options: { viewport: { width: 1600, height: 1000 } } },
  {
    name: 'wide and dark',
    options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  },
  { name: 'narrow, Spanish', options: { viewport: { width: 360, height: 740 }, locale: 'es-ES' } },
  {
    name: 'narrow and dark',
    options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
  },
] as const satisfies readonly { name: string; options: BrowserContextOptions }[]

for (const { name, options } of WINDOWS) {
  test(`axe finds no fault in any view, nothing overflows: ${name}`, async () => {
    await using trial = await begin(options)
    const { page, ring } = trial
    for (const member of ring.members) ring.tell({ kind: 'joined', member: refOf(member) })
    ring.tell({
      kind: 'fingers',
      member: refOf(ring.member('m1')),
      other: refOf(ring.member('m2')),
      count: 7,
    })
    await page.locator('.log .entry').first().waitFor()
    const check = async (view: string): Promise<void> => {
      await assertAccessible(page, view)
      await assertFits(page)
    }
    await page.locator('#members tbody button').first().click()
    await page.locator('.details').waitFor()
    await check('the ring with a member chosen')
    await search(page, ':19490/moved')
    await page.locator('iframe').waitFor()
    await check('a page')
    for (const tab of ['source', 'headers', 'story']) {
      await page.locator(`#tab-${tab}`).click()
      if (tab === 'source') await page.locator('.source__line').first().waitFor()
      await check(tab)
    }
    await search(page, ':19490/slow')
    await page.locator('.progress__facts').waitFor()
    await check('a running download')
    await search(page, ':19490/late')
    await page.locator('.failure').waitFor()
    await check('a failure')
    ring.release(`${SITE}/slow`)
    await page.locator('.result .icon-button').click()
    await page.locator('.recents').waitFor()
    await check('recent addresses')
    assertQuiet(trial)
  })
}

/** What a first visit may cost, packed: less than a second on a slow line. */
const FIRST_VISIT_PACKED_BYTES_MAX = 74 * 1024
/** Every view in every language, packed. */
const PAGE_PACKED_BYTES_MAX = 252 * 1024

function packedBytes(file: string): number {
  return gzipSync(readFileSync(join(PAGE_ROOT, file))).byteLength
}

/** A script with all that it cannot begin without. */
function withImports(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file)) return known
  known.add(file)
  const script = readFileSync(join(PAGE_ROOT, file), 'utf8')
  for (const [, name = ''] of script.matchAll(/\b(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    withImports(`assets/${name}`, known)
  return known
}

for (const language of ['english', 'spanish'])
  test(`size: what a first visit in ${language} waits for is small when packed`, () => {
    const index = readFileSync(join(PAGE_ROOT, 'index.html'), 'utf8')
    const named = [...index.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file = '']) => file)
    const words = readdirSync(join(PAGE_ROOT, 'assets')).filter((file) => file.startsWith(language))
    assert.equal(words.length, 1)
    const scripts = [...named, `assets/${words[0]}`].filter((file) => file.endsWith('.js'))
    const files = new Set([
      'index.html',
      ...named,
      ...scripts.flatMap((file) => [...withImports(file)]),
    ])
    assert.ok(
      files.size >= 5 && [...files].every((file) => !file.includes('-view-')),
      [...files].join(),
    )
    const sum = [...files].reduce((total, file) => total + packedBytes(file), 0)
    assert.ok(sum < FIRST_VISIT_PACKED_BYTES_MAX, `${sum} bytes`)
  })

test('size: all of the page is small when packed', () => {
  const files = readdirSync(PAGE_ROOT, { recursive: true, withFileTypes: true })
  const sizes = files
    .filter((file) => file.isFile())
    .map((file) => packedBytes(relative(PAGE_ROOT, join(file.parentPath, file.name))))
  const sum = sizes.reduce((total, size) => total + size, 0)
  assert.ok(sizes.length >= 4, 'page, script, style, picture')
  assert.ok(sum < PAGE_PACKED_BYTES_MAX, `${sum} bytes`)
})

test('language: its words come alone, and another when it is chosen', async () => {
  await using trial = await begin({ locale: 'es' })
  const { page } = trial
  const languagesTaken = (): Promise<readonly string[]> =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .flatMap((entry) => /(english|spanish)-/.exec(entry.name)?.[1] ?? []),
    )
  assert.deepEqual(await languagesTaken(), ['spanish'])
  await page.getByRole('button', { name: 'EN English' }).click()
  await page.locator('html[lang=en]').waitFor()
  assert.deepEqual(await languagesTaken(), ['spanish', 'english'])
  assertQuiet(trial)
})

test('language: one that cannot be loaded is told, and the page speaks as before', async () => {
  await using trial = await begin({ locale: 'en' })
  const { page } = trial
  await page.route('**/assets/spanish-*', (route) => route.abort())
  await page.getByRole('button', { name: 'ES Español' }).click()
  await shows(page, 'Español could not be loaded')
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
})

test('language: where the own one cannot be loaded, the page comes in another', async () => {
  await using trial = await begin({ locale: 'en' })
  const { page, home } = trial
  await page.evaluate(() => localStorage.setItem('anillo.language', '"es"'))
  await page.route('**/assets/spanish-*', (route) => route.abort())
  await page.goto(home)
  await page.locator('.ring .member').first().waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  await page.route('**/assets/english-*', (route) => route.abort())
  await page.goto(home)
  await shows(page, /could not be loaded whole.*no se pudo cargar entera/)
})

test('views: one whose file cannot be loaded says so, and offers to load the page again', async () => {
  await using trial = await begin()
  const { page, home } = trial
  await page.route('**/assets/archive-view-*', (route) => route.abort())
  await page.goto(`${home}/?view=archive`)
  await shows(page, 'This part of the page could not be loaded.')
  await page.unroute('**/assets/archive-view-*')
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
})
