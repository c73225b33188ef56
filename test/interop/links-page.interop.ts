/**
 * Public links in a browser: made, copied, listed and revoked in the file manager, and opened by
 * somebody without an account. Needs chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

import type { BrowserContextOptions } from 'playwright-core'

import { ANA, HOME, LinkWorld } from '../../src/services/files/links/links.test-helper.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeRing } from './fake-member.ts'
import { logIn } from './log-in.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

const PASSWORD = 'open sesame'
const WIDE = { width: 1_280, height: 900 }
const NARROW = { width: 320, height: 720 }

async function begin(context: BrowserContextOptions = {}) {
  const world = new LinkWorld()
  const { files, links } = world
  await files.makeFolder(ANA, `${HOME}/plans/inner`, { parents: true })
  await world.write(`${HOME}/plans/<img src=x onerror=alert(1)>.txt`, 'words')
  await world.write(`${HOME}/plans/evil.html`, '<script>document.title = "taken"</script>')
  await world.write(`${HOME}/plans/inner/deep.txt`, 'deep down')
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(
    await FakeRing.start({
      members: 3,
      pageRoot: PAGE_ROOT,
      scripts: {},
      accounts: new FakeAccounts(),
      files,
      links,
    }),
  )
  const opened = opening.use(await freshWindow({ viewport: WIDE, ...context }))
  const home = ring.member('m1').url
  const closing = opening.move()
  return {
    ...opened,
    world,
    home,
    other: ring.member('m2').url,
    async logIn(): Promise<void> {
      const { page } = opened
      await page.goto(`${home}/?view=login`)
      await logIn(page, 'ana', 'ana-secret')
    },
    /** Of Ana’s. */
    async link(path: string, ask: { password?: string; downloadsMax?: number } = {}) {
      return `/s/${(await links.make(ANA, { path, ...ask })).token}`
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

test('a link is made with a password, copied, opened by a stranger at another member, and revoked', async () => {
  await using trial = await begin({ permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = trial
  await trial.logIn()
  await page.goto(`${trial.home}/?view=files&path=${HOME}`)
  await page.getByRole('row', { name: /plans/ }).locator('.entries__check').click()
  await page.getByRole('button', { name: 'Public link', exact: true }).click()
  await page.getByText('There are no links yet.').waitFor()
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('short')
  await page.getByRole('button', { name: 'Make a link' }).click()
  await page.getByText('A password has 8 to 200 characters, and is not the nick.').waitFor()
  await password.and(page.locator(':focus[aria-invalid=true]')).waitFor()
  await password.fill(PASSWORD)
  await page.getByLabel('Downloads at most').fill('3')
  await page.getByRole('button', { name: 'Make a link' }).click()
  const made = page.getByRole('textbox', { name: 'The new link' })
  await made.waitFor()
  await assertAccessible(page, 'the dialog of links')
  await page.getByRole('button', { name: 'Copy link', exact: true }).first().click()
  await page.getByText('Copied.').waitFor()
  const url = await page.evaluate<string>('navigator.clipboard.readText()')
  assert.equal(url, await made.inputValue())
  await page.getByText('Works · with a password').waitFor()

  await using stranger = await freshWindow({ viewport: WIDE })
  const at = url.replace(trial.home, trial.other)
  assert.notEqual(at, url)
  await stranger.page.goto(at)
  await stranger.page.getByLabel('Password').fill('a wrong one')
  await stranger.page.keyboard.press('Enter')
  await stranger.page.getByText('That is not the password.').waitFor()
  await assertAccessible(stranger.page, 'the form for the password')
  await stranger.page.getByLabel('Password').fill(PASSWORD)
  await stranger.page.keyboard.press('Enter')
  await stranger.page.getByRole('heading', { name: 'plans' }).waitFor()
  await stranger.page.getByText('3 downloads are left.').waitFor()
  await assertAccessible(stranger.page, 'a linked folder')
  await stranger.page.getByRole('link', { name: 'inner/' }).click()
  const saving = stranger.page.waitForEvent('download')
  await stranger.page.getByRole('link', { name: 'Download deep.txt' }).click()
  const saved = await saving
  assert.equal(saved.suggestedFilename(), 'deep.txt')
  assert.equal(await readFile(await saved.path(), 'utf8'), 'deep down')
  await stranger.page.getByRole('link', { name: 'plans' }).click()
  await stranger.page.getByText('2 downloads are left.').waitFor()

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'My public links' }).click()
  await page.getByText('1 of 3').waitFor()
  await page.getByRole('button', { name: /^Revoke the link made/ }).click()
  await page.getByRole('group').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('There are no links yet.').waitFor()
  await stranger.page.reload()
  await stranger.page.getByRole('heading', { name: 'There is no such link' }).waitFor()
  await assertAccessible(stranger.page, 'no link')
})

test('what stands in a linked folder is shown as text, and nothing of it is carried out', async () => {
  await using trial = await begin()
  const { page } = trial
  const address = await trial.link(`${HOME}/plans`)
  let asked = 0
  page.on('dialog', (dialog) => {
    asked++
    void dialog.dismiss()
  })
  await page.goto(trial.home + address)
  await page.getByText('<img src=x onerror=alert(1)>.txt').waitFor()
  await page.getByRole('link', { name: '<img src=x onerror=alert(1)>.txt', exact: true }).click()
  await page.getByText('words').waitFor()
  const saving = page.waitForEvent('download')
  await page.goto(`${trial.home}${address}/evil.html`).catch(() => undefined)
  assert.equal((await saving).suggestedFilename(), 'evil.html')
  assert.equal(asked, 0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`${colorScheme}, narrow, in Spanish: pages of links fit, and axe finds nothing`, async () => {
    await using trial = await begin({ colorScheme, viewport: NARROW, locale: 'es-ES' })
    const { page, world } = trial
    const long = `${HOME}/${'un nombre muy largo '.repeat(8)}.txt`
    await world.write(long, 'x')
    await world.files.makeFolder(ANA, `${HOME}/vacía`)
    const shown: readonly (readonly [string, string])[] = [
      [await trial.link(`${HOME}/plans`), 'Descargar'],
      [await trial.link(long, { downloadsMax: 1 }), 'Queda una descarga.'],
      [await trial.link(`${HOME}/vacía`), 'Esta carpeta está vacía.'],
      [await trial.link(long, { password: PASSWORD }), 'Este enlace necesita una contraseña'],
      ['/s/nada', 'No hay tal enlace'],
    ]
    for (const [address, text] of shown) {
      await page.goto(trial.home + address)
      await page.getByText(text).first().waitFor()
      await assertFits(page)
      await assertAccessible(page, text)
    }
    await trial.logIn()
    await page.goto(`${trial.home}/?view=files&path=${HOME}`)
    await page.getByRole('button', { name: 'Mis enlaces públicos' }).click()
    await page.getByRole('table', { name: 'Lista de enlaces públicos' }).waitFor()
    await assertFits(page)
    await assertAccessible(page, 'one’s own links')
  })
