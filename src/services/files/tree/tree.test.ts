import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../../base/hash.ts'
import { VERSIONS_MAX } from './limits.ts'
import {
  ANA,
  BEN,
  BOSS,
  HOMES,
  names,
  put,
  READER,
  refuses,
  table,
  text,
} from './tree-table.test-helper.ts'

test('a new tree has home and shared, which stay, and everybody a home of their own', async () => {
  const at = table()
  const { run, tree } = at
  assert.deepEqual(await run(names(tree, ANA, '/')), ['home', 'shared'])
  assert.deepEqual(await run(names(tree, ANA, '/home')), ['ana'])
  assert.deepEqual(await run(names(tree, BEN, '/home')), ['ben'])
  assert.deepEqual(await run(names(tree, BOSS, '/home')), ['ana', 'ben', 'boss'])
  await refuses(at, tree.stat(BEN, `${HOMES}/ana`), 'NO_ENTRY')
  await refuses(at, tree.makeFolder(BEN, `${HOMES}/ana/x`), 'NO_ENTRY')
  await refuses(at, tree.makeFolder(ANA, `${HOMES}/x`), 'NO_ACCESS')
  await refuses(at, tree.removeFolder(ANA, `${HOMES}/ana`), 'NO_ACCESS')
  await refuses(at, tree.removeFolder(BOSS, '/home'), 'READ_ONLY')
  await refuses(at, tree.move(BOSS, { from: '/shared', to: '/x', replace: false }), 'READ_ONLY')
  await refuses(at, tree.makeFolder(BOSS, '/.trash/..'), 'READ_ONLY')
  await refuses(at, tree.makeFolder(BOSS, '/.web'), 'READ_ONLY')
})

test('folders are made, listed in the order of names, and removed when they are empty', async () => {
  const at = table(2)
  const { run, tree } = at
  const made = await run(tree.makeFolder(ANA, '/shared/b'))
  assert.deepEqual([made.path, made.kind, made.access], ['/shared/b', 'folder', 'write'])
  await refuses(at, tree.makeFolder(ANA, '/shared/b'), 'ENTRY_EXISTS')
  await refuses(at, tree.makeFolder(ANA, '/shared/no/c'), 'NO_ENTRY')
  await run(tree.makeFolder(ANA, '/shared/a/c/d', { parents: true }))
  for (const name of ['é', 'z', 'B', 'a b']) await run(put(tree, ANA, [`/shared/${name}`, '']))
  const all = ['B', 'a', 'a b', 'b', 'z', 'é']
  assert.deepEqual(await run(names(tree, ANA, '/shared')), all)
  const paged: string[] = []
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
    const ask = { limit: 4, ...(cursor === undefined ? {} : { cursor }) }
    const page = await run(tree.list(ANA, '/shared', ask))
    paged.push(...page.entries.map(({ name }) => name))
    cursor = page.cursor
  }
  assert.deepEqual(paged, all)
  const some = await run(tree.list(ANA, '/shared', { prefix: 'a' }))
  assert.deepEqual(
    some.entries.map(({ name }) => name),
    ['a', 'a b'],
  )
  await refuses(at, tree.list(ANA, '/shared', { cursor: '?' }), 'BAD_REQUEST')
  await refuses(at, tree.list(ANA, '/shared/z'), 'NOT_A_FOLDER')
  await refuses(at, tree.removeFolder(ANA, '/shared/a'), 'FOLDER_NOT_EMPTY')
  await refuses(at, tree.removeFolder(ANA, '/shared/z'), 'NOT_A_FOLDER')
  await run(tree.removeFolder(ANA, '/shared/b'))
  await refuses(at, tree.stat(ANA, '/shared/b'), 'NO_ENTRY')
  await run(tree.makeFolder(ANA, '/shared/b'))
})

