/** Taking dweets along and bringing them, on the page over two real rings. Needs chromium. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import type { Page } from 'playwright-core'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { RealRing } from '../process/ring.ts'
import { logIn } from './log-in.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { RingBehind } from './ring-behind.ts'

const PASSWORD = 'an apple a day'
const NARROW = { width: 390, height: 844 }

async function enter(page: Page, ring: RealRing, place: string): Promise<void> {
  await page.goto(`${ring.door(0)}/?view=login`)
  await logIn(page, 'ana', PASSWORD)
  await page.goto(`${ring.door(0)}/?view=dweets${place}`)
}

async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['ANILLO_SHOTS']
  if (folder === undefined) return
  await page.screenshot({ path: join(folder, `own-data-${name}.png`), fullPage: true })
}

/** Publishes one, and has all of it as a file. */
async function taken(page: Page, ring: RealRing, path: string): Promise<void> {
  await enter(page, ring, '')
  await page.getByRole('textbox', { name: 'New dweet' }).fill('from the other ring')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Published.').waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const download = await coming
  assert.equal(download.suggestedFilename(), 'anillo-ana.zip')
  await download.saveAs(path)
  await assertAccessible(page, 'settings')
  await shot(page, 'wide')
}

async function broughtBack(page: Page, ring: RealRing, path: string): Promise<void> {
  await enter(page, ring, '&at=settings')
  const form = page.getByRole('form', { name: 'Traer lo tuyo' })
  await form.getByRole('button', { name: 'Importar' }).click()
  await page.getByText('Elige antes un archivo.').waitFor()
  await form.locator('input[type=file]').setInputFiles(path)
  await form.getByRole('button', { name: 'Importar' }).click()
  await page.getByText('Importados: 1; ya estaban: 0.').waitFor()
  await form.getByRole('button', { name: 'Importar' }).click()
  await page.getByText('Importados: 0; ya estaban: 1.').waitFor()
  await assertAccessible(page, 'settings in Spanish')
  await assertFits(page)
  await shot(page, 'narrow-dark-es')
  await page.getByRole('link', { name: 'Tu perfil' }).click()
  const dweet = page.locator('article.dweet', { hasText: 'from the other ring' })
  await dweet.getByText('importado', { exact: true }).waitFor()
}

async function decided(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Ajustes' }).click()
  const form = page.getByRole('form', { name: 'Cuánto se quedan tus dweets' })
  await form.getByLabel('Borrarlos después de').selectOption('90')
  await form.getByLabel('Conservar los que gustan al menos a tantos').selectOption('10')
  await form.getByRole('button', { name: 'Guardar' }).click()
  await page.getByText('Guardado.').waitFor()
  await page.reload()
  await form.waitFor()
  assert.equal(await form.getByLabel('Borrarlos después de').inputValue(), '90')
  assert.ok(await form.getByLabel('Conservar los que tengo guardados').isChecked())
  await page.getByRole('button', { name: 'Borrar todos los dweets' }).click()
  const asked = page.getByRole('group', { name: /Borrar todos tus dweets y redweets/ })
  await asked.getByRole('button', { name: 'Borrar todos los dweets' }).click()
  await page.getByText('Se están borrando.').waitFor()
  await page.getByRole('link', { name: 'Tu perfil' }).click()
  await page.getByText('Publicaciones: 0').waitFor()
}

async function refused(page: Page, path: string): Promise<void> {
  await page.getByRole('link', { name: 'Ajustes' }).click()
  const form = page.getByRole('form', { name: 'Traer lo tuyo' })
  await form.locator('input[type=file]').setInputFiles(path)
  await form.getByRole('button', { name: 'Importar' }).click()
  await page.locator('.outcome--trouble', { hasText: 'dañado' }).waitFor()
}

test('on the page: taken along by a click, brought into another ring once, and let go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-own-data-'))
  const [path, broken] = [join(folder, 'mine.zip'), join(folder, 'broken.zip')]
  await writeFile(broken, 'PK\u0003\u0004 and nothing more')
  await using browser = await launchChromium()
  await using here = await RealRing.start({ members: 1 })
  await using there = await RealRing.start({ members: 1 })
  for (const ring of [here, there]) await RingBehind.register(ring, 'ana', PASSWORD)
  await using first = await openWindow(browser, { reducedMotion: 'reduce' })
  await taken(first.page, here, path)
  const look = { reducedMotion: 'reduce', locale: 'es', colorScheme: 'dark' } as const
  await using second = await openWindow(browser, { ...look, viewport: NARROW })
  await broughtBack(second.page, there, path)
  await decided(second.page)
  await refused(second.page, broken)
  for (const { complaints } of [first, second]) assert.deepEqual(complaints, [])
  await rm(folder, { recursive: true })
})
