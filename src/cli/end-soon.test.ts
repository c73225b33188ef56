import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const END_SOON = new URL('end-soon.ts', import.meta.url).href

function ending(code: string): ReturnType<typeof spawn> {
  const program = `import { endSoon } from ${JSON.stringify(END_SOON)}
    ${code}
    process.exitCode = 3
    endSoon()`
  const args = ['--input-type=module', '--eval', program]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('endSoon() ends a process in which a timer goes on, with its exit code', async () => {
  const child = ending('setInterval(() => {}, 1000)')
  assert.deepEqual(await once(child, 'exit'), [3, null])
})

test('endSoon() ends a process of which a thread hangs in the system', async (t) => {
  if (process.platform === 'win32') return t.skip('there are no pipes in directories')
  const directory = mkdtempSync(join(tmpdir(), 'anillo-end-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  // Nobody ever writes to it, as no name server answers: process.exit would wait for the thread.
  const child = ending(`void (await import('node:fs')).promises.readFile(${JSON.stringify(pipe)})`)
  assert.deepEqual(await once(child, 'exit'), [3, null])
})

test('endSoon() leaves a process that is done to its own end', async () => {
  const child = ending(`process.on('exit', () => { process.exitCode = 4 })`)
  assert.deepEqual(await once(child, 'exit'), [4, null])
})
