import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { isAnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformClock } from '../../platform/clock.ts'
import { platformRandom } from '../../platform/random.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { withChunks } from '../../store/store.ts'
import { createContents } from './contents/contents.ts'
import { CONTENT_PROCEDURES } from './contents/procedures.ts'
import { RingFiles } from './files.ts'
import { MemoryFiles } from './memory-files.test-helper.ts'
import { TREE_PROCEDURES } from './tree/procedures.ts'
import type { Files, FileUser } from './types.ts'

const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
const BEN: FileUser = { nick: 'ben', isManager: false, mayWrite: true, groups: [] }
const HOME = `/${'home'}/ana`

function ringFiles(): Files {
  const procedures = [...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES, ...TREE_PROCEDURES]
  const store = withChunks(new MemoryStore(procedures), new MemoryChunks())
  const effects = { clock: platformClock(), random: platformRandom() }
  return new RingFiles({ effects, store, contents: createContents({ effects, store }) })
}

const KINDS = [
  ['RingFiles', ringFiles],
  ['MemoryFiles', () => new MemoryFiles({ clock: new ManualClock() })],
] as const

async function write(files: Files, path: string, text: string): Promise<void> {
  const upload = await files.write(ANA, path, { how: 'replace' })
  await upload.push(utf8(text))
  await upload.commit()
}

async function isNowhere(files: Files, handle: string, who = ANA): Promise<void> {
  await assert.rejects(files.followed(who, handle), (thrown) => isAnilloError(thrown, 'NO_ENTRY'))
}

for (const [name, create] of KINDS) {
  test(`${name}: followed() tells where a file is after renames, moves, and moves of its folder`, async () => {
    const files = create()
    await write(files, `${HOME}/notes.txt`, 'one')
    const { entry, handle } = await files.follow(ANA, `${HOME}/notes.txt`)
    const where = async (): Promise<string> => (await files.followed(ANA, handle)).path
    assert.equal(await where(), `${HOME}/notes.txt`)
    await files.move(ANA, `${HOME}/notes.txt`, `${HOME}/other.txt`)
    assert.equal(await where(), `${HOME}/other.txt`)
    await files.makeFolder(ANA, `${HOME}/a/b`, { parents: true })
    await files.move(ANA, `${HOME}/other.txt`, `${HOME}/a/b/deep.txt`)
    assert.equal(await where(), `${HOME}/a/b/deep.txt`)
    await files.move(ANA, `${HOME}/a`, '/shared/a')
    assert.equal(await where(), '/shared/a/b/deep.txt')
    await write(files, '/shared/a/b/deep.txt', 'two')
    await files.move(ANA, '/shared/a/b/deep.txt', `${HOME}/last.txt`)
    const found = await files.followed(ANA, handle)
    assert.deepEqual([found.path, found.id, found.bytes], [`${HOME}/last.txt`, entry.id, 3])
  })

  test(`${name}: followed() tells where a folder is, and the root`, async () => {
    const files = create()
    await files.makeFolder(ANA, `${HOME}/a/b`, { parents: true })
    const { handle } = await files.follow(ANA, `${HOME}/a/b`)
    await files.move(ANA, `${HOME}/a`, '/shared/moved')
    assert.equal((await files.followed(ANA, handle)).path, '/shared/moved/b')
    const root = await files.follow(ANA, '/')
    assert.equal((await files.followed(ANA, root.handle)).path, '/')
  })

  test(`${name}: what lies in the trash is not found, and is again when it is put back`, async () => {
    const files = create()
    await files.makeFolder(ANA, `${HOME}/a`)
    await write(files, `${HOME}/a/x`, 'x')
    const folder = await files.follow(ANA, `${HOME}/a`)
    const file = await files.follow(ANA, `${HOME}/a/x`)
    await files.remove(ANA, `${HOME}/a`)
    await isNowhere(files, folder.handle)
    await isNowhere(files, file.handle)
    const [trashed] = await files.trash(ANA)
    await files.restore(ANA, trashed?.id ?? '')
    assert.equal((await files.followed(ANA, folder.handle)).path, `${HOME}/a`)
    assert.equal((await files.followed(ANA, file.handle)).path, `${HOME}/a/x`)
  })

  test(`${name}: a file that takes the place of a followed one is found in its stead`, async () => {
    const files = create()
    await write(files, `${HOME}/report`, 'first')
    const first = await files.follow(ANA, `${HOME}/report`)
    for (const text of ['the second', 'the third one']) {
      await write(files, `${HOME}/.report.part`, text)
      await files.move(ANA, `${HOME}/.report.part`, `${HOME}/report`, { replace: true })
      const found = await files.followed(ANA, first.handle)
      assert.deepEqual([found.path, found.bytes], [`${HOME}/report`, text.length])
    }
    await files.makeFolder(ANA, `${HOME}/in`)
    await write(files, `${HOME}/in/next`, 'from another folder')
    const next = await files.follow(ANA, `${HOME}/in/next`)
    await files.move(ANA, `${HOME}/in/next`, `${HOME}/report`, { replace: true })
    for (const { handle } of [first, next]) {
      assert.equal((await files.followed(ANA, handle)).bytes, 19)
    }
    await files.move(ANA, `${HOME}/report`, `${HOME}/in/both`)
    for (const { handle } of [first, next]) {
      assert.equal((await files.followed(ANA, handle)).path, `${HOME}/in/both`)
    }
  })

  test(`${name}: a copy is not followed, and who may not see it finds nothing`, async () => {
    const files = create()
    await write(files, `${HOME}/mine`, 'x')
    const { handle } = await files.follow(ANA, `${HOME}/mine`)
    await files.copy(ANA, `${HOME}/mine`, '/shared/copy')
    assert.equal((await files.followed(ANA, handle)).path, `${HOME}/mine`)
    await isNowhere(files, handle, BEN)
    await isNowhere(files, 'nothing of the kind')
    await assert.rejects(files.follow(BEN, `${HOME}/mine`), (thrown) =>
      isAnilloError(thrown, 'NO_ENTRY'),
    )
  })
}

test('RingFiles: what was removed for good is not found, however late its places are told', async () => {
  const files = ringFiles()
  await write(files, `${HOME}/x`, 'x')
  const { handle } = await files.follow(ANA, `${HOME}/x`)
  await files.remove(ANA, `${HOME}/x`)
  await assert.rejects(files.follow(ANA, '/.trash/x'), (thrown) =>
    isAnilloError(thrown, 'NO_ENTRY'),
  )
  await files.remove(ANA, '/.trash/x')
  await isNowhere(files, handle)
})
