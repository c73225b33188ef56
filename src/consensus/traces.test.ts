import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'

import { playTrace } from './trace.test-helper.ts'

const FOLDER = join(import.meta.dirname, 'traces')
const SCRIPTS = globSync('*.txt', { cwd: FOLDER }).toSorted()

/** `RAFT_RECORD=1` writes what is played into the scripts, to be read as a diff. */
const IS_RECORDING = process.env['RAFT_RECORD'] === '1'

test('there are trace scripts', () => {
  assert.ok(SCRIPTS.length >= 10)
})

for (const name of SCRIPTS) {
  test(`RaftGroup goes the way of the trace ${basename(name, '.txt')}`, () => {
    const path = join(FOLDER, name)
    const script = readFileSync(path, 'utf8')
    const played = playTrace(script)
    if (IS_RECORDING) writeFileSync(path, played)
    assert.equal(played, IS_RECORDING ? played : script)
  })
}
