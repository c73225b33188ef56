/**
 * A stranger follows docs/first-steps.md: each command of its second part is typed into one shell,
 * and says what the page shows below it. Needs curl and python3.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertShown, Shell, stepsOf } from './typed-pages.ts'

test('the commands of the first steps make a ring of three, and say what the page shows', async (t) => {
  using shell = Shell.open()
  if (shell === undefined) {
    t.skip('this account may make no networks of its own')
    return
  }
  const steps = stepsOf('docs/first-steps.md')
  assert.ok(steps.length > 10, 'the page has its steps')
  let before = ''
  for (const { typed, shown } of steps) {
    const code = /with the code (\d{6})/.exec(before)?.[1]
    const text = code === undefined ? typed : typed.replace(/admit \d{6}/, `admit ${code}`)
    before = await shell.type(text)
    assertShown({ typed: text, shown }, before)
  }
})
