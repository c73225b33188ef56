import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { writeDoor } from '../node/doors.ts'
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
  assert.equal(startText(IO, { ...usual, ftpPort: 2_121 }), 'npm start')
  assert.equal(
    startText(IO, { ...usual, httpPort: 19_100, ftpPort: 2_121 }),
    'npm start -- --http 19100 --ftp 2121',
  )
  assert.equal(
    startText(IO, { ...usual, httpPort: 19_100, members: undefined }),
    'npx anillo member --http 19100',
  )
})

test('startTextOf() reads where the doors stood, that of FTP, too', async () => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-start-'))
  try {
    for (const index of [1, 2]) {
      const directory = join(data, 'members', `n${index}`)
      await mkdir(directory, { recursive: true })
      const [url, ftp] = [`http://localhost:${19_099 + index}`, `ftp://localhost:${2_999 + index}`]
      await writeDoor(directory, { url, ftp, beyond: undefined })
    }
    assert.match(await startTextOf(IO, data), / --http 19100 --ftp 3000$/)
  } finally {
    await rm(data, { recursive: true })
  }
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
