import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

import { keptIo } from '../../src/cli/io.test-helper.ts'
import { runProgram } from '../../src/cli/program.ts'
import { freePorts } from '../interop/free-ports.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

interface Serving {
  readonly process: ChildProcess
  /** What it said on standard error before it was ready. */
  readonly said: string
}

async function serve(...flags: readonly string[]): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN, 'share', 'serve', ...flags])
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  for await (const line of createInterface({ input: child.stdout })) {
    assert.match(line, /^anillo share ready 127\.0\.0\.1:\d+$/)
    return { process: child, said }
  }
  throw new Error(`it ended: ${said}`)
}

async function end({ process: child }: Serving, signal: NodeJS.Signals): Promise<number | null> {
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
  return child.exitCode
}

async function share(...args: readonly string[]): Promise<{ code: number; out: string }> {
  const io = keptIo()
  const code = await runProgram(['share', ...args], io)
  return { code, out: io.outText() }
}

test('nodes alone find one another, and one that is stopped comes back with what it kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-serve-'))
  const [one = 0, two = 0] = await freePorts(2)
  const [first, second] = [join(folder, '1'), join(folder, '2')]
  const running: Serving[] = []
  try {
    const serving = await serve('--port', `${one}`, '--state', first)
    running.push(serving)
    const bootstrap = ['--bootstrap', `localhost:${one}`]
    running.push(await serve('--port', `${two}`, '--state', second, ...bootstrap))
    const socket = ['--socket', join(first, 'share.sock')]
    const other = ['--socket', join(second, 'share.sock')]
    while ((await share('get', 'key', ...other)).out === '') {
      assert.equal((await share('set', 'key', 'a value', ...socket)).code, 0)
    }
    assert.equal((await share('get', 'key', ...other)).out, 'a value\n')
    assert.equal(await end(serving, 'SIGTERM'), 0)
    const again = await serve('--port', `${one}`, '--state', first)
    running.push(again)
    const id = /node ([0-9a-f]{40}) /
    assert.equal(id.exec(again.said)?.[1], id.exec(serving.said)?.[1])
    assert.equal((await share('get', 'key', ...socket)).out, 'a value\n')
  } finally {
    for (const { process: child } of running) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
})
