/** Runs npm with a given Node first on PATH, and turns its failures into sentences. */
import { spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'

import { SetupError } from './tell.mjs'

/** As much of npm's last words as a person wants to read. */
const TAIL_LINES_MAX = 25

/** Both installs: nothing runs at install, nothing is saved, nobody is asked. */
export const INSTALL_FLAGS = [
  'install',
  '--no-save',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  // A registry out of reach is told within a minute, not after npm’s ten for each package.
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=3000',
  '--no-progress',
  '--loglevel=error',
]

/**
 * @param {{ cwd: string, node: string, args: readonly string[], onSpawn: (pid: number) => void }}
 * run
 * @returns {Promise<void>}
 * @throws SetupError that says what to do
 */
export async function runNpm({ cwd, node, args, onSpawn }) {
  const { code, output } = await spawned({ cwd, node, args, onSpawn })
  if (code !== 0) throw new SetupError(explain(output, cwd))
}

/**
 * @param {{ cwd: string, node: string, args: readonly string[], onSpawn: (pid: number) => void }}
 * run
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function spawned({ cwd, node, args, onSpawn }) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32'
    const child = spawn('npm', args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.on('spawn', () => onSpawn(child.pid ?? 0))
    child.stdout.on('data', (piece) => (output += piece))
    child.stderr.on('data', (piece) => (output += piece))
    child.on('error', () => {
      reject(
        new SetupError('npm is not on PATH. Install npm (it comes with Node.js), then repeat.'),
      )
    })
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** What npm prints, and what a person can do about it. */
const KNOWN_PROBLEMS = [
  {
    pattern: /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EIDLETIMEOUT)\b/,
    advice:
      'The npm registry cannot be reached. Check the network (and npm’s proxy settings), then ' +
      'repeat: what was downloaded is kept.',
  },
  {
    pattern: /\b(EACCES|EPERM|EROFS)\b/,
    advice: 'npm may not write here. Start anillo once as the owner of this folder.',
  },
  { pattern: /\bENOSPC\b/, advice: 'The disk is full. Free some space, then repeat.' },
  {
    pattern: /\bEINTEGRITY\b/,
    advice: 'A downloaded package is not the one that package-lock.json names. Do not go on.',
  },
]

/**
 * @param {string} output
 * @param {string} cwd
 */
export function explain(output, cwd) {
  const advice =
    KNOWN_PROBLEMS.find(({ pattern }) => pattern.test(output))?.advice ??
    'npm install failed; its last words are above.'
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES_MAX).join('\n')
  return `${tail}\n\n${advice} (in ${cwd})`
}
