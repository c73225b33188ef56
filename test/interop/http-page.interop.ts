/**
 * What docs/http.md tells to type is answered as the page shows, by a ring of five. Needs curl.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { assertShown, Shell, stepsOf } from './typed-pages.ts'

test('the requests of the page about HTTP are answered as it shows', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'anillo-http-'))
  t.after(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))
  using shell = Shell.open()
  if (shell === undefined) {
    t.skip('this account may make no networks of its own')
    return
  }
  await shell.type(`export ANILLO_DATA=${home}/data XDG_STATE_HOME=${home}/state
ip link set lo up
npx anillo up > ${home}/log 2>&1 &
until grep -q "anillo ready" ${home}/log; do sleep 1; done`)
  const steps = stepsOf('docs/http.md')
  assert.ok(steps.length >= 6, 'the page has its steps')
  for (const step of steps) assertShown(step, await shell.type(step.typed))
})
