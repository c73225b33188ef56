import assert from 'node:assert/strict'
import { test } from 'node:test'

import { keptIo } from './io.test-helper.ts'
import { Progress } from './progress.ts'

test('Progress writes nothing where there is no terminal, but says what lasts', () => {
  const io = keptIo()
  {
    using progress = new Progress(io, () => 'working')
    progress.say('one done')
  }
  assert.equal(io.errText(), 'one done\n')
})

test('Progress keeps to one line of a terminal and clears it in the end', () => {
  const io = keptIo({ isTerminal: true, env: { NO_COLOR: '1' } })
  {
    using _progress = new Progress(io, () => 'w'.repeat(200))
  }
  const clear = '\r\u001B[K'
  assert.equal(io.errText(), `${clear}⠋ ${'w'.repeat(77)}${clear}`)
})
