import assert from 'node:assert/strict'
import { test } from 'node:test'

import { simCommand } from '../main.ts'
import { SCENARIOS } from '../scenarios.ts'

/**
 * A seed costs some 3 s of CPU; the last of these is run twice. More for one run of the tests:
 * `SIM_SEEDS=200`.
 */
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 16)

test(`whole stores hold their promises with the seeds 1 to ${SEEDS}`, async () => {
  const lines: string[] = []
  const code = await simCommand(['store', '--seeds', String(SEEDS)], {
    scenarios: SCENARIOS,
    print: (line) => lines.push(line),
  })
  assert.equal(code, 0, lines.join('\n'))
})
