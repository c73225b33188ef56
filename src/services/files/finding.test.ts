/** Names that are looked for: the same of the ring’s files and of those in memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { FILES_KINDS, refuses } from './files-kinds.test-helper.ts'
import type { Files, FileUser, Grants } from './types.ts'

const user = (nick: string, ...groups: string[]): FileUser => ({
  nick,
  isManager: false,
  mayWrite: true,
  groups,
})
const ANA = user('ana')
const BEN = user('ben')
const BOSS: FileUser = { ...user('boss'), isManager: true }
const HOMES = '/home'
const MINE = `${HOMES}/ana`
const FOR_BEN: Grants = {
  everyone: 'nothing',
  guests: 'nothing',
  people: { ana: 'own', ben: 'read' },
  groups: {},
}

async function put(files: Files, who: FileUser, path: string): Promise<void> {
  const upload = await files.write(who, path, { how: 'replace' })
  await upload.push(utf8(path))
  await upload.commit()
}

const pathsOf = async (files: Files, who: FileUser, words: string): Promise<readonly string[]> =>
  (await files.find(who, { words, limit: 50 })).entries.map(({ path }) => path)

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: names are found wherever they lie, best first, and others' never`, async () => {
    const clock = new ManualClock()
    const files = make(clock)
    await put(files, ANA, `${MINE}/tides.txt`)
    clock.advance(10)
    await files.makeFolder(ANA, `${MINE}/deep/er`, { parents: true })
    await put(files, ANA, `${MINE}/deep/er/High Tide.txt`)
    await put(files, BEN, `${HOMES}/ben/tide of ben.txt`)
    await put(files, BEN, '/shared/tide.txt')
    const own = [`${MINE}/deep/er/High Tide.txt`, `${MINE}/tides.txt`]
    assert.deepEqual(await pathsOf(files, ANA, 'tide'), ['/shared/tide.txt', own[1], own[0]])
    assert.deepEqual(await pathsOf(files, ANA, 'TÍDE high'), [own[0]])
    assert.deepEqual(await pathsOf(files, ANA, 'tide er'), [own[0]], 'a word of a folder above')
    assert.deepEqual(await pathsOf(files, ANA, 'ben'), [])
    assert.equal((await pathsOf(files, BOSS, 'tide')).length, 4)
    await files.remove(ANA, `${MINE}/tides.txt`)
    assert.deepEqual(await pathsOf(files, ANA, 'tides'), [], 'nothing of the trash')
    const found = await files.find(ANA, { words: 'tide', limit: 50, under: `${MINE}/deep` })
    assert.deepEqual(
      { ...found, entries: found.entries.map(({ path }) => path) },
      { entries: [own[0]], found: 1, isPartial: false, cursor: undefined },
    )
    await refuses(files.find(ANA, { words: 'a', limit: 1, under: `${HOMES}/ben` }), 'NO_ENTRY')
    await refuses(files.find(ANA, { words: 'a', limit: 1, under: `${own[0]}` }), 'NOT_A_FOLDER')
    await refuses(files.find(ANA, { words: ' ', limit: 1 }), 'BAD_REQUEST')
    await refuses(files.find(ANA, { words: 'a', limit: 1, cursor: '7' }), 'BAD_REQUEST')
  })

  test(`${kind}: what is shared with somebody is found by them until it is not`, async () => {
    const files = make(new ManualClock())
    await files.makeFolder(ANA, `${MINE}/trip/maps`, { parents: true })
    await put(files, ANA, `${MINE}/trip/maps/harbour.png`)
    assert.deepEqual(await pathsOf(files, BEN, 'harbour'), [])
    await files.setGrants(ANA, `${MINE}/trip`, FOR_BEN)
    assert.deepEqual(await pathsOf(files, BEN, 'harbour'), [`${MINE}/trip/maps/harbour.png`])
    assert.deepEqual(await pathsOf(files, BEN, 'trip maps'), [`${MINE}/trip/maps`])
    await files.setGrants(ANA, `${MINE}/trip`, undefined)
    assert.deepEqual(await pathsOf(files, BEN, 'harbour'), [])
  })

  test(`${kind}: newest() has the own files that changed last, however deep`, async () => {
    const clock = new ManualClock()
    const files = make(clock)
    await files.makeFolder(ANA, `${MINE}/deep/er`, { parents: true })
    for (const path of [
      `${MINE}/one`,
      `${MINE}/deep/er/two`,
      '/shared/not hers',
      `${MINE}/three`,
    ]) {
      clock.advance(1_000)
      await put(files, ANA, path)
    }
    const newest = async (who: FileUser, limit: number) =>
      (await files.newest(who, { limit })).map(({ name }) => name)
    assert.deepEqual(await newest(ANA, 2), ['three', 'two'])
    assert.deepEqual(await newest(ANA, 9), ['three', 'two', 'one'])
    assert.deepEqual(await newest(BEN, 9), [])
  })

  test(`${kind}: a list goes on behind its cursor, each once`, async () => {
    const files = make(new ManualClock())
    for (let at = 0; at < 7; at++) await put(files, ANA, `/shared/part ${at}`)
    const all: string[] = []
    let cursor: string | undefined
    do {
      const found = await files.find(ANA, {
        words: 'part',
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      })
      all.push(...found.entries.map(({ path }) => path))
      assert.equal(found.found, 7)
      cursor = found.cursor
    } while (cursor !== undefined)
    assert.equal(all.length, 7)
    assert.equal(new Set(all).size, 7)
  })
}
