/** What others share with somebody: the same of the ring’s files and of those in memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { ANA, BEN, FILES_KINDS, put } from './files-kinds.test-helper.ts'
import type { Files, FileUser, Grants } from './types.ts'

const HOMES = '/home'
const MINE = `${HOMES}/ana`
const EVA: FileUser = { ...BEN, nick: 'eva', groups: ['lab'] }
const BOSS: FileUser = { ...BEN, nick: 'boss', isManager: true }

const NOTHING: Grants = { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} }
const HERS: Grants = { ...NOTHING, people: { ana: 'own' } }
const FOR_BEN: Grants = { ...NOTHING, people: { ana: 'own', ben: 'write' } }
const FOR_LAB: Grants = { ...HERS, groups: { lab: 'read' } }

async function shared(files: Files, who: FileUser): Promise<string[]> {
  return (await files.sharedWith(who)).map(({ entry }) => entry.path).toSorted()
}

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: sharedWith() has what names a person or their group, and nothing else`, async () => {
    const clock = new ManualClock()
    const files = make(clock)
    await files.makeFolder(ANA, `${MINE}/plans/inner`, { parents: true })
    await put(files, `${MINE}/a.txt`)
    await put(files, '/shared/all.txt')
    assert.deepEqual(await shared(files, BEN), [])
    await files.setGrants(ANA, `${MINE}/plans`, FOR_BEN)
    clock.advance(1_000)
    await files.setGrants(ANA, `${MINE}/a.txt`, { ...FOR_LAB, people: { ana: 'own', ben: 'read' } })
    const told = (await files.sharedWith(BEN)).map(({ entry, group, sinceMs }) => [
      entry.name,
      entry.kind,
      entry.access,
      group,
      sinceMs,
    ])
    assert.deepEqual(told, [
      ['plans', 'folder', 'write', undefined, clock.wallMs() - 1_000],
      ['a.txt', 'file', 'read', undefined, clock.wallMs()],
    ])
    const [one] = await files.sharedWith(EVA)
    assert.deepEqual([one?.entry.path, one?.group], [`${MINE}/a.txt`, 'lab'])
    assert.deepEqual(await shared(files, { ...EVA, groups: [] }), [], 'not in the group any more')
    assert.deepEqual(await shared(files, ANA), [], 'what is hers nobody shares with her')
    assert.deepEqual(await shared(files, BOSS), [], 'a manager sees all, yet nobody named them')
    assert.deepEqual(await shared(files, { ...BEN, nick: undefined }), [], 'a guest')
  })

  test(`${kind}: sharedWith() follows grants, renames, moves, the trash, and what goes`, async () => {
    const files = make(new ManualClock())
    await files.makeFolder(ANA, `${MINE}/plans`)
    await files.makeFolder(ANA, `${MINE}/in`)
    await put(files, `${MINE}/a.txt`)
    await files.setGrants(ANA, `${MINE}/plans`, FOR_BEN)
    await files.setGrants(ANA, `${MINE}/a.txt`, FOR_BEN)
    await files.move(ANA, `${MINE}/a.txt`, `${MINE}/in/b.txt`)
    await files.move(ANA, `${MINE}/plans`, `${MINE}/in/old`)
    await files.move(ANA, `${MINE}/in`, '/shared/in')
    assert.deepEqual(await shared(files, BEN), ['/shared/in/b.txt', '/shared/in/old'])
    await files.remove(ANA, '/shared/in')
    assert.deepEqual(await shared(files, BEN), [], 'it lies in the trash')
    const [trashed] = await files.trash(ANA)
    await files.restore(ANA, trashed?.id ?? '')
    assert.deepEqual(await shared(files, BEN), ['/shared/in/b.txt', '/shared/in/old'])
    await files.setGrants(ANA, '/shared/in/old', { ...HERS, people: { ana: 'own', eva: 'read' } })
    assert.deepEqual(await shared(files, BEN), ['/shared/in/b.txt'])
    assert.deepEqual(await shared(files, EVA), ['/shared/in/old'])
    await files.setGrants(ANA, '/shared/in/b.txt', undefined)
    assert.deepEqual(await shared(files, BEN), [], 'all may read it, nobody shares it with him')
    await files.removeFolder(ANA, '/shared/in/old')
    assert.deepEqual(await shared(files, EVA), [])
  })

  test(`${kind}: a file that takes the place of a shared one is shared in its stead, once`, async () => {
    const files = make(new ManualClock())
    await put(files, `${MINE}/a.txt`, 'one')
    await files.setGrants(ANA, `${MINE}/a.txt`, FOR_BEN)
    for (const text of ['second', 'the third']) {
      await put(files, `${MINE}/a.part`, text)
      await files.move(ANA, `${MINE}/a.part`, `${MINE}/a.txt`, { replace: true })
    }
    const [one, ...more] = await files.sharedWith(BEN)
    assert.deepEqual([one?.entry.path, one?.entry.bytes, more], [`${MINE}/a.txt`, 9, []])
    await files.setGrants(ANA, `${MINE}/a.txt`, FOR_LAB)
    assert.deepEqual(await shared(files, BEN), [])
    assert.deepEqual(await shared(files, EVA), [`${MINE}/a.txt`])
    await put(files, `${MINE}/b.txt`)
    await files.setGrants(ANA, `${MINE}/b.txt`, FOR_BEN)
    await files.move(ANA, `${MINE}/b.txt`, `${MINE}/a.txt`, { replace: true })
    assert.deepEqual(await shared(files, EVA), [], 'it has grants of its own')
    assert.deepEqual(await shared(files, BEN), [`${MINE}/a.txt`])
  })

  test(`${kind}: sharedOne() is what still names them, by its handle`, async () => {
    const files = make(new ManualClock())
    await put(files, `${MINE}/a.txt`)
    await files.setGrants(ANA, `${MINE}/a.txt`, FOR_BEN)
    const [one] = await files.sharedWith(BEN)
    const handle = one?.handle ?? ''
    assert.equal((await files.sharedOne(BEN, handle))?.entry.path, `${MINE}/a.txt`)
    assert.equal(await files.sharedOne(EVA, handle), undefined)
    assert.equal(await files.sharedOne(BEN, 'nonsense'), undefined)
    await files.setGrants(ANA, `${MINE}/a.txt`, HERS)
    assert.equal(await files.sharedOne(BEN, handle), undefined)
  })
}
