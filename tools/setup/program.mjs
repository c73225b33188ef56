/**
 * Builds the program (`src/` into one file, `dist/anillo/main.js`) when its sources have changed: a
 * member loads it three times faster than some thousand files. One file, so that a program that
 * runs needs nothing of it later, when another build has taken its place; but the threads that it
 * starts have each a file of their own beside it.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { filesBelow, readTextIfAny, rememberedHash, writeStamp, writing } from './files.mjs'
import { SetupError } from './tell.mjs'

/** @typedef {import('./places.mjs').Places} Places */

const BUNDLER = fileURLToPath(new URL('./bundle.mjs', import.meta.url))

/**
 * Modules that threads are started with (`src/platform/sibling-module.ts`), and what they load
 * (`src/node/tasks-module.ts`).
 */
const THREADS = [
  'platform/worker-main',
  'platform/database-worker-main',
  'platform/database-check-main',
  'node/tasks',
]

/** @param {Places} places */
export function programNeeded(places) {
  if (!existsSync(places.programSource)) return false
  if (!existsSync(places.program)) return true
  return readTextIfAny(places.programStamp) !== wantedStamp(places)
}

/** @param {Places} places */
function wantedStamp(places) {
  const sources = filesBelow(join(places.root, 'src')).filter((path) => !path.endsWith('.test.ts'))
  return rememberedHash(places.root, [...sources, BUNDLER, places.packageLock], places.programLook)
}

/**
 * Builds beside the old program and replaces it file by file, the program itself at last.
 * @param {{ places: Places, node: string, onSpawn: (pid: number) => void }} options
 */
export async function buildProgram({ places, node, onSpawn }) {
  const stamp = wantedStamp(places)
  const parts = partsOf(places).map(({ source, built }) => {
    return { source, built, draft: `${built}.draft.js` }
  })
  writing(places.root, () => mkdirSync(dirname(places.program), { recursive: true }))
  try {
    const paths = parts.flatMap(({ source, draft }) => [source, draft])
    await runBundler({ places, node, paths, onSpawn })
    for (const { draft, built } of parts) renameSync(draft, built)
    writeStamp(places.programStamp, stamp)
  } finally {
    for (const { draft } of parts) rmSync(draft, { force: true })
  }
}

/** @param {Places} places */
function partsOf(places) {
  const threads = THREADS.map((name) => ({
    source: join(places.root, 'src', `${name}.ts`),
    built: join(dirname(places.program), `${basename(name)}.js`),
  }))
  return [...threads, { source: places.programSource, built: places.program }]
}

/**
 * @param {{ places: Places, node: string, paths: string[], onSpawn: (pid: number) => void }}
 * options
 * @returns {Promise<void>}
 */
function runBundler({ places, node, paths, onSpawn }) {
  const args = [BUNDLER, ...paths]
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: places.root, stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.on('spawn', () => onSpawn(child.pid ?? 0))
    child.stderr.on('data', (piece) => (output += piece))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new SetupError(`${output.trimEnd()}\n\nThe program could not be built.`))
    })
  })
}
