import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KIB } from '../../../base/limits.ts'
import type { Log } from '../../../effects/log.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../../platform/random.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { notedFiles } from '../doors/noted-files.ts'
import { MemoryFiles } from '../memory-files.test-helper.ts'
import { TREE_PROCEDURES } from '../tree/procedures.ts'
import type { FileUser } from '../types.ts'
import { ACTS_WAIT_MS, FileActs, type Act } from './acts.ts'
import { ACTS_AT_ONCE, type ActRow } from './rows.ts'

const door = { name: 'FTP', address: '192.0.2.1' }
const ANA: FileUser = { nick: 'ana', isManager: false, groups: [], mayWrite: true, door }
const EVA: FileUser = { nick: 'eva', isManager: true, groups: [], mayWrite: true }

function world() {
  const clock = new ManualClock()
  const store = new MemoryStore(TREE_PROCEDURES)
  let calls = 0
  let isDown = false
  const counted = {
    list: store.list.bind(store),
    call: ((...asked: Parameters<MemoryStore['call']>) => {
      calls++
      if (isDown) throw new Error('no majority')
      return store.call(...asked)
    }) as MemoryStore['call'],
  }
  const lines: unknown[] = []
  const keep = (...said: readonly unknown[]): void => void lines.push(said)
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  const acts = new FileActs({ effects: { clock, log, random: platformRandom() }, store: counted })
  return {
    acts,
    clock,
    lines,
    calls: () => calls,
    goDown: () => (isDown = true),
    files: notedFiles(new MemoryFiles({ clock }), (act) => acts.note(act)),
  }
}

async function all(acts: FileActs, asked: { by?: string; path?: string; limit?: number } = {}) {
  const found: ActRow[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page = await acts.page({
      limit: 10,
      ...asked,
      ...(cursor === '' ? {} : { cursor }),
    })
    assert.ok(page.items.length <= (asked.limit ?? 10))
    found.push(...page.items)
    cursor = page.cursor
  }
  return found
}

const write = (path: string): Act => ({ by: 'ana', what: 'file.write', path, door: 'HTTP' })

test('what changes the tree is noted, with who, where and by which door', async () => {
  const { acts, clock, files } = world()
  const upload = await files.write(ANA, '/shared/a', { how: 'replace' })
  await upload.push(new Uint8Array(5))
  await upload.commit()
  await files.makeFolder(ANA, '/shared/d')
  await files.move(ANA, '//shared/a/', '/shared/d/b')
  await files.copy(ANA, '/shared/d/b', '/shared/c')
  await files.touch(ANA, '/shared/c', { modifiedMs: 1 })
  await files.remove(ANA, '/shared/c')
  const [trashed] = await files.trash(ANA)
  await files.restore(ANA, trashed?.id ?? '')
  await files.setLimits(EVA, 'ana', { bytesMax: 10 })
  clock.advance(ACTS_WAIT_MS)
  await acts.close()
  const found = (await all(acts)).toReversed()
  assert.deepEqual(
    found.map(({ path, to, what }) => [what, path, to]),
    [
      ['file.write', '/shared/a', undefined],
      ['folder.make', '/shared/d', undefined],
      ['entry.move', '/shared/a', '/shared/d/b'],
      ['entry.copy', '/shared/d/b', '/shared/c'],
      ['entry.touch', '/shared/c', undefined],
      ['entry.remove', '/shared/c', undefined],
      ['trash.restore', '/shared/c', undefined],
      ['limits.set', 'ana', '{"bytesMax":10}'],
    ],
  )
  const [first] = found
  assert.deepEqual([first?.by, first?.door, first?.address], ['ana', 'FTP', '192.0.2.1'])
  assert.equal(first?.bytes, 5)
  assert.deepEqual(
    (await all(acts, { path: '/shared/d' })).map(({ what }) => what),
    ['entry.copy', 'entry.move', 'folder.make'],
  )
  assert.deepEqual((await all(acts, { by: 'eva' })).length, 1)
})

test('what was refused, or read, is not', async () => {
  const { acts, files } = world()
  await assert.rejects(files.remove(ANA, '/shared/none'))
  await assert.rejects(files.makeFolder(ANA, '/shared'))
  const upload = await files.write(ANA, '/shared/a', { how: 'replace' })
  await upload.push(new Uint8Array(5))
  await upload.leave()
  await files.list(ANA, '/shared')
  await acts.close()
  assert.deepEqual(await all(acts), [])
})

test('a storm of uploads is a few entries of logs, and read again whole, page by page', async () => {
  const { acts, calls, clock } = world()
  const names = Array.from({ length: 4 * ACTS_AT_ONCE }, (_, at) => `/shared/${at}`)
  for (const name of names) acts.note(write(name))
  await acts.close()
  // Each is 140 bytes: what fits into one entry goes with it.
  assert.ok(calls() <= 12, `${calls()} entries for ${names.length} acts`)
  acts.note(write('/shared/late'))
  clock.advance(ACTS_WAIT_MS - 1)
  assert.ok(calls() <= 12)
  clock.advance(1)
  await acts.close()
  const found = (await all(acts, { limit: 7 })).map(({ path }) => path)
  assert.equal(found.length, names.length + 1)
  assert.deepEqual(found.toSorted(), [...names, '/shared/late'].toSorted())
})

test('where there is no majority, acts are in the member’s log', async () => {
  const { acts, goDown, lines } = world()
  goDown()
  acts.note(write('/shared/a'))
  await acts.close()
  assert.match(JSON.stringify(lines), /\/shared\/a/)
})

test('a long path is cut, and a path with half a character is noted all the same', async () => {
  const { acts } = world()
  acts.note(write(`/shared/${'ñ'.repeat(2 * KIB)}`))
  acts.note(write('/shared/\uD800'))
  await acts.close()
  const found = await all(acts)
  assert.equal(found.length, 2)
  assert.ok(found.every(({ path }) => Buffer.byteLength(path) <= KIB && path.isWellFormed()))
})

test('a cursor that is none begins anew', async () => {
  const { acts } = world()
  acts.note(write('/shared/a'))
  await acts.close()
  const { items } = await acts.page({ limit: 5, cursor: 'x/y' })
  assert.equal(items.length, 1)
})
