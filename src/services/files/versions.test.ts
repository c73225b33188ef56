/** What becomes a version, and what does not: of the ring's tree and of the one of tests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { ANA, BEN, FILES_KINDS, put, textOf } from './files-kinds.test-helper.ts'
import { APPENDS_AS_ONE_MS } from './tree/limits.ts'
import type { Files, FileUser, WriteAsk } from './types.ts'

const FILE = '/shared/f'

/** Texts of its versions, oldest first, with who wrote them; and of the file. */
async function past(files: Files, path = FILE): Promise<readonly string[]> {
  const texts: string[] = []
  for (const { by, number } of await files.versions(ANA, path)) {
    texts.push(`${by}: ${await textOf(await files.open(ANA, path, { version: number }))}`)
  }
  return [...texts, await textOf(await files.open(ANA, path))]
}

async function write(files: Files, who: FileUser, [how, text]: [WriteAsk['how'], string]) {
  const upload = await files.write(who, FILE, { how })
  await upload.push(utf8(text))
  return upload.commit()
}

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: what a moved file displaces becomes versions of it, newest last, and still counts`, async () => {
    const files = make(new ManualClock())
    await put(files, FILE, 'old')
    await write(files, BEN, ['replace', 'older'])
    await put(files, '/shared/g', 'first')
    await put(files, '/shared/g', 'new')
    const { id } = await files.stat(ANA, '/shared/g')
    const moved = await files.move(ANA, '/shared/g', FILE, { replace: true })
    assert.equal(moved.id, id)
    assert.deepEqual(await past(files), ['ana: first', 'ana: old', 'ben: older', 'new'])
    const { bytes, files: count } = await files.usage(ANA)
    assert.deepEqual([bytes, count], ['firstoldoldernew'.length, 1])
  })

  // anillo sim files --seed 1
  test(`${kind}: what is replaced after a file was displaced is the newest version, and goes last`, async () => {
    const files = make(new ManualClock())
    for (const text of ['1', '2', '3']) await put(files, FILE, text)
    await put(files, '/shared/g', '4')
    await files.move(ANA, '/shared/g', FILE, { replace: true })
    await put(files, FILE, '5')
    assert.deepEqual(await past(files), ['ana: 1', 'ana: 2', 'ana: 3', 'ana: 4', '5'])
    for (const text of ['6', '7', '8', '9', '10', '11', '12']) await put(files, FILE, text)
    const oldest = (await past(files))[0]
    assert.equal(oldest, 'ana: 2')
  })

  test(`${kind}: a copy with replace keeps what was there as a version`, async () => {
    const files = make(new ManualClock())
    await put(files, FILE, 'old')
    await put(files, '/shared/g', 'new')
    const { id } = await files.stat(ANA, FILE)
    await files.copy(ANA, '/shared/g', FILE, { replace: true })
    assert.equal((await files.stat(ANA, FILE)).id, id)
    assert.deepEqual(await past(files), ['ana: old', 'new'])
  })

  test(`${kind}: appends of one account that follow soon make one version, of what was before`, async () => {
    const clock = new ManualClock()
    const files = make(clock)
    await put(files, FILE, 'a')
    for (const letter of ['b', 'c', 'd']) {
      await write(files, ANA, ['append', letter])
      clock.advance(APPENDS_AS_ONE_MS - 1)
    }
    assert.deepEqual(await past(files), ['ana: a', 'abcd'])
    assert.equal((await files.usage(ANA)).bytes, 'a'.length + 'abcd'.length)
    clock.advance(MINUTE_MS)
    await write(files, ANA, ['append', 'e'])
    assert.deepEqual(await past(files), ['ana: a', 'ana: abcd', 'abcde'])
  })

  test(`${kind}: an append behind somebody else's, or behind what was written whole, makes a version`, async () => {
    const files = make(new ManualClock())
    await write(files, ANA, ['append', 'a'])
    await write(files, BEN, ['append', 'b'])
    await write(files, BEN, ['append', 'c'])
    await write(files, ANA, ['append', 'd'])
    await write(files, ANA, ['replace', 'e'])
    await write(files, ANA, ['append', 'f'])
    assert.deepEqual(await past(files), ['ana: a', 'ben: abc', 'ana: abcd', 'ana: e', 'ef'])
  })

  test(`${kind}: an append that goes on with one needs room for what is new alone`, async () => {
    const files = make(new ManualClock())
    const boss = { ...ANA, nick: 'boss', isManager: true }
    await write(files, ANA, ['append', 'x'.repeat(60)])
    await files.setLimits(boss, 'ana', { bytesMax: 100 })
    await write(files, ANA, ['append', 'y'.repeat(40)])
    assert.deepEqual((await files.versions(ANA, FILE)).length, 0)
    assert.equal((await files.usage(ANA)).bytes, 100)
  })

  test(`${kind}: a commit tells whether there was no file before`, async () => {
    const files = make(new ManualClock())
    assert.equal((await write(files, ANA, ['replace', 'a'])).isNew, true)
    assert.equal((await write(files, ANA, ['replace', 'b'])).isNew, false)
    assert.equal((await write(files, BEN, ['append', 'c'])).isNew, false)
    for (const path of ['/shared/g', '/shared/h']) {
      const broken = await files.write(ANA, path, { how: 'replace' })
      await broken.push(new Uint8Array(300_000))
      await broken.leave()
    }
    const other = await files.write(BEN, '/shared/h', { how: 'replace' })
    await other.commit()
    for (const [path, isNew] of [['/shared/g', true] as const, ['/shared/h', false] as const]) {
      const resumed = await files.write(ANA, path, { how: 'resume', at: 300_000 })
      assert.equal((await resumed.commit()).isNew, isNew)
    }
  })
}
