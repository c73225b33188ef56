/** The built page, and a Chromium that is there while the tests of a file run. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'

import type { Browser, BrowserContextOptions } from 'playwright-core'

import { launchChromium, openWindow, type Window } from '../../tools/lib/chromium.ts'

export const PAGE_ROOT = fileURLToPath(new URL('../../dist/web', import.meta.url))

let browser: Browser

before(async () => {
  assert.ok(existsSync(PAGE_ROOT), `${PAGE_ROOT} is not built: vite build web`)
  browser = await launchChromium()
})
after(() => browser.close())

/** A fresh window with nothing remembered. */
export function freshWindow(options?: BrowserContextOptions): Promise<Window> {
  return openWindow(browser, options)
}
