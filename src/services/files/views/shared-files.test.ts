/** `/.shared` over the ring’s tree and that of tests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { ANA, BEN, FILES_KINDS, namesIn, put, refuses, textOf } from '../files-kinds.test-helper.ts'
import type { Access, Files, Grants } from '../types.ts'
import { sharedFiles } from './shared-files.ts'

const HOMES = '/home'
const SECRET = `${HOMES}/ana/secret`
const PLANS = '/.shared/ana/plans'

function grantsFor(access: Access): Grants {
  const people = { ana: 'own', ben: access } as const
  return { everyone: 'nothing', guests: 'nothing', people, groups: {} }
}

async function withPlans(make: (clock: ManualClock) => Files, access: Access) {
  const clock = new ManualClock()
  const files = sharedFiles(make(clock), clock)
  await files.makeFolder(ANA, `${SECRET}/plans/inner`, { parents: true })
  await put(files, `${SECRET}/plans/a.txt`, 'one')
  await put(files, `${SECRET}/hidden.txt`)
  await files.setGrants(ANA, `${SECRET}/plans`, grantsFor(access))
  return { clock, files }
}

async function write(files: Files, path: string, text: string) {
  const upload = await files.write(BEN, path, { how: 'replace' })
  await upload.push(utf8(text))
  return upload.commit()
}

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: /.shared is walked folder by folder to what others share`, async () => {
    const { files } = await withPlans(make, 'read')
    assert.deepEqual(await namesIn(files, '/', BEN), ['home', 'shared'])
    assert.deepEqual(await namesIn(files, '/.shared', BEN), ['ana'])
    assert.deepEqual(await namesIn(files, '/.shared/ana', BEN), ['plans'])
    assert.deepEqual(await namesIn(files, PLANS, BEN), ['a.txt', 'inner'])
    const { access, name, owner, path } = await files.stat(BEN, PLANS)
    assert.deepEqual([access, name, owner, path], ['read', 'plans', 'ana', PLANS])
    for (const folder of ['/.shared', '/.shared/ana']) {
      const entry = await files.stat(BEN, folder)
      assert.deepEqual([entry.path, entry.kind, entry.access], [folder, 'folder', 'read'])
    }
    const opened = await files.open(BEN, `${PLANS}/a.txt`)
    assert.deepEqual([await textOf(opened), opened.entry.path], ['one', `${PLANS}/a.txt`])
    assert.deepEqual(await namesIn(files, '/.shared', ANA), [], 'nobody shares with her')
    await refuses(files.stat(ANA, PLANS), 'NO_ENTRY')
    await refuses(files.list(BEN, '/.shared/eva'), 'NO_ENTRY')
    await refuses(files.open(BEN, '/.shared/ana'), 'IS_A_FOLDER')
    await refuses(files.list(BEN, `${PLANS}/a.txt/b`), 'NOT_A_FOLDER')
  })

  test(`${kind}: what is below is changed as the grant says, and nothing beside it`, async () => {
    const { files } = await withPlans(make, 'write')
    assert.equal((await write(files, `${PLANS}/new.txt`, 'his')).path, `${PLANS}/new.txt`)
    assert.equal(await textOf(await files.open(ANA, `${SECRET}/plans/new.txt`)), 'his')
    assert.equal((await files.makeFolder(BEN, `${PLANS}/f`)).path, `${PLANS}/f`)
    const moved = await files.move(BEN, `${PLANS}/new.txt`, `${PLANS}/f/moved.txt`)
    assert.equal(moved.path, `${PLANS}/f/moved.txt`)
    const copied = await files.copy(BEN, `${PLANS}/a.txt`, `${HOMES}/ben/mine.txt`)
    assert.equal(copied.path, `${HOMES}/ben/mine.txt`)
    assert.equal((await files.move(BEN, copied.path, `${PLANS}/b.txt`)).path, `${PLANS}/b.txt`)
    await files.remove(BEN, `${PLANS}/b.txt`)
    const [trashed] = await files.trash(BEN)
    assert.equal(trashed?.from, `${PLANS}/b.txt`)
    assert.equal((await files.restore(BEN, trashed?.id ?? '')).path, `${PLANS}/b.txt`)
    const taken = [
      files.remove(BEN, PLANS),
      files.removeFolder(BEN, PLANS),
      files.move(BEN, PLANS, `${HOMES}/ben/plans`),
      files.remove(BEN, '/.shared/ana'),
      files.makeFolder(BEN, '/.shared/eva'),
      files.makeFolder(BEN, '/.shared/ana/more'),
      write(files, '/.shared/ana/new.txt', 'x'),
      files.setGrants(BEN, '/.shared', undefined),
    ]
    for (const refused of taken) await refuses(refused, 'READ_ONLY')
    assert.deepEqual(await namesIn(files, SECRET), ['hidden.txt', 'plans'])
  })

  test(`${kind}: a file is written by its name there, where the grant lets one`, async () => {
    const { files } = await withPlans(make, 'read')
    await files.setGrants(ANA, `${SECRET}/hidden.txt`, grantsFor('write'))
    assert.equal((await write(files, '/.shared/ana/hidden.txt', 'two')).bytes, 3)
    assert.equal((await files.versions(BEN, '/.shared/ana/hidden.txt')).length, 1)
    await refuses(write(files, `${PLANS}/a.txt`, 'x'), 'NO_ACCESS')
    await refuses(files.setGrants(BEN, PLANS, undefined), 'NO_ACCESS')
  })

  test(`${kind}: no answer there names a folder that one may not see`, async () => {
    const { files } = await withPlans(make, 'write')
    const answers = await Promise.allSettled([
      files.sharedWith(BEN),
      files.stat(BEN, `${PLANS}/a.txt`),
      files.list(BEN, PLANS),
      files.open(BEN, `${PLANS}/nothing`),
      files.open(BEN, `${PLANS}/inner`),
      files.makeFolder(BEN, `${PLANS}/inner`),
      files.move(BEN, `${PLANS}/inner`, `${PLANS}/inner/x`),
      files.removeFolder(BEN, `${PLANS}/a.txt`),
      files.touch(BEN, `${PLANS}/a.txt`, { modifiedMs: 1 }),
      files.follow(BEN, `${PLANS}/a.txt`),
      files.combine(BEN, `${PLANS}/c`, [`${PLANS}/a.txt`, `${PLANS}/nothing`]),
      files.setGrants(BEN, `${PLANS}/a.txt`, undefined),
      files.copy(BEN, `${PLANS}/nothing`, `${HOMES}/ben/x`),
    ])
    for (const answer of answers) {
      const told = answer.status === 'fulfilled' ? answer.value : answer.reason
      const text = isAnilloError(told) ? told.message + JSON.stringify(told.details) : told
      assert.doesNotMatch(JSON.stringify(text) ?? '', /secret/, 'the folder above')
    }
    assert.equal(answers.filter(({ status }) => status === 'rejected').length, 8)
  })

  test(`${kind}: two that are called alike are told apart, and the first keeps its name`, async () => {
    const { clock, files } = await withPlans(make, 'read')
    clock.advance(1_000)
    const { id } = await files.makeFolder(ANA, `${HOMES}/ana/b/plans`, { parents: true })
    await files.setGrants(ANA, `${HOMES}/ana/b/plans`, grantsFor('write'))
    const second = `plans.${id.slice(0, 8)}`
    assert.deepEqual(await namesIn(files, '/.shared/ana', BEN), ['plans', second])
    assert.equal((await files.stat(BEN, PLANS)).access, 'read')
    assert.equal((await files.stat(BEN, `/.shared/ana/${second}`)).access, 'write')
    await files.setGrants(ANA, `${SECRET}/plans`, undefined)
    assert.deepEqual(await namesIn(files, '/.shared/ana', BEN), ['plans'])
    assert.equal((await files.stat(BEN, `/.shared/ana/${second}`)).id, id, 'by its id still')
    assert.equal((await files.stat(BEN, PLANS)).id, id)
  })

  test(`${kind}: what is taken back or thrown away is gone there at once`, async () => {
    const { files } = await withPlans(make, 'read')
    assert.equal((await files.stat(BEN, PLANS)).name, 'plans')
    await files.move(ANA, `${SECRET}/plans`, `${HOMES}/ana/ideas`)
    await refuses(files.stat(BEN, PLANS), 'NO_ENTRY')
    assert.deepEqual(await namesIn(files, '/.shared/ana/ideas', BEN), ['a.txt', 'inner'])
    await files.setGrants(ANA, `${HOMES}/ana/ideas`, undefined)
    await refuses(files.stat(BEN, '/.shared/ana/ideas'), 'NO_ENTRY')
    assert.deepEqual(await namesIn(files, '/.shared', BEN), [])
  })
}
