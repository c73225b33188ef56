/** Builds the web page (`web/` into `dist/web`) when what it is made of has changed. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { filesBelow, readTextIfAny, rememberedHash, writeStamp, writing } from './files.mjs'
import { SetupError } from './tell.mjs'

/** @typedef {import('./places.mjs').Places} Places */

/** What the page takes from the program: the messages it shows. */
const SHARED_FOLDERS = ['src/base', 'src/wire']

/** @param {Places} places */
export function pageNeeded(places) {
  if (!existsSync(join(places.pageSource, 'index.html'))) return false
  if (!existsSync(join(places.page, 'index.html'))) return true
  return readTextIfAny(places.pageStamp) !== wantedStamp(places)
}

/** @param {Places} places */
function wantedStamp(places) {
  const shared = SHARED_FOLDERS.map((folder) => join(places.root, folder))
  const sources = [places.pageSource, ...shared].flatMap(filesBelow)
  const built = sources.filter((path) => !path.endsWith('.test.ts'))
  return rememberedHash(places.root, [...built, places.packageLock], places.pageLook)
}

/**
 * Builds beside the old page and changes the two at the end: a ring that runs goes on serving it.
 * @param {{ places: Places, node: string, onSpawn: (pid: number) => void }} options
 */
export async function buildPage({ places, node, onSpawn }) {
  const stamp = wantedStamp(places)
  const draft = `${places.page}.draft`
  writing(places.root, () => mkdirSync(dirname(places.page), { recursive: true }))
  try {
    await runVite({ places, node, draft, onSpawn })
    rmSync(places.page, { recursive: true, force: true })
    renameSync(draft, places.page)
    writeStamp(places.pageStamp, stamp)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/**
 * @param {{ places: Places, node: string, draft: string, onSpawn: (pid: number) => void }} options
 * @returns {Promise<void>}
 */
function runVite({ places, node, draft, onSpawn }) {
  const vite = join(places.nodeModules, 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', 'web', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn']
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: places.root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.on('spawn', () => onSpawn(child.pid ?? 0))
    child.stdout.on('data', (piece) => (output += piece))
    child.stderr.on('data', (piece) => (output += piece))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new SetupError(`${output.trimEnd()}\n\nThe page could not be built.`))
    })
  })
}
