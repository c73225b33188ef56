/**
 * `npm test`: every test that needs nothing but Node, the gate of `npm run check` among them.
 * Arguments are names of test files that are run instead of all.
 */
import { setUpPage } from './lib/page.ts'
import { runTests, testFiles } from './lib/tests.ts'

const named = process.argv.slice(2)
const built = await setUpPage()
const code = await runTests(named.length > 0 ? named : testFiles())
process.exitCode = built ? code : 1
