/**
 * `npm run test:interop`: tests with programs that others wrote, such as a browser. What a machine
 * lacks is installed where that is possible; what is left out all the same is told, at the end too.
 */
import { setUpPage } from './lib/page.ts'
import { installPrograms, missingFor, neededBy } from './lib/programs.ts'
import { interopFiles, runTests } from './lib/tests.ts'

if (await setUpPage()) {
  const files = interopFiles()
  installPrograms([...new Set(files.flatMap(missingFor))])
  const leftOut = files
    .map((file) => ({ file, missing: missingFor(file) }))
    .filter(({ missing }) => missing.length > 0)
  const outside = new Set(leftOut.map(({ file }) => file))
  const inside = files.filter((file) => !outside.has(file))
  const withBrowser = inside.filter((file) => neededBy(file).includes('chromium'))
  const others = inside.filter((file) => !withBrowser.includes(file))
  // Others make networks and take them away, at which a browser breaks off whatever it loads.
  const codes = [await runTests(others), await runTests(withBrowser)]
  process.exitCode = Math.max(...codes)
  for (const { file, missing } of leftOut) {
    console.log(`Left out: ${file}, which needs ${missing.join(', ')}. Install it and repeat.`)
  }
} else {
  process.exitCode = 1
}