test('names are equal in NFC, and kept as they were given', async () => {
  const at = table(3)
  const { run, tree } = at
  const [composed, apart] = ['caf\u00e9', 'cafe\u0301']
  await run(put(tree, ANA, [`/shared/${apart}`, 'one']))
  assert.equal((await run(tree.stat(ANA, `/shared/${composed}`))).name, apart)
  await run(tree.move(ANA, { from: `/shared/${apart}`, to: `/shared/${composed}`, replace: false }))
  assert.deepEqual(await run(names(tree, ANA, '/shared')), [composed])
})

test('other content makes a version, ten are kept, and each can come back', async () => {
  const at = table(4)
  const { run, tree } = at
  const first = await run(put(tree, ANA, ['/shared/f', 'text 0']))
  for (let count = 1; count <= VERSIONS_MAX + 2; count++) {
    const next = await run(put(tree, BEN, ['/shared/f', `text ${count}`]))
    assert.equal(next.id, first.id)
    assert.notEqual(next.etag, first.etag)
    assert.equal(next.owner, 'ana')
  }
  const { versions } = await run(tree.versions(ANA, '/shared/f'))
  assert.deepEqual(
    versions.map(({ number }) => number),
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  )
  await run(at.world.settle())
  const { bytes, claimedBytes, files } = await run(tree.quotas.usage('ana'))
  assert.deepEqual([bytes, claimedBytes, files], [8 * 6 + 3 * 7, 0, 1])
  await run(tree.restoreVersion(ANA, { path: '/shared/f', version: 3 }))
  assert.equal(await run(text(tree, '/shared/f')), 'text 2')
  await refuses(at, tree.restoreVersion(ANA, { path: '/shared/f', version: 3 }), 'NO_ENTRY')
  const after = await run(tree.versions(ANA, '/shared/f'))
  assert.deepEqual(
    after.versions.map(({ number }) => number),
    [4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  )
})

test('what is expected of a file is compared, and times and modes are kept', async () => {
  const at = table(5)
  const { run, tree } = at
  const one = await run(put(tree, ANA, ['/shared/f', 'one']))
  const write = async (expected: { is: 'absent' } | { is: 'etag'; etag: string }, path: string) => {
    const target = await tree.target(ANA, path)
    const body = new Uint8Array(1)
    return tree.put(target, { by: 'ana', bytes: 1, sha256: sha256Hex(body), body, expected })
  }
  await refuses(at, write({ is: 'absent' }, '/shared/f'), 'ENTRY_EXISTS')
  await refuses(at, write({ is: 'etag', etag: one.etag }, '/shared/g'), 'CONDITION_FAILED')
  const two = await run(write({ is: 'etag', etag: one.etag }, '/shared/f'))
  await refuses(at, write({ is: 'etag', etag: one.etag }, '/shared/f'), 'CONDITION_FAILED')
  await refuses(at, write({ is: 'absent' }, '/shared'), 'NO_ACCESS')
  await run(tree.makeFolder(ANA, '/shared/d'))
  await refuses(at, write({ is: 'absent' }, '/shared/d'), 'IS_A_FOLDER')
  const touched = await run(
    tree.touch(ANA, '/shared/f', { modifiedMs: 7, createdMs: 5, mode: 0o600 }),
  )
  assert.deepEqual([touched.modifiedMs, touched.createdMs, touched.mode], [7, 5, 0o600])
  assert.notEqual(touched.etag, two.etag)
  await refuses(at, tree.touch(READER, '/shared/f', { mode: 0 }), 'NO_ACCESS')
  await refuses(at, tree.touch(ANA, '/shared/g', { mode: 0 }), 'NO_ENTRY')
})

test('files and folders move, within a folder and between, with their versions', async () => {
  const at = table(6)
  const { run, tree } = at
  const move = (from: string, to: string, replace = false) => tree.move(ANA, { from, to, replace })
  await run(tree.makeFolder(ANA, '/shared/a/b', { parents: true }))
  await run(put(tree, ANA, ['/shared/f', 'old']))
  await run(put(tree, ANA, ['/shared/f', 'new']))
  await run(put(tree, ANA, ['/shared/g', 'other']))
  await refuses(at, move('/shared/f', '/shared/g'), 'ENTRY_EXISTS')
  await refuses(at, move('/shared/f', '/shared/a', true), 'ENTRY_EXISTS')
  const renamed = await run(move('/shared/f', '/shared/g', true))
  assert.equal(renamed.path, '/shared/g')
  assert.equal(await run(text(tree, '/shared/g')), 'new')
  assert.equal((await run(tree.versions(ANA, '/shared/g'))).versions.length, 2)
  await refuses(at, tree.stat(ANA, '/shared/f'), 'NO_ENTRY')
  await run(move('/shared/g', '/shared/a/b/h'))
  assert.equal(await run(text(tree, '/shared/a/b/h')), 'new')
  assert.equal((await run(tree.versions(ANA, '/shared/a/b/h'))).versions.length, 2)
  await refuses(at, move('/shared/a', '/shared/a/b/c'), 'MOVE_INTO_ITSELF')
  await run(move('/shared/a', `${HOMES}/ana/a`))
  assert.deepEqual(await run(names(tree, ANA, '/shared')), [])
  assert.equal(await run(text(tree, `${HOMES}/ana/a/b/h`)), 'new')
  await run(put(tree, ANA, ['/shared/h', 'in the way']))
  await run(move(`${HOMES}/ana/a/b/h`, '/shared/h', true))
  assert.equal(await run(text(tree, '/shared/h')), 'new')
  assert.equal((await run(tree.versions(ANA, '/shared/h'))).versions.length, 3)
  await refuses(at, move('/shared/nothing', '/shared/x'), 'NO_ENTRY')
  await refuses(at, move('/shared/h', '/shared/no/x'), 'NO_ENTRY')
})

test('what is removed lies in the trash, goes back, or goes for good', async () => {
  const at = table(7)
  const { run, trash, tree } = at
  await run(put(tree, ANA, ['/shared/a.txt', 'one']))
  await run(trash.remove(ANA, '/shared/a.txt'))
  await run(put(tree, ANA, ['/shared/a.txt', 'two']))
  await run(trash.remove(ANA, '/shared/a.txt'))
  await refuses(at, trash.remove(ANA, '/shared/a.txt'), 'NO_ENTRY')
  const lies = await run(trash.list(ANA))
  const each = lies.map(({ from, name }) => `${name} of ${from}`)
  assert.deepEqual(each, ['a.txt of /shared/a.txt', 'a.txt of /shared/a.txt'])
  assert.deepEqual(await run(trash.list(BEN)), [])
  assert.equal((await run(names(tree, ANA, '/.trash'))).length, 2)
  assert.deepEqual(await run(names(tree, BEN, '/.trash')), [])
  for (const { id } of lies) await run(trash.restore(ANA, id))
  assert.deepEqual(await run(names(tree, ANA, '/shared')), ['a (2).txt', 'a.txt'])
  await refuses(at, trash.restore(ANA, lies[0]?.id ?? ''), 'NO_ENTRY')
  await run(tree.makeFolder(ANA, '/shared/d/e', { parents: true }))
  await run(put(tree, ANA, ['/shared/d/e/f', 'deep']))
  await run(trash.remove(ANA, '/shared/d'))
  assert.equal(await run(text(tree, '/.trash/d/e/f', ANA)), 'deep')
  await run(trash.remove(ANA, '/.trash/d'))
  assert.deepEqual(await run(names(tree, ANA, '/.trash')), [])
  await refuses(at, trash.remove(BOSS, '/shared'), 'READ_ONLY')
  const { etag } = await run(tree.stat(ANA, '/shared/a.txt'))
  await run(put(tree, ANA, ['/shared/a.txt', 'three']))
  await refuses(at, trash.remove(ANA, '/shared/a.txt', { ifMatch: etag }), 'CONDITION_FAILED')
})
