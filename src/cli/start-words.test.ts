import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { EXIT } from './failure.ts'
import { keptIo } from './io.test-helper.ts'
import { runProgram } from './program.ts'
import { startText, startTextOf } from './start-words.ts'

const IO = { env: { ANILLO_DATA: '/data' } }

test('startText() says what differs from the default, and nothing else', () => {
  const usual = { dataPath: '/data', httpPort: 9_100, members: 5 }
  assert.equal(startText(IO, usual), 'npm start')
  assert.equal(
    startText(IO, { dataPath: "/d'a ta", httpPort: 19_100, members: 3 }),
    String.raw`npm start -- --data '/d'\''a ta' --members 3 --http 19100`,
  )
  assert.equal(
    startText(IO, { ...usual, httpPort: 19_100, members: undefined }),
    'npx anillo member --http 19100',
  )
})

test('a ring that does not answer is told with the command that starts it', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'anillo-start-'))
  try {
    assert.equal(await startTextOf(IO, empty), `npm start -- --data ${empty}`)
    const io = keptIo({ env: IO.env })
    const words = ['status', '--at', 'http://localhost:1', '--data', empty]
    assert.equal(await runProgram(words, io), EXIT.ringNotReachable)
    assert.ok(io.errText().includes(`Start one with “npm start -- --data ${empty}”.`), io.errText())
  } finally {
    await rm(empty, { recursive: true })
  }
})
