/**
 * `npm test`: every test that needs nothing but Node, the gate of `npm run check` among them.
 * Arguments are names of test files that are run instead of all.
 */
import { runTests, testFiles } from './lib/tests.ts'

const named = process.argv.slice(2)
process.exitCode = await runTests(named.length > 0 ? named : testFiles())
