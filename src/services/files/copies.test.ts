/** Copies of folders: of the ring's tree and of the one of tests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { ANA, FILES_KINDS, namesIn, put, refuses, textOf } from './files-kinds.test-helper.ts'

for (const [kind, make] of Object.entries(FILES_KINDS)) {
  test(`${kind}: a folder that cannot be copied to its end is not copied at all`, async () => {
    const files = make(new ManualClock())
    await files.makeFolder(ANA, '/shared/a/in', { parents: true })
    for (const name of ['one', 'two', 'in/three']) await put(files, `/shared/a/${name}`)
    const boss = { ...ANA, nick: 'boss', isManager: true }
    await files.setLimits(boss, 'ana', { filesMax: 5 })
    await refuses(files.copy(ANA, '/shared/a', '/shared/b'), 'QUOTA_FILES_FULL')
    await refuses(files.stat(ANA, '/shared/b'), 'NO_ENTRY')
    assert.deepEqual(await files.trash(ANA), [])
    assert.equal((await files.usage(ANA)).files, 3)
    await files.setLimits(boss, 'ana', { filesMax: 6 })
    await files.copy(ANA, '/shared/a', '/shared/b')
    assert.deepEqual(await namesIn(files, '/shared/b'), ['in', 'one', 'two'])
    assert.equal(await textOf(await files.open(ANA, '/shared/b/in/three')), '/shared/a/in/three')
    assert.deepEqual(await files.trash(ANA), [])
  })
}
