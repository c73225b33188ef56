/** Runs a script of the checkout with the right Node, set up first. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ROOT } from './places.mjs'
import { setUp } from './setup.mjs'
import { SetupError, tell } from './tell.mjs'

/** Exit codes of the command line: failed, and used wrongly. */
const EXIT_FAILED = 1
const EXIT_USAGE = 2

/**
 * In this very process where its Node is new enough; else in a child of the right one, which gets
 * this process's signals and gives it its exit code.
 * @param {{ script: string | undefined, args: readonly string[], builds: boolean }} what
 */
export async function launch({ script, args, builds }) {
  if (process.pid === 1) endAtSignals()
  if (process.env.npm_lifecycle_event === 'start') endWithParent()
  const ready = await trySetUp(builds)
  if (ready === undefined) return
  if (script === undefined || !existsSync(join(ROOT, script))) {
    tell(`there is no script ${script ?? ''}; usage: bin/run SCRIPT ARGS`)
    process.exitCode = EXIT_USAGE
    return
  }
  // For the processes that the script starts, too.
  process.env.NODE_COMPILE_CACHE ??= compileCacheFor(args, ready.compileCache)
  const path = join(ROOT, script)
  if (ready.node === process.execPath) await runHere(path, args)
  else runThere(ready.node, [path, ...args])
}

/**
 * A folder of their own for processes that are members, as in `src/node/supervisor/member-env.ts`.
 * @param {readonly string[]} args
 * @param {string} folder
 */
export function compileCacheFor([command, option = '-'], folder) {
  const isMember = ['init', 'join'].includes(command ?? '')
  const runsMember = isMember || (command === 'member' && option.startsWith('-'))
  return runsMember ? join(folder, 'member') : folder
}

/** @type {readonly NodeJS.Signals[]} */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * For the first process of a container: the kernel ends it at no signal that it does not take
 * itself, so that whoever stops the container would wait in vain, then kill. Whoever else takes the
 * signal, as a member that runs, decides instead.
 */
export function endAtSignals() {
  for (const signal of STOP_SIGNALS) {
    if (process.listenerCount(signal) > 0) continue
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return
      process.exit(128 + (constants.signals[signal] ?? 0))
    })
  }
}

const PARENT_LOOK_MS = 500

/**
 * npm tells its shell alone to end, and the shell ends without a word: for `npm start`, which else
 * would leave a ring that nobody sees.
 */
function endWithParent() {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, PARENT_LOOK_MS)
  timer.unref()
}

/** @param {boolean} builds */
async function trySetUp(builds) {
  try {
    return await setUp({ root: ROOT, builds })
  } catch (problem) {
    if (!(problem instanceof SetupError)) throw problem
    tell(problem.message)
    process.exitCode = EXIT_FAILED
    return undefined
  }
}

/**
 * @param {string} path
 * @param {readonly string[]} args
 */
async function runHere(path, args) {
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  process.argv = [process.execPath, path, ...args]
  await import(pathToFileURL(path).href)
}

/**
 * In a child: it has this process's terminal and gets its signals; this one ends as it ends.
 * @param {string} node
 * @param {readonly string[]} args
 */
export function runThere(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (!reachesChildItself(signal)) child.kill(signal)
    })
  }
  child.on('error', (problem) => {
    tell(`${node} does not start: ${problem.message}`)
    process.exitCode = EXIT_FAILED
  })
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? EXIT_FAILED
      return
    }
    process.exitCode = 128 + (constants.signals[signal] ?? 0)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/**
 * A terminal's Ctrl-C goes to the whole foreground group, the child included: a second one from
 * here would look like an impatient user.
 * @param {NodeJS.Signals} signal
 */
function reachesChildItself(signal) {
  if (signal !== 'SIGINT') return false
  return [process.stdin, process.stdout, process.stderr].some((io) => io.isTTY)
}
