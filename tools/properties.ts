/**
 * `npm run properties`: property tests with cases that the usual runs do not draw, seed after seed,
 * until one fails.
 *
 *     npm run properties -- --minutes 60
 *     npm run properties -- --seed 7 --minutes 0
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { runTests, testFiles } from './lib/tests.ts'

const MINUTE_MS = 60_000

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 24)) },
  },
})

const files = testFiles().filter((file) => readFileSync(file, 'utf8').includes('/properties.ts'))
const untilMs = performance.now() + Number(values.minutes) * MINUTE_MS
let seed = Number(values.seed)
do {
  process.env['PROPERTY_SEED'] = String(seed)
  const code = await runTests(files)
  if (code !== 0) {
    console.error(`properties: seed ${seed} failed; npm run properties -- --seed ${seed}`)
    process.exitCode = code
    break
  }
  console.log(`properties: nothing found with seed ${seed}`)
  seed++
} while (performance.now() < untilMs)
