/**
 * The page on which people let a program of Mastodon in, in a browser without scripts: by keys, in
 * both languages, narrow, dark, and as somebody hears it. Needs chromium and the built page (`vite
 * build web`).
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'

import type { BrowserContextOptions, Page } from 'playwright-core'

import { mastodonDoor } from '../../src/gateways/rest/mastodon/mastodon-door.test-helper.ts'
import { OUT_OF_BAND } from '../../src/gateways/rest/mastodon/oauth-apps.ts'
import { freshWindow } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

const WIDE = { width: 1_280, height: 900 }
const NARROW = { width: 390, height: 800 }
/** Where pictures of it go, for who wants to look. */
const PICTURES = process.env['ANILLO_PICTURES']

async function begin(context: BrowserContextOptions = {}, redirect = OUT_OF_BAND) {
  await using opening = new AsyncDisposableStack()
  const door = opening.use(await mastodonDoor())
  const app = await door.makeApp('read write follow', redirect)
  await door.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  const opened = opening.use(await freshWindow({ viewport: WIDE, ...context }))
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.client_id,
    redirect_uri: redirect,
    scope: 'read write follow',
    state: 's1',
  })
  const closing = opening.move()
  return {
    ...opened,
    door,
    app,
    address: `http://localhost:${port}/oauth/authorize?${query.toString()}`,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}

test('nick, password, Enter: the code is shown, and opens the account once', async () => {
  await using trial = await begin({ locale: 'en-US' })
  const { address, app, door, page } = trial
  await page.goto(address)
  assert.equal(await page.evaluate('document.activeElement.id'), 'nick')
  await assertAccessible(page, 'asking')
  await picture(page, 'authorize-wide-en')
  await page.keyboard.type('ana')
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  assert.equal(await page.getByLabel('Nick').inputValue(), 'ana')
  assert.equal(await page.evaluate('document.activeElement.id'), 'password')
  await assertAccessible(page, 'wrong')
  await page.keyboard.type('ana-password')
  await page.keyboard.press('Enter')
  const code = await page.getByLabel('Code').inputValue()
  await assertAccessible(page, 'the code')
  await picture(page, 'authorize-code-en')
  const form = { ...app, grant_type: 'authorization_code', code, redirect_uri: OUT_OF_BAND }
  const token = await door.asked('POST', '/oauth/token', { form })
  assert.equal(token.statusCode, 200)
})

test('it speaks Spanish, fits a telephone, and is dark where that is wanted', async () => {
  const context = { locale: 'es-ES', viewport: NARROW, colorScheme: 'dark' } as const
  await using trial = await begin(context)
  const { address, page } = trial
  await page.goto(address)
  await page.getByRole('button', { name: 'Permitir', exact: true }).waitFor()
  await assertFits(page)
  await assertAccessible(page, 'asking, dark')
  await picture(page, 'authorize-narrow-dark-es')
  await page.getByRole('button', { name: 'No permitir' }).click()
  await page.getByRole('heading', { name: 'No permitido' }).waitFor()
  await assertAccessible(page, 'denied')
})

test('the browser is sent on to the program, with the code and what it gave', async () => {
  const asked: string[] = []
  const program = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.end('back')
  })
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
  const { port } = program.address() as { readonly port: number }
  try {
    await using trial = await begin({}, `http://127.0.0.1:${port}/back`)
    const { address, page } = trial
    await page.goto(address)
    await page.getByLabel('Nick').fill('ana')
    await page.getByLabel('Password').fill('ana-password')
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.waitForURL(/\/back\?/)
    const back = new URL(asked.find((url) => url.startsWith('/back')) ?? '', 'http://a')
    assert.equal(back.searchParams.get('state'), 's1')
    assert.match(back.searchParams.get('code') ?? '', /./)
  } finally {
    program.close()
  }
})
