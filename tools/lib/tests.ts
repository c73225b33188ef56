/** Finds test files and runs them with Node's own runner. */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'

import { ROOT, SOURCE_FOLDERS } from './paths.ts'

/**
 * The machine that must pass them all has two cores; each file is a process of its own. One more
 * than cores: some wait for members that start, for a browser, for limits of time.
 */
const FILES_AT_ONCE = 3

/** No file takes half of it; one that hangs must not hold up all. */
const FILE_MS_MAX = 12 * 60_000

const FAILED_FILES = new URL('failed-files.ts', import.meta.url).href

/** Test files that need nothing but Node. */
export function testFiles(): readonly string[] {
  return filesNamed(`{${SOURCE_FOLDERS.join(',')}}/**/*.test.{ts,tsx}`)
}

/** Test files that need programs or packages which a machine may lack. */
export function interopFiles(): readonly string[] {
  return filesNamed('test/interop/**/*.interop.ts')
}

function filesNamed(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules/**'] }).toSorted()
}

/**
 * Runs test files; the runner's own summary closes the output.
 * @param failedTo a file that gets the paths of files with a test that failed, a line each
 * @returns the exit code; 1 also where there is no file, since no test is no success.
 */
export function runTests(files: readonly string[], failedTo?: string): Promise<number> {
  if (files.length === 0) {
    console.error('No test was found.')
    return Promise.resolve(1)
  }
  const flags = [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(failedTo === undefined
      ? []
      : [
          `--test-reporter=${FAILED_FILES}`,
          `--test-reporter-destination=${failedTo}`,
          // What a test that was given up left open, a browser or a server, keeps no file alive.
          '--test-force-exit',
        ]),
    `--test-concurrency=${FILES_AT_ONCE}`,
    `--test-timeout=${FILE_MS_MAX}`,
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, ...files], { cwd: ROOT, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
