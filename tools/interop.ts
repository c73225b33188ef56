/**
 * `npm run test:interop`: tests with programs that others wrote, such as a browser. What a machine
 * lacks is installed where that is possible; what is left out all the same is told, at the end too.
 * Arguments are names of test files that are run instead of all.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { setUpPage } from './lib/page.ts'
import { handWork, installPrograms, missingFor, neededBy } from './lib/programs.ts'
import { interopFiles, runTests } from './lib/tests.ts'

const named = process.argv.slice(2)
if (await setUpPage()) {
  const files = named.length > 0 ? named : interopFiles()
  installPrograms([...new Set(files.flatMap(missingFor))])
  const leftOut = files
    .map((file) => ({ file, missing: missingFor(file) }))
    .filter(({ missing }) => missing.length > 0)
  const outside = new Set(leftOut.map(({ file }) => file))
  const inside = files.filter((file) => !outside.has(file))
  const withBrowser = inside.filter((file) => neededBy(file).includes('chromium'))
  const others = inside.filter((file) => !withBrowser.includes(file))
  // Others make networks and take them away, at which a browser breaks off whatever it loads.
  const failed = [...(await failedOf(others)), ...(await failedOf(withBrowser))]
  // Three at once may be more than a busy machine bears: what fails alone, too, has failed.
  const codes: number[] = []
  for (const file of failed) {
    console.log(`Once more, alone: ${file}`)
    codes.push(await runTests([file]))
  }
  if (failed.length > 0) console.log(`Failed beside others: ${failed.join(', ')}`)
  process.exitCode = Math.max(0, ...codes)
  for (const { file, missing } of leftOut) {
    const how = handWork(missing).map((one) => ` ${one}.`)
    console.log(
      `Left out: ${file}, which needs ${missing.join(', ')}. Install it and repeat.${how.join('')}`,
    )
  }
} else {
  process.exitCode = 1
}

/** Runs them, and tells which failed. */
async function failedOf(files: readonly string[]): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-interop-'))
  try {
    const list = join(directory, 'failed')
    if ((await runTests(files, list)) === 0) return []
    const failed = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '')
    // The runner failed without any file of them: all have.
    return failed.length === 0 ? files : failed
  } finally {
    await rm(directory, { recursive: true })
  }
}
