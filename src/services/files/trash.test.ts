/**
 * What was removed, as a folder and as a list: the same in the ring’s tree and in that of tests.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { ANA, BEN, FILES_KINDS, namesIn, put, refuses } from './files-kinds.test-helper.ts'
import type { FileUser } from './types.ts'

const READER: FileUser = { ...ANA, mayWrite: false, groups: [] }

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: the trash is a folder to look at and to take from, and nothing is made in it`, async () => {
    const files = make(new ManualClock())
    await put(files, '/shared/a')
    await files.makeFolder(ANA, '/shared/d/e', { parents: true })
    await put(files, '/shared/d/e/f', 'deep')
    await files.remove(ANA, '/shared/a')
    await files.remove(ANA, '/shared/d')
    assert.deepEqual(await namesIn(files, '/.trash'), ['a', 'd'])
    assert.deepEqual(await namesIn(files, '/.trash', BEN), [])
    assert.deepEqual(await namesIn(files, '/'), ['home', 'shared'])
    const { entry } = await files.open(ANA, '/.trash/d/e/f')
    assert.deepEqual([entry.path, entry.bytes], ['/.trash/d/e/f', 4])
    await refuses(files.stat(BEN, '/.trash/a'), 'NO_ENTRY')
    assert.equal(await files.partial(ANA, '/.trash/a'), undefined)
    for (const path of ['/.trash/x', '/.trash/a', '/.trash/d/x', '/x/../.trash/x']) {
      if (kind === 'memory' && path.includes('..')) continue
      await refuses(files.write(ANA, path, { how: 'replace' }), 'READ_ONLY')
      await refuses(files.makeFolder(ANA, path), 'READ_ONLY')
      await refuses(files.touch(ANA, path, { mode: 0 }), 'READ_ONLY')
    }
    await put(files, '/shared/b')
    await refuses(files.move(ANA, '/shared/b', '/.trash/b'), 'READ_ONLY')
    await refuses(files.copy(ANA, '/shared/b', '/.trash/b'), 'READ_ONLY')
    await refuses(files.move(ANA, '/.trash/a', '/.trash/b'), 'READ_ONLY')
    await refuses(files.combine(ANA, '/.trash/b', ['/shared/b']), 'READ_ONLY')
    await refuses(files.move(READER, '/.trash/a', '/shared/a'), 'NO_ACCESS')
    await refuses(files.move(ANA, '/.trash/a', '/shared/b'), 'ENTRY_EXISTS')
    await files.copy(ANA, '/.trash/a', '/shared/copy')
    await files.move(ANA, '/.trash/a', '/shared/back')
    await files.move(ANA, '/.trash/d/e', '/shared/e')
    assert.deepEqual(await namesIn(files, '/shared'), ['b', 'back', 'copy', 'e'])
    await files.removeFolder(ANA, '/.trash/d')
    assert.deepEqual(await files.trash(ANA), [])
    // What came back goes into the trash again, from where it is now.
    await files.remove(ANA, '/shared/back')
    assert.deepEqual(
      (await files.trash(ANA)).map(({ from }) => from),
      ['/shared/back'],
    )
  })

  test(`${kind}: single things of the trash go for good, and so does all of it, or what is older`, async () => {
    const clock = new ManualClock()
    const files = make(clock)
    await files.makeFolder(ANA, '/shared/old/below', { parents: true })
    await put(files, '/shared/old/below/f')
    for (const name of ['a', 'b', 'c']) await put(files, `/shared/${name}`)
    const before = await files.usage(ANA)
    await files.remove(ANA, '/shared/old')
    await files.remove(ANA, '/shared/a')
    clock.advance(10 * MINUTE_MS)
    await files.remove(ANA, '/shared/b')
    await files.remove(ANA, '/shared/c')
    const found = await files.trash(ANA)
    const idOf = (name: string): string => found.find((one) => one.name === name)?.id ?? ''
    await refuses(files.removeTrashed(BEN, idOf('a')), 'NO_ENTRY')
    await refuses(files.removeTrashed(ANA, 'f'.repeat(32)), 'NO_ENTRY')
    await refuses(files.removeTrashed(READER, idOf('a')), 'NO_ACCESS')
    await refuses(files.emptyTrash(READER), 'NO_ACCESS')
    assert.equal(await files.emptyTrash(BEN), 0)
    assert.deepEqual(await files.usage(ANA), before)
    await files.removeTrashed(ANA, idOf('a'))
    await refuses(files.removeTrashed(ANA, idOf('a')), 'NO_ENTRY')
    await refuses(files.restore(ANA, idOf('a')), 'NO_ENTRY')
    assert.equal(await files.emptyTrash(ANA, { olderThanMs: 11 * MINUTE_MS }), 0)
    assert.equal(await files.emptyTrash(ANA, { olderThanMs: 5 * MINUTE_MS }), 1)
    assert.deepEqual(await namesIn(files, '/.trash'), ['b', 'c'])
    assert.equal(await files.emptyTrash(ANA), 2)
    assert.equal(await files.emptyTrash(ANA), 0)
    assert.deepEqual(await files.trash(ANA), [])
    const after = await files.usage(ANA)
    assert.deepEqual([after.bytes, after.files], [0, 0])
  })
}
