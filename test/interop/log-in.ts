/** Logging in on the page, as a person does. */
import type { Page } from 'playwright-core'

/** At the view `login`; settles once the page tells who is logged in. */
export async function logIn(page: Page, nick: string, password: string): Promise<void> {
  await page.locator('input[name=nick]').fill(nick)
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.asker__nick', { hasText: nick }).waitFor()
}
