import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { workWatch } from './work-watch.ts'

const isLinux = existsSync('/proc/self/stat')

test(
  'workWatch() sees a loop work, and a process that was stopped rest',
  { skip: !isLinux },
  async () => {
    const code = 'process.send("begun"); for (;;);'
    const child = spawn(process.execPath, ['-e', code], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const pid = present(child.pid, 'a process')
    try {
      await once(child, 'message')
      const works = workWatch(pid)
      assert.equal(works(), true)
      assert.equal(works(), true)
      child.kill('SIGSTOP')
      // A signal takes a moment to arrive.
      while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) works()
      works()
      assert.equal(works(), false)
    } finally {
      child.kill('SIGKILL')
    }
  },
)

test('workWatch() sees nothing of a process that is not there', () => {
  assert.equal(workWatch(undefined)(), false)
  assert.equal(workWatch(2 ** 30)(), false)
})
