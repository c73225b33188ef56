import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { Access, FileUser, Grants } from '../types.ts'
import {
  ANA,
  BEN,
  BOSS,
  GUEST,
  HOMES,
  names,
  put,
  refuses,
  table,
  text,
} from './tree-table.test-helper.ts'

test('the nearest grants decide, and what may not be read is not there', async () => {
  const at = table(8)
  const { run, sharing, tree } = at
  await run(tree.makeFolder(ANA, `${HOMES}/ana/open/in`, { parents: true }))
  const grants = {
    everyone: 'nothing',
    guests: 'read',
    people: { ben: 'read' },
    groups: {},
  } as const
  const set = (who: FileUser, path: string, given: Grants | undefined) =>
    sharing.setGrants(who, { path, grants: given })
  await refuses(at, set(BEN, '/shared', grants), 'NO_ACCESS')
  await run(set(ANA, `${HOMES}/ana`, { ...grants, people: { ana: 'own', ben: 'read' } }))
  await run(set(ANA, `${HOMES}/ana/open`, { ...grants, people: { ana: 'own', ben: 'write' } }))
  assert.equal((await run(tree.stat(BEN, `${HOMES}/ana`))).access, 'read')
  assert.equal((await run(tree.stat(BEN, `${HOMES}/ana/open/in`))).access, 'write')
  assert.equal((await run(tree.stat(GUEST, `${HOMES}/ana/open`))).access, 'read')
  await refuses(at, tree.makeFolder(BEN, `${HOMES}/ana/x`), 'NO_ACCESS')
  await run(tree.makeFolder(BEN, `${HOMES}/ana/open/x`))
  await refuses(at, tree.makeFolder(GUEST, `${HOMES}/ana/open/y`), 'NO_ACCESS')
  await run(set(ANA, `${HOMES}/ana/open`, undefined))
  await refuses(at, tree.makeFolder(BEN, `${HOMES}/ana/open/y`), 'NO_ACCESS')
  assert.equal(await run(sharing.grants(ANA, `${HOMES}/ana/open`)), undefined)
  await run(set(BOSS, '/', { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} }))
  await refuses(at, tree.stat(ANA, '/'), 'NO_ENTRY')
  assert.equal((await run(tree.stat(BOSS, '/'))).access, 'own')
})

test('what somebody throws away that is another’s lies in its owner’s trash', async () => {
  const at = table(8)
  const { run, sharing, trash, tree } = at
  const folder = `${HOMES}/ana/open`
  await run(tree.makeFolder(ANA, folder, { parents: true }))
  const people = { ana: 'own', ben: 'write' } as const
  const given = { everyone: 'nothing', guests: 'nothing', people, groups: {} } as const
  await run(sharing.setGrants(ANA, { path: folder, grants: given }))
  for (const name of ['a', 'b']) await run(put(tree, ANA, [`${folder}/${name}`, name]))
  await run(put(tree, BEN, [`${folder}/c`, 'c']))
  for (const name of ['a', 'c']) await run(trash.remove(BEN, `${folder}/${name}`))
  await run(trash.remove(BOSS, `${folder}/b`))
  const lies = async (who: FileUser) => (await run(trash.list(who))).map(({ name }) => name)
  assert.deepEqual([await lies(ANA), await lies(BEN), await lies(BOSS)], [['a'], ['c'], ['b']])
  assert.equal(await run(trash.empty(BEN)), 1)
  const [one] = await run(trash.list(ANA))
  assert.equal(one?.from, `${folder}/a`)
  assert.equal((await run(trash.restore(ANA, one.id))).path, `${folder}/a`)
})

test('a folder in a private one is for whom it was given to, and nothing beside it', async () => {
  const at = table(9)
  const { run, sharing, tree } = at
  const [mine, given] = [`${HOMES}/ana`, `${HOMES}/ana/a/given`]
  await run(tree.makeFolder(ANA, given, { parents: true }))
  await run(put(tree, ANA, [`${mine}/a/secret`, '']))
  await refuses(at, tree.stat(BEN, given), 'NO_ENTRY')
  const people = { ana: 'own', ben: 'write' } as const
  const grants = { everyone: 'nothing', guests: 'nothing', people, groups: {} } as const
  await run(sharing.setGrants(ANA, { path: given, grants }))
  assert.equal((await run(tree.stat(BEN, given))).access, 'write')
  await run(put(tree, BEN, [`${given}/f`, 'from ben']))
  assert.deepEqual(await run(names(tree, BEN, given)), ['f'])
  for (const path of [mine, `${mine}/a`, `${mine}/a/secret`, `${mine}/a/nothing`]) {
    await refuses(at, tree.stat(BEN, path), 'NO_ENTRY')
    await refuses(at, tree.list(BEN, path), 'NO_ENTRY')
    await refuses(at, tree.touch(BEN, path, { mode: 0 }), 'NO_ENTRY')
  }
  for (const path of [`${mine}/a/secret/x`, `${mine}/a/x`, `${mine}/x`]) {
    await refuses(at, put(tree, BEN, [path, '']), 'NO_ENTRY')
    await refuses(at, tree.makeFolder(BEN, path), 'NO_ENTRY')
  }
  await refuses(at, tree.removeFolder(BEN, given), 'NO_ACCESS')
  await refuses(at, tree.move(BEN, { from: given, to: '/shared/x', replace: false }), 'NO_ACCESS')
})

