/** The gate as tests, so that one runner tells all that `npm test` found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkSteps } from './lib/gate.ts'

// Tidy has its own test, beside those that show that it finds faults.
for (const step of checkSteps().filter(({ name }) => name !== 'tidy')) {
  test(`npm run check: ${step.name}`, async () => {
    const { ok, output } = await step.run()
    assert.ok(ok, `${step.hint}\n\n${output}`)
  })
}
