import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KIB } from '../../../base/limits.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { MemoryFiles } from '../memory-files.test-helper.ts'
import type { FileLimits, Files, FileUser } from '../types.ts'
import { pacedFiles } from './paced-files.ts'
import { PACED_BYTES, Pacer, type PerSecond } from './pacer.ts'

const ANA: FileUser = { nick: 'ana', isManager: false, groups: [], mayWrite: true }
const BEN: FileUser = { nick: 'ben', isManager: false, groups: [], mayWrite: true }
const EVA: FileUser = { nick: 'eva', isManager: true, groups: [], mayWrite: true }
const NONE: PerSecond = { up: undefined, down: undefined }
const BYTES = 640 * KIB

function world(member: PerSecond = NONE) {
  const clock = new ManualClock()
  const inner = new MemoryFiles({ clock })
  const limitsOf = (nick: string) => inner.usage(EVA, nick === '' ? {} : { of: nick })
  const files = pacedFiles(inner, { pacer: new Pacer(clock, member), limitsOf })
  return { clock, files }
}

/** How long it takes by that clock. */
async function lasts(clock: ManualClock, work: Promise<unknown>): Promise<number> {
  const beganMs = clock.nowMs()
  let isDone = false
  const ended = work.finally(() => (isDone = true))
  ended.catch(() => undefined)
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!isDone) clock.advance(10)
  }
  await ended
  return clock.nowMs() - beganMs
}

async function put(files: Files, path: string, who: FileUser, signal?: AbortSignal) {
  const ask = signal === undefined ? {} : { signal }
  const upload = await files.write(who, path, { how: 'replace', ...ask })
  for (let at = 0; at < BYTES; at += PACED_BYTES) await upload.push(new Uint8Array(PACED_BYTES))
  await upload.commit()
}

async function get(files: Files, path: string, who: FileUser): Promise<number> {
  const { entry, read } = await files.open(who, path)
  let bytes = 0
  for await (const piece of read({ from: 0, to: entry.bytes })) {
    assert.ok(piece.length <= PACED_BYTES)
    bytes += piece.length
  }
  return bytes
}

const about = (ms: number, wished: number): void =>
  assert.ok(ms >= 0.85 * wished && ms <= 1.2 * wished, `${ms} ms, not about ${wished}`)

test('what nobody limits is not slowed down', async () => {
  const { clock, files } = world()
  assert.ok((await lasts(clock, put(files, '/shared/f', ANA))) < 200)
  assert.equal(await get(files, '/shared/f', ANA), BYTES)
})

test('an account is held to its rates, up and down, all its transfers together', async () => {
  const { clock, files } = world()
  const limits: FileLimits = { upPerSecond: 64 * KIB, downPerSecond: 128 * KIB }
  await files.setLimits(EVA, 'ana', limits)
  // Ten pieces, the first of which is the burst.
  about(await lasts(clock, put(files, '/shared/f', ANA)), 9_000)
  clock.advance(10_000)
  about(await lasts(clock, get(files, '/shared/f', ANA)), 4_500)
  clock.advance(10_000)
  const both = Promise.all([get(files, '/shared/f', ANA), get(files, '/shared/f', ANA)])
  about(await lasts(clock, both), 9_500)
  assert.ok((await lasts(clock, get(files, '/shared/f', BEN))) < 200, 'others are not')
})

test('a member is held to its rate by all accounts together, whoever has one of their own', async () => {
  const { clock, files } = world({ up: 128 * KIB, down: undefined })
  await files.setLimits(EVA, 'ben', { upPerSecond: 64 * KIB })
  const ms = await lasts(
    clock,
    Promise.all([put(files, '/shared/a', ANA), put(files, '/shared/b', BEN)]),
  )
  about(ms, 9_500)
  assert.ok((await lasts(clock, get(files, '/shared/a', ANA))) < 200)
})

test('whoever is gone is not waited for', async () => {
  const { clock, files } = world({ up: 16 * KIB, down: undefined })
  const ending = new AbortController()
  const work = put(files, '/shared/f', ANA, ending.signal)
  await new Promise((resolve) => setImmediate(resolve))
  ending.abort()
  assert.ok((await lasts(clock, work)) < 100)
})
