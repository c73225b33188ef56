/**
 * Accounts on the page over a real ring: what was done at one member counts at all of them, also
 * when the member of the page is killed. Needs chromium.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import type { Page } from 'playwright-core'

import type { Me } from '../../src/wire/api-accounts.ts'
import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { RealRing } from '../process/ring.ts'

const MEMBERS = 3

async function logIn(page: Page, nick: string, password: string): Promise<void> {
  await page.locator('input[name=nick]').fill(nick)
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.asker__nick', { hasText: nick }).waitFor()
}

/** Told in the console: what was refused, and doors of the dead. */
const NO_FAULT = /status of (401|403) |ERR_/

test('an account lives on when its member dies; what an administrator does counts at once', async () => {
  await using browser = await launchChromium()
  await using ring = await RealRing.start({ members: MEMBERS })
  await using anas = await openWindow(browser)
  await using admins = await openWindow(browser)

  const { page } = anas
  await page.goto(`${ring.door(0)}/?view=register`)
  await page.locator('input[name=nick]').fill('Ana')
  await page.locator('input[name=password]').fill('an apple a day')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByRole('link', { name: 'ana, your account' }).click()
  await page.getByText('Make a key').click()
  const form = page.getByRole('form', { name: 'Make a key' })
  await form.getByLabel('What it is for').fill('reading')
  await form.getByLabel('read pages that the ring keeps').check()
  await form.getByRole('button', { name: 'Make the key' }).click()
  const key = await page.locator('.secret__text').inputValue()
  const asks = (door: number): Promise<Response> =>
    fetch(`${ring.door(door)}/v1/auth/me`, { headers: { authorization: `Bearer ${key}` } })
  const asker = (await (await asks(2)).json()) as Me
  assert.deepEqual([asker.nick, asker.permissions], ['ana', ['pages.read']])

  await ring.signal('n1', 'SIGKILL')
  await page.getByLabel('Name', { exact: true }).fill('Ana María')
  await page.getByRole('button', { name: 'Save the name' }).click()
  await page.getByText('The name is changed.').waitFor()
  await page.locator('.door__name', { hasText: /^(n[23] |localhost)/ }).waitFor()

  const password = await readFile(join(ring.data, 'admin-password'), 'utf8')
  await admins.page.goto(`${ring.door(1)}/?view=people&nick=ana`)
  await logIn(admins.page, 'admin', password.trim())
  const card = admins.page.getByRole('region', { name: 'ana' })
  await card.getByText('Ana María').waitFor()
  await card.getByRole('radio', { name: /^operator/ }).check()
  await card.getByRole('button', { name: 'Save role and rights' }).click()
  await card.getByText('Saved; it counts at once').waitFor()

  // At another member, without logging in anew.
  await page.goto(ring.door(1))
  await page.getByRole('link', { name: 'ana, your account' }).click()
  await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).click()
  await page.locator('#audit tr', { hasText: 'user.role.operator' }).getByText('admin').waitFor()

  await card.getByRole('button', { name: 'Suspend' }).click()
  await card.getByText('Suspended, and logged out everywhere.').waitFor()
  assert.equal((await asks(2)).status, 401)
  // Her page asks the ring now and then, and so hears of it by itself.
  await page.getByText('Your session has ended. Log in again to go on.').waitFor()
  await page.locator('input[name=nick]').fill('ana')
  await page.locator('input[name=password]').fill('an apple a day')
  await page.keyboard.press('Enter')
  await page.getByText('This account is suspended. Ask an administrator.').waitFor()
  for (const { complaints } of [anas, admins])
    assert.deepEqual(
      complaints.filter((text) => !NO_FAULT.test(text)),
      [],
    )
})
