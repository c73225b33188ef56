/** Limits of what accounts may have, over the ring’s tree and over the one in memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { KIB, MIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { withChunks } from '../../store/store.ts'
import { createContents } from './contents/contents.ts'
import { noise } from './contents/noise.test-helper.ts'
import { CONTENT_PROCEDURES } from './contents/procedures.ts'
import { RingFiles } from './files.ts'
import { MemoryFiles } from './memory-files.test-helper.ts'
import { bytesLeft } from './room.ts'
import { TREE_PROCEDURES } from './tree/procedures.ts'
import { CLAIMS_MAX } from './tree/usage-procedures.ts'
import type { Files, FileUser, WriteAsk } from './types.ts'

const ANA: FileUser = { nick: 'ana', isManager: false, groups: [], mayWrite: true }
const BEN: FileUser = { nick: 'ben', isManager: false, groups: [], mayWrite: true }
const EVA: FileUser = { nick: 'eva', isManager: true, groups: [], mayWrite: true }
const PIECE_BYTES = 64 * KIB

/** Each call gives the files of another member. */
function ringFiles(): () => RingFiles {
  const procedures = [...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES, ...TREE_PROCEDURES]
  const store = withChunks(new MemoryStore(procedures), new MemoryChunks())
  const effects = { clock: new ManualClock(), random: platformRandom() }
  return () => new RingFiles({ effects, store, contents: createContents({ effects, store }) })
}

function memoryFiles(): () => Files {
  const files = new MemoryFiles({ clock: new ManualClock() })
  return () => files
}

async function put(
  files: Files,
  path: string,
  { ask = { how: 'replace' }, bytes, who = ANA }: { bytes: number; ask?: WriteAsk; who?: FileUser },
): Promise<void> {
  const upload = await files.write(who, path, ask)
  const all = noise(bytes, bytes)
  try {
    for (let at = 0; at < bytes; at += PIECE_BYTES) {
      await upload.push(all.subarray(at, at + PIECE_BYTES))
    }
  } catch (thrown) {
    await upload.discard()
    throw thrown
  }
  await upload.commit()
}

async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(isAnilloError(thrown, code), `${String(thrown)}, not ${code}`)
    return true
  })
}

async function has(files: Files, who: FileUser): Promise<readonly number[]> {
  const { bytes, claimedBytes, files: count } = await files.usage(who)
  return [bytes, count, claimedBytes]
}