test('nobody learns from what is refused what there is in a folder that they may not see', async () => {
  const at = table(16)
  const { run, tree } = at
  const [mine, open] = [`${HOMES}/ana`, '/shared/open']
  await run(tree.makeFolder(ANA, `${mine}/in`, { parents: true }))
  await run(put(tree, ANA, [`${mine}/file`, '']))
  await run(tree.makeFolder(ANA, open))
  const told = async (asked: Promise<unknown>): Promise<unknown> => {
    const thrown: unknown = await run(asked.catch((problem: unknown) => problem))
    assert.ok(isAnilloError(thrown, 'NO_ENTRY'))
    return thrown.details['path']
  }
  for (const below of ['in', 'in/x', 'in/x/y', 'file', 'file/x', 'none', 'none/x', 'none/x/y']) {
    const path = `${mine}/${below}`
    assert.equal(await told(tree.stat(BEN, path)), mine)
    assert.equal(await told(tree.makeFolder(BEN, path)), mine)
    assert.equal(await told(tree.makeFolder(BEN, `${path}/z`, { parents: true })), mine)
    assert.equal(await told(tree.touch(BEN, path, { mode: 0 })), mine)
    assert.equal(await told(put(tree, BEN, [path, ''])), mine)
    assert.equal(await told(tree.move(BEN, { from: open, to: path, replace: true })), mine)
  }
  // Where they may look they are told what is missing.
  assert.equal(await told(tree.stat(BEN, `${open}/none/x`)), `${open}/none`)
})

const NOTHING = { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} } as const

test('what is said of a person counts before groups, of which the most, and those before everyone', async () => {
  const at = table(10)
  const { run, sharing, tree } = at
  const path = '/shared/plans'
  await run(tree.makeFolder(ANA, path))
  const grants: Grants = {
    everyone: 'own',
    guests: 'nothing',
    people: { ben: 'read' },
    groups: { lab: 'read', desk: 'write' },
  }
  await run(sharing.setGrants(BOSS, { path, grants }))
  assert.deepEqual(await run(sharing.grants(BOSS, path)), grants)
  const in_ = (nick: string, ...groups: string[]): FileUser => ({ ...BEN, nick, groups })
  const access = async (who: FileUser) => (await run(tree.stat(who, path))).access
  assert.equal(await access(in_('eva')), 'own')
  assert.equal(await access(in_('eva', 'lab')), 'read')
  assert.equal(await access(in_('eva', 'lab', 'desk')), 'write')
  assert.equal(await access(in_('ben', 'lab', 'desk')), 'read')
  assert.equal(await access({ ...in_('eva', 'desk'), mayWrite: false, groups: [] }), 'read')
  await refuses(at, tree.stat({ ...GUEST, groups: ['lab'] }, path), 'NO_ENTRY')
  await run(sharing.setGrants(BOSS, { path, grants: { ...NOTHING, groups: { desk: 'read' } } }))
  assert.equal(await access(in_('eva', 'desk')), 'read')
  await refuses(at, tree.stat(in_('eva', 'lab'), path), 'NO_ENTRY')
  await refuses(at, tree.stat(in_('eva', 'constructor'), path), 'NO_ENTRY')
})

