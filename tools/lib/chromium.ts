/** Debian's chromium, driven for tests and pictures. It speaks to nobody but the page. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'

import { PATIENCE_MS } from './patience.ts'

const CHROMIUM = process.env['ANILLO_CHROMIUM'] ?? '/usr/bin/chromium'

/** Chromium's own calls home are off, so that what is seen on the wire is the page's doing. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launchChromium(): Promise<Browser> {
  const options = { executablePath: CHROMIUM, headless: true, args: FLAGS }
  return chromium.launch({ ...options, timeout: PATIENCE_MS })
}

/** A browser that keeps what it keeps in `directory`, as on a person’s computer. */
export async function openProfile(directory: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(directory, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    locale: 'en-GB',
    timeout: PATIENCE_MS,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  return context
}

/** Closed with all its tabs when it is disposed of. */
export interface Window extends AsyncDisposable {
  readonly page: Page
  /** What the browser complained of: errors of scripts, of the policy, of the console. */
  readonly complaints: readonly string[]
  /** Origins that the page asked anything of. */
  readonly origins: ReadonlySet<string>
}

/** A fresh window with nothing remembered. */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ locale: 'en-GB', colorScheme: 'light', ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  const origins = new Set<string>()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  return { page, complaints, origins, [Symbol.asyncDispose]: () => context.close() }
}
