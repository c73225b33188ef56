/** `/.versions` over the ring’s tree and that of tests; and that nothing is changed in a view. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../../base/hash.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { ANA, BEN, FILES_KINDS, namesIn, put, refuses, textOf } from '../files-kinds.test-helper.ts'
import type { Files } from '../types.ts'
import { VersionsView } from './versions.ts'
import { viewedFiles } from './viewed-files.ts'

const NOW_MS = Date.parse('2026-11-21T10:00:00.500Z')
const HOMES = '/home'
const MINE = `${HOMES}/ana`

function viewed(make: (clock: ManualClock) => Files) {
  const clock = new ManualClock()
  clock.advance(NOW_MS - clock.wallMs())
  const tree = make(clock)
  return { clock, files: viewedFiles(tree, [new VersionsView(tree)]) }
}

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: earlier contents of a file are files in a folder of its name`, async () => {
    const { clock, files } = viewed(make)
    for (const text of ['one', 'two', 'three']) {
      await put(files, `${MINE}/notes.txt`, text)
      clock.advance(1_000)
    }
    await put(files, `${MINE}/new`)
    await files.makeFolder(ANA, `${MINE}/d`)
    assert.deepEqual(await namesIn(files, '/'), ['home', 'shared'])
    assert.deepEqual(await namesIn(files, '/.versions'), ['home', 'shared'])
    assert.deepEqual(await namesIn(files, `/.versions${MINE}`), ['d', 'new', 'notes.txt'])
    assert.deepEqual(await namesIn(files, `/.versions${MINE}/new`), [])
    const folder = `/.versions${MINE}/notes.txt`
    assert.deepEqual(await namesIn(files, folder), [
      '2026-11-21T10.00.00Z.v1.txt',
      '2026-11-21T10.00.01Z.v2.txt',
    ])
    const { entries } = await files.list(ANA, folder)
    const told = entries.map(({ access, bytes, kind: is, path, sha256 }) => [
      path,
      is,
      bytes,
      sha256,
      access,
    ])
    assert.deepEqual(told, [
      [`${folder}/2026-11-21T10.00.00Z.v1.txt`, 'file', 3, sha256Hex('one'), 'read'],
      [`${folder}/2026-11-21T10.00.01Z.v2.txt`, 'file', 3, sha256Hex('two'), 'read'],
    ])
    for (const entry of entries) {
      assert.deepEqual(await files.stat(ANA, entry.path), entry)
      const opened = await files.open(ANA, entry.path)
      assert.deepEqual(opened.entry, entry)
      assert.equal(sha256Hex(await textOf(opened)), entry.sha256)
    }
    const about = await files.stat(ANA, folder)
    assert.deepEqual([about.kind, about.name, about.mode], ['folder', 'notes.txt', 0o555])
    assert.equal((await files.stat(ANA, '/.versions')).name, '.versions')
    assert.equal((await files.stat(ANA, `/shared/../.versions${MINE}/../..`)).path, '/.versions')
  })

  test(`${kind}: a list of versions comes in pages, and is narrowed`, async () => {
    const { clock, files } = viewed(make)
    for (let count = 0; count < 6; count++) {
      await put(files, '/shared/a', `${count}`)
      clock.advance(60_000)
    }
    const first = await files.list(ANA, '/.versions/shared/a', { limit: 2 })
    const rest = await files.list(ANA, '/.versions/shared/a', { cursor: first.cursor ?? '' })
    const all = [...first.entries, ...rest.entries].map(({ name }) => name)
    assert.deepEqual(
      all,
      [0, 1, 2, 3, 4].map((at) => `2026-11-21T10.0${at}.00Z.v${at + 1}`),
    )
    assert.equal(rest.cursor, undefined)
    const some = await files.list(ANA, '/.versions/shared/a', { prefix: '2026-11-21T10.03' })
    assert.deepEqual(
      some.entries.map(({ name }) => name),
      ['2026-11-21T10.03.00Z.v4'],
    )
    await refuses(files.list(ANA, '/.versions/shared/a', { cursor: '?' }), 'BAD_REQUEST')
  })

  test(`${kind}: who may not see a file does not see its versions, and names are looked up whole`, async () => {
    const { files } = viewed(make)
    for (const text of ['one', 'two']) await put(files, `${MINE}/s.txt`, text)
    const version = `/.versions${MINE}/s.txt/2026-11-21T10.00.00Z.v1.txt`
    await refuses(files.stat(BEN, version), 'NO_ENTRY')
    await refuses(files.open(BEN, version), 'NO_ENTRY')
    await refuses(files.list(BEN, `/.versions${MINE}`), 'NO_ENTRY')
    for (const name of [
      '.v1.txt',
      '2026-11-21T10.00.00Z.v1',
      '2026-11-21T10.00.00Z.v01.txt',
      'x',
    ]) {
      await refuses(files.stat(ANA, `/.versions${MINE}/s.txt/${name}`), 'NO_ENTRY')
    }
    await refuses(files.stat(ANA, `${version}/x`), 'NOT_A_FOLDER')
    await refuses(files.list(ANA, version), 'NOT_A_FOLDER')
    await refuses(files.open(ANA, `/.versions${MINE}/s.txt`), 'IS_A_FOLDER')
    await refuses(files.open(ANA, version, { version: 1 }), 'NO_ENTRY')
    await refuses(files.stat(ANA, '/.versions/nowhere'), 'NO_ENTRY')
    await refuses(files.stat(ANA, '/.versions/a\r\nb'), 'NAME_INVALID')
  })

  test(`${kind}: nothing is changed in a view, and what is in it can be copied out of it`, async () => {
    const { files } = viewed(make)
    for (const text of ['one', 'two']) await put(files, '/shared/a', text)
    const version = '/.versions/shared/a/2026-11-21T10.00.00Z.v1'
    const to = '/x/../.versions/shared/a/new'
    const refused: readonly (() => Promise<unknown>)[] = [
      () => files.write(ANA, to, { how: 'replace' }),
      () => files.makeFolder(ANA, to),
      () => files.remove(ANA, version),
      () => files.removeFolder(ANA, '/.versions/shared/a'),
      () => files.move(ANA, version, '/shared/b'),
      () => files.move(ANA, '/shared/a', to),
      () => files.copy(ANA, '/shared/a', to),
      () => files.combine(ANA, to, ['/shared/a']),
      () => files.combine(ANA, '/shared/b', [version]),
      () => files.touch(ANA, version, { mode: 0 }),
      () => files.restoreVersion(ANA, version, 1),
      () => files.setGrants(ANA, '/.versions/shared', undefined),
    ]
    for (const change of refused) await refuses(change(), 'READ_ONLY')
    await refuses(files.follow(ANA, version), 'NO_ENTRY')
    assert.equal(await files.partial(ANA, version), undefined)
    assert.deepEqual(await files.versions(ANA, version), [])
    assert.equal(await files.grants(ANA, '/.versions/shared'), undefined)
    await refuses(files.grants(ANA, version), 'NOT_A_FOLDER')
    await files.copy(ANA, version, '/shared/b')
    assert.equal(await textOf(await files.open(ANA, '/shared/b')), 'one')
    await refuses(files.copy(ANA, version, '/shared/a'), 'CONDITION_FAILED')
    await files.copy(ANA, version, '/shared/a', { replace: true })
    assert.equal(await textOf(await files.open(ANA, '/shared/a')), 'one')
    await refuses(files.copy(ANA, '/.versions/shared/a', '/shared/c'), 'IS_A_FOLDER')
  })
}
