import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { memberEnv } from '../../src/node/supervisor/member-env.ts'
import { compileCacheFor } from './launch.mjs'

const LAUNCH = new URL('launch.mjs', import.meta.url).href

/** Runs `runThere` in a process of its own over a child that does `code`. */
function launched(code: string): ReturnType<typeof spawn> {
  const program = `import { runThere } from ${JSON.stringify(LAUNCH)}
    runThere(process.execPath, ['--eval', ${JSON.stringify(code)}])`
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
}

test('runThere() gives the exit code of the child', async () => {
  assert.deepEqual(await once(launched('process.exitCode = 3'), 'exit'), [3, null])
})

test('runThere() ends by the signal that ended the child', async () => {
  const child = launched('process.kill(process.pid, "SIGKILL")')
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`runThere() passes ${signal} on, once, and waits for the child`, async () => {
    const child = launched(`
      let count = 0
      process.on('${signal}', () => {
        count++
        // A turn of grace, in which a second one would be counted.
        setTimeout(() => process.exit(40 + count), 50)
      })
      setInterval(() => {}, 1000)
      console.log('ready')`)
    assert.ok(child.stdout)
    await once(child.stdout, 'data')
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [41, null])
  })
}

/** A process that is as the first one of a container, and stays. */
function asFirst(code: string): ReturnType<typeof spawn> {
  const program = `import { endAtSignals } from ${JSON.stringify(LAUNCH)}
    endAtSignals()
    // A second time changes nothing.
    endAtSignals()
    setInterval(() => {}, 1000)
    ${code}
    console.log('ready')`
  const args = ['--input-type=module', '--eval', program]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('endAtSignals() ends a process that takes no signal itself', async () => {
  const child = asFirst('')
  assert.ok(child.stdout)
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [143, null])
})

test('endAtSignals() leaves a signal to who takes it', async () => {
  const child = asFirst(`process.on('SIGTERM', () => setTimeout(() => process.exit(7), 50))`)
  assert.ok(child.stdout)
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [7, null])
})

test('members have a compile cache of their own, whoever starts them', () => {
  const own = memberEnv({ NODE_COMPILE_CACHE: '/c', HOME: '/h' })
  assert.equal(own['HOME'], '/h')
  for (const args of [['init'], ['join', 'HOST'], ['member'], ['member', '--data', 'D']]) {
    assert.equal(compileCacheFor(args, '/c'), own['NODE_COMPILE_CACHE'])
  }
  for (const args of [[], ['up'], ['member', 'admit', '1'], ['status']]) {
    assert.equal(compileCacheFor(args, '/c'), '/c')
  }
  assert.deepEqual(memberEnv({ HOME: '/h' }), { HOME: '/h' })
})