test('a file is for whom it was given to: its content and times, not its name or place', async () => {
  const at = table(11)
  const { run, sharing, tree } = at
  const [mine, path] = [`${HOMES}/ana`, `${HOMES}/ana/a.txt`]
  await run(put(tree, ANA, [path, 'one']))
  await run(put(tree, ANA, [`${mine}/b.txt`, 'other']))
  const give = (ben: Access, who = ANA) =>
    sharing.setGrants(who, { path, grants: { ...NOTHING, people: { ana: 'own', ben } } })
  await refuses(at, give('read', BEN), 'NO_ENTRY')
  await run(give('read'))
  assert.equal(await run(text(tree, path, BEN)), 'one')
  await refuses(at, give('own', BEN), 'NO_ACCESS')
  await refuses(at, put(tree, BEN, [path, 'no']), 'NO_ACCESS')
  await refuses(at, tree.touch(BEN, path, { mode: 0 }), 'NO_ACCESS')
  await run(give('write'))
  assert.equal((await run(put(tree, BEN, [path, 'two']))).access, 'write')
  assert.equal(await run(text(tree, path)), 'two')
  await run(tree.touch(BEN, path, { mode: 0o600 }))
  const [{ number } = { number: 0 }] = (await run(tree.versions(BEN, path))).versions
  await run(tree.restoreVersion(BEN, { path, version: number }))
  assert.equal(await run(text(tree, path)), 'one')
  await refuses(at, tree.move(BEN, { from: path, to: '/shared/x', replace: false }), 'NO_ACCESS')
  await refuses(at, tree.move(BEN, { from: path, to: `${mine}/x`, replace: false }), 'NO_ACCESS')
  await refuses(at, at.trash.remove(BEN, path), 'NO_ACCESS')
  for (const other of [mine, `${mine}/b.txt`, `${mine}/c.txt`]) {
    await refuses(at, tree.stat(BEN, other), 'NO_ENTRY')
    await refuses(at, put(tree, BEN, [other, 'x']), 'NO_ENTRY')
  }
  await run(sharing.setGrants(ANA, { path, grants: undefined }))
  await refuses(at, tree.stat(BEN, path), 'NO_ENTRY')
})

test('in a folder that all see a file can be for few, and is not listed to others', async () => {
  const { run, sharing, tree } = table(12)
  await run(put(tree, ANA, ['/shared/secret', 'x']))
  await run(put(tree, ANA, ['/shared/open', 'x']))
  const grants = { ...NOTHING, people: { ana: 'own' } } as const
  await run(sharing.setGrants(BOSS, { path: '/shared/secret', grants }))
  assert.deepEqual(await run(names(tree, BEN, '/shared')), ['open'])
  assert.deepEqual(await run(names(tree, ANA, '/shared')), ['open', 'secret'])
})

test('who may write a file alone makes none in its place when it went meanwhile', async () => {
  const at = table(13)
  const { run, sharing, tree } = at
  const path = `${HOMES}/ana/a.txt`
  await run(put(tree, ANA, [path, 'one']))
  const people = { ana: 'own', ben: 'write' } as const
  await run(sharing.setGrants(ANA, { path, grants: { ...NOTHING, people } }))
  const target = await run(tree.content(BEN, path))
  await run(at.trash.remove(ANA, path))
  const body = new TextEncoder().encode('two')
  const given = { by: 'ben', bytes: 3, sha256: sha256Hex(body), body }
  await refuses(at, tree.put(target, given), 'NO_ENTRY')
  await run(put(tree, ANA, [path, 'another']))
  await refuses(at, tree.put(target, given), 'NO_ENTRY')
  assert.equal(await run(text(tree, path)), 'another')
})

test('grants go where the file goes, a copy has none, and what takes its place takes them over', async () => {
  const { run, sharing, trash, tree } = table(14)
  const grants = { ...NOTHING, people: { ana: 'own', ben: 'read' } } as const
  const mine = `${HOMES}/ana`
  await run(tree.makeFolder(ANA, `${mine}/in`))
  await run(put(tree, ANA, [`${mine}/a`, 'one']))
  await run(sharing.setGrants(ANA, { path: `${mine}/a`, grants }))
  const move = (from: string, to: string) =>
    run(tree.move(ANA, { from: `${mine}/${from}`, to: `${mine}/${to}`, replace: true }))
  await move('a', 'in/b')
  assert.deepEqual(await run(sharing.grants(BEN, `${mine}/in/b`)), grants)
  await run(put(tree, ANA, [`${mine}/in/b`, 'two']))
  assert.equal(await run(text(tree, `${mine}/in/b`, BEN)), 'two')
  for (const [from, to] of [
    ['in/new', 'in/b'],
    ['new', 'in/b'],
  ] as const) {
    await run(put(tree, ANA, [`${mine}/${from}`, `by ${from}`]))
    await move(from, to)
    assert.equal(await run(text(tree, `${mine}/in/b`, BEN)), `by ${from}`)
  }
  await run(put(tree, ANA, [`${mine}/own`, 'for her']))
  const hers = { ...NOTHING, people: { ana: 'own' } } as const
  await run(sharing.setGrants(ANA, { path: `${mine}/own`, grants: hers }))
  await move('own', 'in/b')
  assert.deepEqual(await run(sharing.grants(ANA, `${mine}/in/b`)), hers)
  await run(sharing.setGrants(ANA, { path: `${mine}/in/b`, grants }))
  const [{ id } = { id: '' }] = (await run(tree.list(ANA, `${mine}/in`))).entries
  await run(trash.remove(ANA, `${mine}/in/b`))
  await run(trash.restore(ANA, id))
  assert.equal(await run(text(tree, `${mine}/in/b`, BEN)), 'for her')
})
