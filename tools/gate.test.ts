/** The gate as tests, so that one runner tells all that `npm test` found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkSteps } from './lib/gate.ts'

for (const step of checkSteps()) {
  test(`npm run check: ${step.name}`, async () => {
    const { ok, output } = await step.run()
    assert.ok(ok, `${step.hint}\n\n${output}`)
  })
}
