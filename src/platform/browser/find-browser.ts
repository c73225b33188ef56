/** Where a browser lies that is driven without a window: Chromium, or what is built on it. */
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'

import { SECOND_MS } from '../../base/limits.ts'
import type { FoundBrowser } from '../../effects/browser.ts'

/** The setting that says that none is wanted. */
export const NO_BROWSER = 'none'

/** As distributions call it; looked for on the PATH, in this order. */
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
]

const PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/usr/bin', '/usr/local/bin', '/opt/google/chrome'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
  ],
}

/** What tells its version may read its settings first. */
const VERSION_MS = 10 * SECOND_MS
const VERSION_CHARS_MAX = 100

export interface FindBrowser {
  /** A path, `none`, or empty: wherever there is one. */
  readonly setting: string
  readonly path: string
  readonly platform: NodeJS.Platform
}

export async function findBrowser(where: FindBrowser): Promise<FoundBrowser | undefined> {
  if (where.setting === NO_BROWSER) return undefined
  for (const path of where.setting === '' ? candidates(where) : [where.setting]) {
    if (await isProgram(path)) return { path, name: basename(path).replace(/\.exe$/i, '') }
  }
  return undefined
}

function candidates({ path, platform }: FindBrowser): readonly string[] {
  const folders = platform === 'win32' ? [] : path.split(delimiter).filter((one) => one !== '')
  const places = PLACES[platform] ?? []
  if (platform !== 'linux') {
    return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...places]
  }
  const all = new Set([...folders, ...places])
  return NAMES.flatMap((name) => Array.from(all, (folder) => join(folder, name)))
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What it says of itself; on Windows the question would open a window. */
export function browserVersion(path: string, platform: NodeJS.Platform): Promise<string> {
  if (platform === 'win32') return Promise.resolve(path)
  const { promise, resolve } = Promise.withResolvers<string>()
  execFile(path, ['--version'], { timeout: VERSION_MS }, (error, stdout) => {
    const said = stdout.trim().slice(0, VERSION_CHARS_MAX)
    resolve(error !== null || said === '' ? path : (said.split(' built on ')[0] ?? said))
  })
  return promise
}
