/**
 * Who may do what: the same of the ring’s files and of those in memory that doors are tried with.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { FILES_KINDS, refuses, textOf } from './files-kinds.test-helper.ts'
import type { Files, FileUser, Grants } from './types.ts'

const user = (nick: string, ...groups: string[]): FileUser => ({
  nick,
  isManager: false,
  mayWrite: true,
  groups,
})
const ANA = user('ana')
const BEN = user('ben')
const EVA = user('eva', 'lab')
const BOSS: FileUser = { ...user('boss'), isManager: true }
const HOMES = '/home'
const MINE = `${HOMES}/ana`

const NOTHING: Grants = { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} }
const FOR_BEN_AND_LAB: Grants = {
  ...NOTHING,
  people: { ana: 'own', ben: 'write' },
  groups: { lab: 'read' },
}

async function put(files: Files, who: FileUser, [path, text]: readonly [string, string]) {
  const upload = await files.write(who, path, { how: 'replace' })
  await upload.push(utf8(text))
  return upload.commit()
}

const text = async (files: Files, who: FileUser, path: string) =>
  textOf(await files.open(who, path))

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: a file in a private folder is for the people and groups it was given to`, async () => {
    const files = make(new ManualClock())
    const path = `${MINE}/plan.txt`
    await put(files, ANA, [path, 'one'])
    await put(files, ANA, [`${MINE}/other.txt`, 'hers'])
    assert.equal(await files.grants(ANA, path), undefined)
    await refuses(files.stat(BEN, path), 'NO_ENTRY')
    await files.setGrants(ANA, path, FOR_BEN_AND_LAB)
    assert.deepEqual(await files.grants(EVA, path), FOR_BEN_AND_LAB)
    assert.equal(await text(files, EVA, path), 'one')
    await refuses(files.stat({ ...EVA, groups: [] }, path), 'NO_ENTRY')
    await refuses(put(files, EVA, [path, 'x']), 'NO_ACCESS')
    await refuses(files.setGrants(BEN, path, undefined), 'NO_ACCESS')
    await put(files, BEN, [path, 'two'])
    const appended = await files.write(BEN, path, { how: 'append' })
    await appended.push(utf8('!'))
    await appended.commit()
    assert.equal(await text(files, ANA, path), 'two!')
    assert.deepEqual(await files.grants(ANA, path), FOR_BEN_AND_LAB, 'other content keeps them')
    await files.touch(BEN, path, { modifiedMs: 1_000 })
    await refuses(files.remove(BEN, path), 'NO_ACCESS')
    await refuses(files.move(BEN, path, '/shared/stolen'), 'NO_ACCESS')
    for (const hidden of [MINE, `${MINE}/other.txt`, `${MINE}/nothing`]) {
      await refuses(files.stat(BEN, hidden), 'NO_ENTRY')
    }
    await files.setGrants(ANA, path, undefined)
    await refuses(files.stat(BEN, path), 'NO_ENTRY')
  })

  test(`${kind}: who lost their rights while they sent is refused at the end`, async () => {
    const clock = new ManualClock()
    const files = make(clock)
    const folder = `${MINE}/lab`
    await files.makeFolder(ANA, folder, { parents: true })
    await files.setGrants(ANA, folder, {
      ...NOTHING,
      people: { ana: 'own' },
      groups: { lab: 'write' },
    })
    await put(files, ANA, [`${folder}/log`, 'one'])
    const begun = async (name: string, how: 'replace' | 'append') => {
      const upload = await files.write(EVA, `${folder}/${name}`, { how })
      await upload.push(utf8(' from eva'))
      return upload
    }
    const uploads = [await begun('new', 'replace'), await begun('log', 'append')]
    const moved = await begun('moved', 'replace')
    clock.advance(11_000)
    const who = { ...EVA, groups: [] }
    for (const upload of uploads) await refuses(upload.commit({ who }), 'NO_ENTRY')
    await refuses(files.stat(ANA, `${folder}/new`), 'NO_ENTRY')
    assert.equal(await text(files, ANA, `${folder}/log`), 'one')
    if (kind === 'ring') await files.move(ANA, folder, `${MINE}/elsewhere`)
    assert.equal((await moved.commit({ who: EVA })).name, 'moved')
    const granted = await files.write(BEN, '/shared/b', { how: 'replace' })
    await put(files, ANA, ['/shared/b', 'hers'])
    await files.setGrants(BOSS, '/shared/b', { ...NOTHING, people: { ana: 'own', ben: 'read' } })
    clock.advance(11_000)
    await refuses(granted.commit(), 'NO_ACCESS')
    assert.equal(await text(files, ANA, '/shared/b'), 'hers')
  })

  test(`${kind}: grants go where the file goes, a copy has none, what takes its place has them`, async () => {
    const files = make(new ManualClock())
    await put(files, ANA, [`${MINE}/a`, 'one'])
    await files.setGrants(ANA, `${MINE}/a`, FOR_BEN_AND_LAB)
    await files.makeFolder(ANA, `${MINE}/in`)
    await files.move(ANA, `${MINE}/a`, `${MINE}/in/b`)
    assert.deepEqual(await files.grants(ANA, `${MINE}/in/b`), FOR_BEN_AND_LAB)
    await files.copy(ANA, `${MINE}/in/b`, `${MINE}/copy`)
    assert.equal(await files.grants(ANA, `${MINE}/copy`), undefined)
    await refuses(files.stat(BEN, `${MINE}/copy`), 'NO_ENTRY')
    await files.copy(ANA, `${MINE}/in`, `${MINE}/whole`)
    assert.equal(await files.grants(ANA, `${MINE}/whole/b`), undefined)
    await put(files, ANA, [`${MINE}/new`, 'two'])
    await files.move(ANA, `${MINE}/new`, `${MINE}/in/b`, { replace: true })
    assert.equal(await text(files, BEN, `${MINE}/in/b`), 'two')
    await files.remove(ANA, `${MINE}/in/b`)
    await refuses(files.stat(BEN, `${MINE}/in/b`), 'NO_ENTRY')
    const [{ id } = { id: '' }] = await files.trash(ANA)
    await files.restore(ANA, id)
    assert.equal(await text(files, BEN, `${MINE}/in/b`), 'two')
  })
}
