import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import { present } from '../../base/assert.ts'
import { workWatch } from './work-watch.ts'

const isLinux = existsSync('/proc/self/stat')

/** One look may meet a loop while it waits for a page: the test's time is the bound. */
async function untilWorks(works: () => boolean): Promise<void> {
  while (!works()) await setImmediate()
}

test(
  'workWatch() sees a loop work, and a process that was stopped rest',
  { skip: !isLinux, timeout: 60_000 },
  async () => {
    const code = 'process.send("begun"); for (;;);'
    const child = spawn(process.execPath, ['-e', code], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const pid = present(child.pid, 'a process')
    try {
      await once(child, 'message')
      const works = workWatch(pid)
      for (let look = 0; look < 20; look++) await untilWorks(works)
      child.kill('SIGSTOP')
      // A signal takes a moment to arrive.
      while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await setImmediate()
      works()
      for (let look = 0; look < 20; look++) assert.equal(works(), false)
    } finally {
      child.kill('SIGKILL')
    }
  },
)

test('workWatch() sees nothing of a process that is not there', () => {
  assert.equal(workWatch(undefined)(), false)
  assert.equal(workWatch(2 ** 30)(), false)
})
