import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

test('restore says that there is no backup before it asks for what would open it', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'anillo-restore-'))
  try {
    for (const from of [empty, join(empty, 'nothing')]) {
      const io = keptIo()
      const data = join(empty, 'data')
      assert.equal(await runProgram(['restore', from, '--data', data], io), EXIT.failed)
      assert.match(io.errText(), /There is no backup at .*BACKUP_ABSENT/)
    }
  } finally {
    await rm(empty, { recursive: true })
  }
})
