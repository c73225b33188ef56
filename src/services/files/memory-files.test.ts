/** The in-memory tree keeps the promises of `types.ts` that tests of doors build upon. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { MemoryFiles } from './memory-files.test-helper.ts'
import type { FileUser } from './types.ts'

const ana: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
const bob: FileUser = { nick: 'bob', isManager: false, mayWrite: true, groups: [] }
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytes = (written: string): Uint8Array => new TextEncoder().encode(written)

async function put(files: MemoryFiles, path: string, content: string): Promise<void> {
  const upload = await files.write(ana, path, { how: 'replace' })
  await upload.push(bytes(content))
  await upload.commit()
}

async function content(files: MemoryFiles, path: string): Promise<string> {
  const { entry, read } = await files.open(ana, path)
  let found = ''
  for await (const piece of read({ from: 0, to: entry.bytes })) found += text(piece)
  return found
}

test('a file is what was committed, and its old content until then', async () => {
  const files = new MemoryFiles({ clock: new ManualClock() })
  await put(files, '/shared/a', 'old')
  const upload = await files.write(ana, '/shared/a', { how: 'replace' })
  await upload.push(bytes('new'))
  assert.equal(await content(files, '/shared/a'), 'old')
  await upload.commit()
  assert.equal(await content(files, '/shared/a'), 'new')
  const [version] = await files.versions(ana, '/shared/a')
  await files.restoreVersion(ana, '/shared/a', version?.number ?? 0)
  assert.equal(await content(files, '/shared/a'), 'old')
})

test('an upload that broke off goes on where it says, and nowhere else', async () => {
  const files = new MemoryFiles({ clock: new ManualClock() })
  const upload = await files.write(ana, '/shared/a', { how: 'replace' })
  await upload.push(bytes('12345'))
  await upload.leave()
  assert.equal((await files.partial(ana, '/shared/a'))?.bytes, 5)
  assert.equal(await files.partial(bob, '/shared/a'), undefined)
  await assert.rejects(files.write(ana, '/shared/a', { how: 'resume', at: 4 }), (thrown) =>
    isAnilloError(thrown, 'UPLOAD_OFFSET'),
  )
  const resumed = await files.write(ana, '/shared/a', { how: 'resume', at: 5 })
  await resumed.push(bytes('678'))
  await resumed.commit()
  assert.equal(await content(files, '/shared/a'), '12345678')
  assert.equal(await files.partial(ana, '/shared/a'), undefined)
})

test('nobody sees the home of another, and writes only where one may', async () => {
  const files = new MemoryFiles({ clock: new ManualClock() })
  const secret = `/home/${ana.nick}/secret`
  await put(files, secret, 'x')
  await assert.rejects(files.stat(bob, secret), (thrown) => isAnilloError(thrown, 'NO_ENTRY'))
  await assert.rejects(files.makeFolder(bob, '/top'), (thrown) =>
    isAnilloError(thrown, 'NO_ACCESS'),
  )
})

test('what is removed comes back from the trash, with all that is in it', async () => {
  const files = new MemoryFiles({ clock: new ManualClock() })
  await files.makeFolder(ana, '/shared/a/b', { parents: true })
  await put(files, '/shared/a/b/c', 'x')
  await files.remove(ana, '/shared/a')
  assert.deepEqual((await files.list(ana, '/shared')).entries, [])
  const [trashed] = await files.trash(ana)
  await files.restore(ana, trashed?.id ?? '')
  assert.equal(await content(files, '/shared/a/b/c'), 'x')
})

test('a list comes in pages, in the order of the bytes of names', async () => {
  const files = new MemoryFiles({ clock: new ManualClock() })
  for (const name of ['ä', 'b', 'a', '\u{1f600}', '\uff21']) await put(files, `/shared/${name}`, '')
  const first = await files.list(ana, '/shared', { limit: 3 })
  const rest = await files.list(ana, '/shared', { cursor: first.cursor ?? '' })
  const names = [...first.entries, ...rest.entries].map(({ name }) => name)
  assert.deepEqual(names, ['a', 'b', 'ä', '\uff21', '\u{1f600}'])
})
