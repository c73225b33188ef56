/** The page about files in a real browser, over members whose tree is in memory. */
import assert from 'node:assert/strict'

import type { BrowserContextOptions, Page } from 'playwright-core'

import { MemoryFiles } from '../../src/services/files/memory-files.test-helper.ts'
import type { FileUser } from '../../src/services/files/types.ts'
import type { Window } from '../../tools/lib/chromium.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeRing } from './fake-member.ts'
import { logIn } from './log-in.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'

export const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }

/** Her own folder. */
export const HOME = `/home/${ANA.nick}`

export interface Trial extends Window, AsyncDisposable {
  readonly ring: FakeRing
  readonly files: MemoryFiles
  readonly home: string
  /** A file in the tree. */
  readonly has: (path: string, content: string | Uint8Array) => Promise<void>
  readonly content: (path: string) => Promise<Buffer>
  readonly open: (path: string) => Promise<void>
}

/** Told before each call of the tree; see `MemoryFiles`. */
type Before = (call: string, path: string) => Promise<void> | void

interface TrialOptions extends BrowserContextOptions {
  readonly before?: Before
  readonly bytesMax?: number
}

export const WIDE = { width: 1_280, height: 900 }
export const NARROW = { width: 320, height: 720 }

export async function begin({
  before: told,
  bytesMax,
  ...context
}: TrialOptions = {}): Promise<Trial> {
  const files = new MemoryFiles({
    clock: { wallMs: () => Date.parse('2026-11-21T10:00:00.500Z') },
    ...(told === undefined ? {} : { before: told }),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  })
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(
    await FakeRing.start({
      members: 3,
      pageRoot: PAGE_ROOT,
      scripts: {},
      accounts: new FakeAccounts(),
      files,
    }),
  )
  const opened = opening.use(await freshWindow({ viewport: WIDE, ...context }))
  const home = `${ring.member('m1').url}/`
  const { page } = opened
  await page.goto(`${home}?view=login`)
  await logIn(page, 'ana', 'ana-secret')
  const closing = opening.move()
  return {
    ...opened,
    ring,
    files,
    home,
    has: async (path, content) => {
      const upload = await files.write(ANA, path, { how: 'replace' })
      await upload.push(Buffer.from(content))
      await upload.commit()
    },
    content: async (path) => {
      const { entry, read } = await files.open(ANA, path)
      const pieces: Uint8Array[] = []
      for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece)
      return Buffer.concat(pieces)
    },
    open: async (path) => {
      await page.goto(`${home}?view=files&path=${encodeURIComponent(path)}`)
      await page.locator('.crumb [aria-current=page]').waitFor()
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

export const row = (page: Page, name: string) => page.getByRole('row', { name })
export const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })

export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

export async function hasNone(page: Page, name: string): Promise<void> {
  await page.locator('.entries__text', { hasText: name }).waitFor({ state: 'detached' })
}

/** Doors that were killed, and what was refused, are told in the console, too. */
const NO_FAULT = [
  /ERR_(CONNECTION|EMPTY_RESPONSE|INCOMPLETE|SOCKET_NOT_CONNECTED)/,
  /status of (404|409|412) /,
]

export function assertNoFaults({ complaints }: Window): void {
  assert.deepEqual(
    complaints.filter((text) => !NO_FAULT.some((one) => one.test(text))),
    [],
  )
}
