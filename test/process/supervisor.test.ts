import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { isAnilloError } from '../../src/base/errors.ts'
import { spawnMember } from '../../src/node/supervisor/spawn.ts'
import { platformDisk } from '../../src/platform/disk.ts'
import { isAlive, startTrial } from './trial.ts'

const SMALL_SUPERVISOR = fileURLToPath(new URL('small-supervisor.ts', import.meta.url))

test('a member whose log cannot be opened is not started, and the reason names the file', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-spawn-'))
  t.after(() => rm(directory, { recursive: true }))
  writeFileSync(join(directory, 'file'), '')
  const logPath = join(directory, 'file', 'log')
  const command = { file: process.execPath, args: ['--version'], env: process.env, logPath }
  const handlers = { message: () => undefined, exited: () => undefined }
  assert.throws(
    () => spawnMember(command, handlers),
    (thrown) => isAnilloError(thrown, 'DATA_NOT_WRITABLE') && thrown.message.includes(logPath),
  )
})

test('a member killed with -9 is back on its directory, and the others never stopped', async (t) => {
  const trial = await startTrial(t)
  await trial.announced
  const [before, other] = [trial.pid('n1'), trial.pid('n2')]
  const back = trial.said('memberReady', 'n1')
  process.kill(before, 'SIGKILL')
  await back
  assert.notEqual(trial.pid('n1'), before)
  assert.ok(!isAlive(before))
  assert.equal(trial.pid('n2'), other)
  const died = trial.sayings.find(({ kind }) => kind === 'died')
  assert.deepEqual(died, { kind: 'died', name: 'n1', how: 'SIGKILL', againMs: 0 })
})

test('a stopped member is killed, waited for, and started again on its directory', async (t) => {
  const trial = await startTrial(t)
  await trial.announced
  const before = trial.pid('n2')
  const hangs = trial.said('hangs', 'n2')
  const back = trial.said('memberReady', 'n2')
  process.kill(before, 'SIGSTOP')
  await hangs
  // Ready again says that it got the lock, which the stopped process held until it was gone.
  await back
  assert.ok(!isAlive(before))
  assert.ok(isAlive(trial.pid('n2')))
})

test('a member that dies again soon after its start is started later', async (t) => {
  const trial = await startTrial(t)
  await trial.announced
  const pid = trial.pid('n1')
  const died = trial.said('died', 'n1')
  process.kill(pid, 'SIGKILL')
  await died
  const back = trial.said('memberReady', 'n1')
  await back
  const again = trial.said('died', 'n1')
  process.kill(trial.pid('n1'), 'SIGKILL')
  assert.deepEqual(await again, { kind: 'died', name: 'n1', how: 'SIGKILL', againMs: 1_000 })
  await trial.said('memberReady', 'n1')
})

test('all busy brings a worker; idle, it hands over, ends, and its directory is gone', async (t) => {
  const trial = await startTrial(t)
  await trial.announced
  const added = trial.said('memberReady', 'n3')
  for (const name of ['n1', 'n2']) writeFileSync(join(trial.directory(name), 'busy'), '')
  await added
  const worker = trial.pid('n3')
  const retired = trial.said('retired', 'n3')
  for (const name of ['n1', 'n2']) await rm(join(trial.directory(name), 'busy'))
  await retired
  assert.ok(!isAlive(worker))
  assert.ok(!existsSync(trial.directory('n3')))
})

test('terminate leaves no process behind', async (t) => {
  const trial = await startTrial(t)
  await trial.announced
  const pids = ['n1', 'n2'].map((name) => trial.pid(name))
  trial.supervisor.terminate()
  assert.deepEqual(await trial.supervisor.finished, { failed: false })
  assert.ok(pids.every((pid) => !isAlive(pid)))
})

test('a stopped member does not keep the supervisor from ending when it is asked twice', async (t) => {
  const trial = await startTrial(t)
  await trial.announced
  process.kill(trial.pid('n1'), 'SIGSTOP')
  trial.supervisor.terminate()
  trial.supervisor.terminate()
  await trial.supervisor.finished
  assert.ok(!isAlive(trial.pid('n1')))
})

test('members stop by themselves when their supervisor is killed with -9', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-orphans-'))
  t.after(() => rm(data, { recursive: true }))
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const supervisor = spawn(process.execPath, [SMALL_SUPERVISOR, data], { stdio: [...stdio] })
  await once(supervisor.stdout, 'data')
  supervisor.kill('SIGKILL')
  await once(supervisor, 'exit')
  for (const name of ['n1', 'n2']) {
    const pid = Number(await readFile(join(data, name, 'pid'), 'utf8'))
    await untilFree(join(data, name))
    assert.ok(pid > 1)
  }
})

/** A lock tells nobody when it is free. */
const LOOK_EVERY_MS = 20

/** The lock of a directory goes with the process that held it: the event that is waited for. */
async function untilFree(directory: string): Promise<void> {
  for (;;) {
    const lock = await platformDisk(directory)
      .lock('')
      .catch(() => undefined)
    if (lock !== undefined) return lock.release()
    await pause(LOOK_EVERY_MS)
  }
}

test('spawnMember() tells of an exit although somebody deleted the member’s directory', async () => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-deleted-'))
  const exited = Promise.withResolvers<unknown>()
  const script = 'process.on("message", () => undefined)'
  const child = spawnMember(
    {
      file: process.execPath,
      args: ['-e', script],
      env: process.env,
      logPath: join(data, 'log'),
    },
    { message: () => undefined, exited: exited.resolve },
  )
  await rm(data, { recursive: true })
  child.kill()
  assert.deepEqual(await exited.promise, { clean: false, how: 'SIGKILL' })
})
