import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'

import { alone, CLAIM_AGE_MS_MAX, nameOfClaim, tryClaim } from './claim.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anillo-claim-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

test('tryClaim() gives way to a live claim of another process', () => {
  writeFileSync(join(folder, nameOfClaim({ pid: process.pid, host: hostname() })), '')
  assert.deepEqual(tryClaim(folder), { kind: 'held', by: process.pid })
})

test('tryClaim() sweeps a claim away whose process has ended', async () => {
  writeFileSync(join(folder, nameOfClaim({ pid: await endedPid(), host: hostname() })), '')
  assert.equal(tryClaim(folder).kind, 'claimed')
  assert.equal(readdirSync(folder).length, 1)
})

test('tryClaim() waits for the npm of a holder that was killed', async () => {
  const name = nameOfClaim({ pid: await endedPid(), host: hostname() })
  writeFileSync(join(folder, name), String(process.pid))
  assert.equal(tryClaim(folder).kind, 'held')
})

test('tryClaim() believes a claim of another host until it is too old', () => {
  const path = join(folder, nameOfClaim({ pid: 1, host: 'elsewhere.example' }))
  writeFileSync(path, '')
  assert.deepEqual(tryClaim(folder), { kind: 'held', by: 1 })
  const past = new Date(Date.now() - CLAIM_AGE_MS_MAX - 1000)
  utimesSync(path, past, past)
  assert.equal(tryClaim(folder).kind, 'claimed')
})

test('alone() does nothing when nothing is needed', async () => {
  await alone(
    folder,
    () => false,
    () => assert.fail('worked'),
  )
  assert.deepEqual(readdirSync(folder), [])
})

test('alone() lets one of many work, and the others see that it is done', async () => {
  let worked = 0
  let inside = 0
  const start = (): Promise<void> =>
    alone(
      folder,
      () => worked === 0,
      async () => {
        assert.equal(++inside, 1)
        await new Promise((resolve) => setImmediate(resolve))
        worked++
        inside--
      },
    )
  await Promise.all([start(), start(), start()])
  assert.equal(worked, 1)
  assert.deepEqual(readdirSync(folder), [])
})

test('alone() gives its claim back when the work fails', async () => {
  const failing = alone(
    folder,
    () => true,
    () => Promise.reject(new Error('no network')),
  )
  await assert.rejects(failing, /no network/)
  assert.deepEqual(readdirSync(folder), [])
})