for (const [name, made] of [
  ['the ring', ringFiles],
  ['memory', memoryFiles],
] as const) {
  test(`${name}: files, their versions and the trash count, until they go for good`, async () => {
    const files = made()()
    await files.setLimits(EVA, 'ana', { bytesMax: 1_000, filesMax: 3 })
    await put(files, '/shared/f', { bytes: 400 })
    await put(files, '/shared/f', { bytes: 500 })
    assert.deepEqual(await has(files, ANA), [900, 1, 0])
    await refuses(put(files, '/shared/f', { bytes: 101 }), 'QUOTA_FULL')
    await put(files, '/shared/f', { bytes: 100 })
    assert.equal(bytesLeft(await files.usage(ANA)), 0)
    await files.remove(ANA, '/shared/f')
    assert.deepEqual(await has(files, ANA), [1_000, 1, 0])
    await refuses(put(files, '/shared/g', { bytes: 1 }), 'QUOTA_FULL')
    const [trashed] = await files.trash(ANA)
    await files.restore(ANA, trashed?.id ?? '')
    assert.deepEqual(await has(files, ANA), [1_000, 1, 0], 'to restore it adds nothing')
    assert.equal((await files.stat(ANA, '/shared/f')).bytes, 100)
  })

  test(`${name}: what is announced is refused at once, what is not as soon as it is too much`, async () => {
    const files = made()()
    await files.setLimits(EVA, undefined, { bytesMax: MIB })
    const told = { how: 'replace', expectedBytes: MIB + 1 } as const
    await refuses(files.write(ANA, '/shared/f', told), 'QUOTA_FULL')
    const large = { how: 'replace', expectedBytes: 100 * MIB } as const
    await refuses(files.write(ANA, '/shared/f', large), 'QUOTA_FULL')
    const upload = await files.write(ANA, '/shared/f', { how: 'replace' })
    const piece = noise(PIECE_BYTES, 1)
    for (let sent = 0; sent < MIB; sent += PIECE_BYTES) await upload.push(piece)
    await refuses(upload.push(piece), 'QUOTA_FULL')
    await upload.discard()
    assert.deepEqual(await has(files, ANA), [0, 0, 0], 'nothing of it stays')
    await refuses(files.stat(ANA, '/shared/f'), 'NO_ENTRY')
    await put(files, '/shared/f', { bytes: MIB })
    await refuses(files.write(ANA, '/shared/g', { how: 'replace' }), 'QUOTA_FULL')
    await put(files, '/shared/g', { bytes: 0, ask: { how: 'replace', expectedBytes: 0 } })
  })

  test(`${name}: uploads at two members never pass the limit together`, async () => {
    const at = made()
    await at().setLimits(EVA, 'ana', { bytesMax: 1_000 })
    const [one, two] = await Promise.all(
      ['/shared/one', '/shared/two'].map((path) => at().write(ANA, path, { how: 'replace' })),
    )
    await one?.push(noise(600, 1))
    await two?.push(noise(600, 2))
    const ended = await Promise.allSettled([one?.commit(), two?.commit()])
    assert.equal(ended.filter(({ status }) => status === 'rejected').length, 1)
    assert.deepEqual(await has(at(), ANA), [600, 1, 0])
  })

  test(`${name}: copies, combined files and restored versions need room`, async () => {
    const files = made()()
    await put(files, '/shared/f', { bytes: 300 })
    await put(files, '/shared/f', { bytes: 400 })
    await files.setLimits(EVA, 'ana', { bytesMax: 900 })
    await refuses(files.copy(ANA, '/shared/f', '/shared/g'), 'QUOTA_FULL')
    await refuses(files.combine(ANA, '/shared/g', ['/shared/f', '/shared/f']), 'QUOTA_FULL')
    const [version] = await files.versions(ANA, '/shared/f')
    await refuses(files.restoreVersion(ANA, '/shared/f', version?.number ?? 0), 'QUOTA_FULL')
    await refuses(put(files, '/shared/f', { bytes: 300, ask: { how: 'append' } }), 'QUOTA_FULL')
    assert.deepEqual(await has(files, ANA), [700, 1, 0])
    await files.setLimits(EVA, 'ana', { bytesMax: 1_000 })
    await files.restoreVersion(ANA, '/shared/f', version?.number ?? 0)
    assert.deepEqual(await has(files, ANA), [1_000, 1, 0])
    assert.equal((await files.stat(ANA, '/shared/f')).bytes, 300)
    await files.move(ANA, '/shared/f', `/${'home'}/ana/f`)
    assert.deepEqual(await has(files, ANA), [1_000, 1, 0], 'to move it adds nothing')
    await files.copy(BEN, '/shared', `/${'home'}/ben/copy`)
  })

  test(`${name}: files are counted, too`, async () => {
    const files = made()()
    await files.setLimits(EVA, undefined, { filesMax: 2 })
    await put(files, '/shared/a', { bytes: 1 })
    await put(files, '/shared/b', { bytes: 1 })
    await refuses(put(files, '/shared/c', { bytes: 1 }), 'QUOTA_FILES_FULL')
    await refuses(files.copy(ANA, '/shared/a', '/shared/c'), 'QUOTA_FILES_FULL')
    await put(files, '/shared/a', { bytes: 2 })
    await files.setLimits(EVA, 'ana', { filesMax: null })
    await put(files, '/shared/c', { bytes: 1 })
    await put(files, '/shared/d', { bytes: 1, who: BEN })
    const { filesMax } = await files.usage(BEN)
    assert.equal(filesMax, 2)
    assert.equal((await files.usage(ANA)).filesMax, undefined)
  })

  test(`${name}: what broke off takes room until it is gone on with, or given up`, async () => {
    const at = made()
    await at().setLimits(EVA, 'ana', { bytesMax: MIB })
    const upload = await at().write(ANA, '/shared/f', { how: 'replace' })
    await upload.push(noise(700 * KIB, 1))
    await upload.leave()
    assert.deepEqual(await has(at(), ANA), [0, 1, 700 * KIB])
    await refuses(put(at(), '/shared/g', { bytes: 400 * KIB }), 'QUOTA_FULL')
    const ask = { how: 'resume', at: 700 * KIB, expectedBytes: 400 * KIB } as const
    await refuses(at().write(ANA, '/shared/f', ask), 'QUOTA_FULL')
    const again = await at().write(ANA, '/shared/f', { how: 'resume' })
    await again.push(noise(100 * KIB, 2))
    await again.commit()
    assert.deepEqual(await has(at(), ANA), [800 * KIB, 1, 0])
    const second = await at().write(ANA, '/shared/g', { how: 'replace' })
    await second.push(noise(200 * KIB, 3))
    await second.leave()
    await at().setLimits(EVA, 'ana', { bytesMax: 0 })
    const third = await at().write(ANA, '/shared/g', { how: 'resume' })
    await third.discard()
    assert.deepEqual(await has(at(), ANA), [800 * KIB, 1, 0])
  })

  test(`${name}: who changes another’s file fills that one’s quota, not the own`, async () => {
    const files = made()()
    await put(files, '/shared/f', { bytes: 100 })
    await files.setLimits(EVA, 'ana', { bytesMax: 200 })
    await put(files, '/shared/f', { bytes: 100, who: BEN })
    await refuses(put(files, '/shared/f', { bytes: 100, who: BEN }), 'QUOTA_FULL')
    await put(files, '/shared/mine', { bytes: 100, who: BEN })
    assert.deepEqual(await has(files, ANA), [200, 1, 0])
    assert.deepEqual(await has(files, BEN), [100, 1, 0])
  })

  test(`${name}: limits are a manager’s to see and to set, and must be some`, async () => {
    const files = made()()
    await refuses(files.setLimits(ANA, 'ana', { bytesMax: null }), 'PERMISSION_MISSING')
    await refuses(files.limits(ANA, 'ana'), 'PERMISSION_MISSING')
    await refuses(files.usage(ANA, { of: 'ben' }), 'PERMISSION_MISSING')
    await refuses(files.setLimits(EVA, 'ana', { bytesMax: -1 }), 'BAD_REQUEST')
    await refuses(files.setLimits(EVA, 'ana', { filesMax: 1.5 }), 'BAD_REQUEST')
    await refuses(files.setLimits(EVA, 'ana', { upPerSecond: 100 }), 'BAD_REQUEST')
    assert.deepEqual(await files.limits(EVA, 'ana'), {})
    await files.setLimits(EVA, 'ana', { bytesMax: 10, downPerSecond: 16 * KIB })
    await files.setLimits(EVA, undefined, { bytesMax: 20, filesMax: 5, upPerSecond: 32 * KIB })
    const { bytesMax, downPerSecond, filesMax, upPerSecond } = await files.usage(EVA, { of: 'ana' })
    assert.deepEqual([bytesMax, filesMax, upPerSecond, downPerSecond], [10, 5, 32 * KIB, 16 * KIB])
    await files.setLimits(EVA, 'ana', {})
    assert.equal((await files.usage(ANA)).bytesMax, 20)
  })
}

test('an upload of many bytes claims room ahead, and gives back what it did not need', async () => {
  const at = ringFiles()
  await at().setLimits(EVA, 'ana', { bytesMax: 40 * MIB })
  const upload = await at().write(ANA, '/shared/f', { how: 'replace', expectedBytes: 30 * MIB })
  assert.deepEqual(await has(at(), ANA), [0, 1, 30 * MIB])
  const other = { how: 'replace', expectedBytes: 20 * MIB } as const
  await refuses(at().write(ANA, '/shared/g', other), 'QUOTA_FULL')
  await upload.push(noise(MIB, 1))
  await upload.commit()
  assert.deepEqual(await has(at(), ANA), [MIB, 1, 0])
})

test('more uploads at once than can be kept in mind are put off', async () => {
  const at = ringFiles()
  await at().setLimits(EVA, 'ana', { bytesMax: MIB })
  const { quotas } = at().tree
  const claim = { nick: 'ana', bytes: 1, wished: 1, files: 0, isKept: true }
  for (let made = 0; made < CLAIMS_MAX; made++) {
    await quotas.claim({ ...claim, id: made.toString(16).padStart(32, '0') })
  }
  await refuses(put(at(), '/shared/f', { bytes: 10 }), 'BUSY')
})
