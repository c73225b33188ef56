import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { test } from 'node:test'

import { sha256Hex } from '../../../base/hash.ts'
import { MIB } from '../../../base/limits.ts'
import { EXIT } from '../../failure.ts'
import { fileDoors } from './file-doors.test-helper.ts'

/** No two places of it are alike. */
function content(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) whole.writeUInt32LE((at * 2_654_435_761) >>> 0, at)
  return whole
}

test('put sends a file under its name or another, with its time, and again nothing', async () => {
  await using doors = await fileDoors()
  const path = doors.local('notes.txt')
  await writeFile(path, 'The tide.')
  const at = new Date('2001-02-03T04:05:06.789Z')
  await utimes(path, at, at)
  const sent = await doors.run('put', path, 'shared/')
  assert.equal(sent.code, EXIT.done, sent.err)
  assert.match(sent.err, /^1 file, 9 B in /)
  assert.equal((await doors.content('/shared/notes.txt')).toString(), 'The tide.')
  const stat = JSON.parse((await doors.run('stat', '/shared/notes.txt', '--json')).out)
  assert.equal(stat.modifiedAt, at.toISOString())
  const again = await doors.run('put', path, 'shared')
  assert.match(again.err, /^0 files, 0 B .*1 file there already/)
  await doors.run('put', path, 'shared/other.txt')
  assert.deepEqual(await doors.names('/shared'), ['notes.txt', 'other.txt'])
  const told = await doors.run('put', path, 'shared/third', '--json')
  assert.deepEqual(JSON.parse(told.out), {
    from: path,
    to: '/shared/third',
    bytes: 9,
    state: 'sent',
  })
})

test('put and get carry a tree with empty files, folders and any names, both ways alike', async () => {
  await using doors = await fileDoors()
  const tree: Readonly<Record<string, Buffer>> = {
    empty: Buffer.alloc(0),
    'a b/ñ🌊.txt': Buffer.from('x'),
    "a b/it's % 100?#&.bin": content(70_000),
    'a b/c/deep': Buffer.from('deep'),
    large: content(3 * MIB + 1),
  }
  const source = doors.local('tree')
  await mkdir(`${source}/a b/c/nothing`, { recursive: true })
  for (const [name, bytes] of Object.entries(tree)) await writeFile(`${source}/${name}`, bytes)
  await symlink('/', `${source}/a b/loop`)
  const bare = await doors.run('put', source, 'shared/')
  assert.equal(bare.code, EXIT.usedWrongly)
  assert.match(bare.err, /--recursive/)
  const put = await doors.run('put', '-r', source, 'shared/')
  assert.equal(put.code, EXIT.done, put.err)
  assert.match(put.err, /left out: .*loop/)
  for (const [name, bytes] of Object.entries(tree)) {
    assert.ok(bytes.equals(await doors.content(`/shared/tree/${name}`)), name)
  }
  const back = doors.local('back')
  const got = await doors.run('get', '-r', 'shared/tree', `${back}/`)
  assert.equal(got.code, EXIT.done, got.err)
  for (const [name, bytes] of Object.entries(tree)) {
    assert.ok(bytes.equals(await readFile(`${back}/tree/${name}`)), name)
  }
  assert.deepEqual(await readdir(`${back}/tree/a b/c/nothing`), [])
  const again = await doors.run('get', '-r', 'shared/tree', `${back}/`)
  assert.match(again.err, /^0 files.*5 files there already/)
  const twice = await doors.run('put', '-r', source, 'shared/')
  assert.match(twice.err, /0 files, 0 B .*5 files there already/)
})

test('put goes on at another member when one dies in the middle', async () => {
  await using doors = await fileDoors()
  const bytes = content(4 * MIB)
  const path = doors.local('large')
  await writeFile(path, bytes)
  let pushed = 0
  doors.hook.before = async (call) => {
    if (call === 'push' && ++pushed === 50) await doors.kill(0)
  }
  const sent = await doors.run('put', path, 'shared/')
  assert.equal(sent.code, EXIT.done, sent.err)
  assert.ok(bytes.equals(await doors.content('/shared/large')))
  assert.ok(pushed < 100, `${pushed} pieces: it was not begun again`)
})

test('put and get learn the other doors of the ring from the one that is named', async () => {
  await using doors = await fileDoors()
  const bytes = content(4 * MIB)
  await writeFile(doors.local('large'), bytes)
  await doors.has('/shared/other', bytes)
  let pushed = 0
  doors.hook.before = async (call) => {
    if (call === 'push' && ++pushed === 50) await doors.kill(0)
  }
  const sent = await doors.runAt(0, 'put', doors.local('large'), 'shared/')
  assert.equal(sent.code, EXIT.done, sent.err)
  assert.ok(bytes.equals(await doors.content('/shared/large')))
  assert.equal((await doors.runAt(0, 'get', 'shared/other', '-')).code, EXIT.ringNotReachable)
})

test('put does not take for its own what broke off of another file', async () => {
  await using doors = await fileDoors()
  const bytes = content(2 * MIB)
  const path = doors.local('large')
  await writeFile(path, bytes)
  const other = await doors.files.write(
    { nick: undefined, isManager: true, mayWrite: true, groups: [] },
    '/shared/large',
    { how: 'replace' },
  )
  await other.push(Buffer.alloc(MIB, 'other'))
  await other.leave()
  await doors.has('/shared/large', 'old')
  const sent = await doors.run('put', path, 'shared/')
  assert.equal(sent.code, EXIT.done, sent.err)
  assert.ok(bytes.equals(await doors.content('/shared/large')))
  // Nobody ever saw the two mixed.
  const versions = (await doors.run('versions', 'shared/large', '--json')).out.trimEnd().split('\n')
  assert.deepEqual(
    versions.map((text) => JSON.parse(text).sha256),
    [sha256Hex('old')],
  )
})

test('get goes on at another member when one dies in the middle, and leaves nothing beside it', async () => {
  await using doors = await fileDoors()
  const bytes = content(40 * MIB)
  await doors.has('/shared/large', bytes)
  let reads = 0
  doors.hook.before = async (call) => {
    if (call === 'read' && ++reads === 100) await doors.kill(0)
  }
  const to = doors.local('large')
  const got = await doors.run('get', 'shared/large', to)
  assert.equal(got.code, EXIT.done, got.err)
  assert.ok(bytes.equals(await readFile(to)))
  assert.deepEqual(await readdir(doors.local('.')), ['large'])
})

test('get goes on with what an earlier one left, and mends what is wrong in it', async () => {
  await using doors = await fileDoors()
  const bytes = content(8 * MIB)
  await doors.has('/shared/large', bytes)
  const to = doors.local('large')
  const name = `.anillo-${sha256Hex(to).slice(0, 16)}-${sha256Hex(bytes).slice(0, 16)}.part`
  let reads = 0
  doors.hook.before = (call) => {
    if (call === 'read') reads++
  }
  await writeFile(doors.local(name), bytes.subarray(0, 6 * MIB))
  assert.equal((await doors.run('get', 'shared/large', to)).code, EXIT.done)
  assert.ok(bytes.equals(await readFile(to)))
  assert.ok(reads <= (2 * MIB) / (64 * 1024) + 1, `${reads} reads`)

  await writeFile(to, 'older')
  await writeFile(doors.local(name), Buffer.alloc(6 * MIB, 'wrong'))
  assert.equal((await doors.run('get', 'shared/large', to, '--replace')).code, EXIT.done)
  assert.ok(bytes.equals(await readFile(to)))
  assert.deepEqual(await readdir(doors.local('.')), ['large'])
})

test('get overwrites what differs on this computer only where it is told to', async () => {
  await using doors = await fileDoors()
  await doors.has('/shared/a', 'of the ring')
  await doors.has('/shared/b', 'new')
  await writeFile(doors.local('a'), 'edited')
  const refused = await doors.run('get', 'shared/a', 'shared/b', doors.local('.'))
  assert.equal(refused.code, EXIT.failed)
  assert.match(refused.err, /\/a is there already, with other content\..*--replace/)
  assert.equal(await readFile(doors.local('a'), 'utf8'), 'edited')
  assert.equal(await readFile(doors.local('b'), 'utf8'), 'new')
  assert.deepEqual((await readdir(doors.local('.'))).toSorted(), ['a', 'b'], 'nothing beside them')
  assert.equal((await doors.run('get', 'shared/a', doors.local('a'), '--replace')).code, EXIT.done)
  assert.equal(await readFile(doors.local('a'), 'utf8'), 'of the ring')
})

test('get does not overwrite what is written while it fetches', async () => {
  await using doors = await fileDoors()
  await doors.has('/shared/a', 'of the ring')
  doors.hook.before = async (call) => {
    if (call === 'read') await writeFile(doors.local('a'), 'meanwhile')
  }
  const refused = await doors.run('get', 'shared/a', doors.local('a'))
  assert.match(refused.err, /OUTPUT_TAKEN/)
  assert.equal(await readFile(doors.local('a'), 'utf8'), 'meanwhile')
})

test('get writes to standard output, and keeps the time of a file', async () => {
  await using doors = await fileDoors()
  await doors.has('/shared/a', 'The tide.')
  const out = await doors.run('get', 'shared/a', '-')
  assert.deepEqual([out.code, out.out], [EXIT.done, 'The tide.'])
  await doors.run('get', 'shared/a', doors.local('a'))
  assert.equal((await stat(doors.local('a'))).mtime.toISOString(), '2026-11-21T10:00:00.000Z')
})

test('what fails is told, and the others are done', async () => {
  await using doors = await fileDoors()
  await writeFile(doors.local('a'), 'a')
  await writeFile(doors.local('b'), 'b')
  await doors.files.makeFolder(
    { nick: undefined, isManager: true, mayWrite: true, groups: [] },
    '/shared/a',
  )
  const sent = await doors.run('put', doors.local('a'), doors.local('b'), 'shared/', '--json')
  assert.equal(sent.code, EXIT.failed)
  assert.match(sent.err, /“\/shared\/a” is a folder, not a file/)
  const states = sent.out.split('\n').flatMap((text) => (text === '' ? [] : [JSON.parse(text)]))
  assert.deepEqual(
    states.map(({ code, state }) => [state, code]),
    [
      ['failed', 'IS_A_FOLDER'],
      ['sent', undefined],
    ],
  )
  const absent = await doors.run('put', doors.local('none'), 'shared/')
  assert.equal(absent.code, EXIT.usedWrongly)
  const nowhere = await doors.run('put', doors.local('b'), 'shared/none/')
  assert.equal(nowhere.code, EXIT.failed)
  assert.match(nowhere.err, /NO_ENTRY/)
  const kept = await doors.run('put', doors.local('b'), 'shared/', '--if-absent')
  assert.match(kept.err, /there already/)
  await writeFile(doors.local('b'), 'other')
  const taken = await doors.run('put', doors.local('b'), 'shared/', '--if-absent')
  assert.equal(taken.code, EXIT.failed)
  assert.match(taken.err, /ENTRY_EXISTS/)
  assert.equal((await doors.content('/shared/b')).toString(), 'b')
})

test('ls, mkdir, mv, cp, rm and stat do what they are called', async () => {
  await using doors = await fileDoors()
  assert.equal((await doors.run('mkdir', 'shared/x')).code, EXIT.done)
  assert.equal((await doors.run('mkdir', 'shared/x')).code, EXIT.failed)
  assert.equal((await doors.run('mkdir', '-p', 'shared/x/y/z', 'shared/x')).code, EXIT.done)
  await doors.has('/shared/a', 'one')
  await doors.has('/shared/b', 'two!')
  assert.equal((await doors.run('mv', 'shared/a', 'shared/b', 'shared/x')).code, EXIT.done)
  assert.equal((await doors.run('mv', 'shared/x/a', 'shared/x/c')).code, EXIT.done)
  assert.equal((await doors.run('cp', 'shared/x/b', '/shared/x/y/')).code, EXIT.done)
  const listed = await doors.run('ls', 'shared', '-R')
  const names = listed.out
    .trimEnd()
    .split('\n')
    .map((text) => text.split(/ {2,}/).at(-1))
  assert.deepEqual(names, ['x/', 'x/b', 'x/c', 'x/y/', 'x/y/b', 'x/y/z/'])
  assert.match(listed.out, /^ *4 B {2}2026-11-21 10:00 {2}\S+ +x\/b$/m)
  const taken = await doors.run('mv', 'shared/x/b', 'shared/x/c')
  assert.match(taken.err, /ENTRY_EXISTS/)
  assert.equal((await doors.run('mv', 'shared/x/b', 'shared/x/c', '--replace')).code, EXIT.done)
  const told = await doors.run('stat', 'shared/x/c')
  assert.match(told.out, new RegExp(`size +4 B \\(4 bytes\\)[^]*${sha256Hex('two!')}`))
  for (const command of ['ls', 'stat']) {
    const some = await doors.run(command, 'shared/x/c', 'shared/none', 'shared/x/y')
    assert.equal(some.code, EXIT.failed, 'one is not there')
    assert.match(some.err, /^anillo: There is no “\/shared\/none”\. \[NO_ENTRY\]\n$/)
    assert.match(some.out, /^\/shared\/x\/c[^]*\n\n\/shared\/x\/y/)
  }
  assert.match((await doors.run('rm', 'shared/x')).err, /FOLDER_NOT_EMPTY/)
  assert.equal((await doors.run('rm', 'shared/x/y/z', 'shared/x/c')).code, EXIT.done)
  assert.equal((await doors.run('rm', '-r', 'shared/x')).code, EXIT.done)
  assert.deepEqual(await doors.names('/shared'), [])
  assert.equal((await doors.run('rm', 'shared/x')).code, EXIT.failed)
  assert.equal((await doors.run('rm', '-f', 'shared/x')).code, EXIT.done)
  const root = await doors.run('ls', '--json')
  assert.deepEqual(
    root.out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text).path),
    ['/home', '/shared'],
  )
})

test('versions and trash bring back what was replaced and thrown away', async () => {
  await using doors = await fileDoors()
  await doors.has('/shared/a', 'old')
  await doors.has('/shared/a', 'newer')
  const listed = await doors.run('versions', 'shared/a')
  assert.match(listed.out, /^VERSION +SIZE[^]*\n +(\d+) +3 B {2}2026-11-21 10:00 /)
  const number = JSON.parse((await doors.run('versions', 'shared/a', '--json')).out).number
  const restored = await doors.run('versions', 'shared/a', '--restore', String(number))
  assert.equal(restored.code, EXIT.done, restored.err)
  assert.equal((await doors.content('/shared/a')).toString(), 'old')
  const never = await doors.run('versions', 'shared/a', '--restore', '99')
  assert.equal(never.code, EXIT.failed)
  assert.match(never.err, /There is no version 99 of \/shared\/a\./)
  assert.match((await doors.run('versions', 'shared/b', '--restore', '1')).err, /NO_ENTRY/)
  assert.match((await doors.run('quota')).out, /^\d+ B in \d+ files?\n$/)
  assert.match((await doors.run('trash')).err, /the trash is empty/)
  await doors.run('rm', 'shared/a')
  const { from, id } = JSON.parse((await doors.run('trash', '--json')).out)
  assert.equal(from, '/shared/a')
  assert.match((await doors.run('trash')).out, new RegExp(`${String(id)} .* /shared/a\n$`))
  assert.equal((await doors.run('trash', '--restore', id)).out, '/shared/a\n')
  assert.equal((await doors.run('trash', '--restore', id)).code, EXIT.failed)
})

test('trash --restore takes paths, several, and all below one', async () => {
  await using doors = await fileDoors()
  for (const name of ['a', 'b', 'x/1', 'x/y/2']) {
    await doors.run('mkdir', '-p', 'shared/x/y')
    await doors.has(`/shared/${name}`, name)
  }
  await doors.run('rm', 'shared/a')
  doors.time.wallMs += 1_000
  await doors.has('/shared/a', 'later')
  await doors.run('rm', 'shared/a', 'shared/b', 'shared/x/1', 'shared/x/y/2')
  const two = await doors.run('trash', '--restore', 'shared/a', '/shared/b')
  assert.deepEqual([two.code, two.out], [EXIT.done, '/shared/a\n/shared/b\n'], two.err)
  assert.equal((await doors.content('/shared/a')).toString(), 'later')
  const folder = await doors.run('trash', '--restore', 'shared/x', 'shared/none')
  assert.equal(folder.code, EXIT.usedWrongly)
  assert.match(folder.err, /what was in it: --recursive.*\n.*There is no \/shared\/none in the tr/)
  const deep = await doors.run('trash', '--restore', 'shared/x', '-r', '--json')
  const paths = deep.out.trim().split('\n')
  assert.deepEqual(
    paths.map((text) => JSON.parse(text).path),
    ['/shared/x/1', '/shared/x/y/2'],
  )
})

test('trash -r --restore brings a folder back before what was thrown away in it', async () => {
  await using doors = await fileDoors()
  await doors.run('mkdir', '-p', 'shared/x')
  await doors.has('/shared/x/1', 'one')
  await doors.has('/shared/x/2', 'two')
  await doors.run('rm', 'shared/x/1')
  await doors.run('rm', '-r', 'shared/x')
  const back = await doors.run('trash', '--restore', 'shared/x/', '-r')
  assert.equal(back.out, '/shared/x\n/shared/x/1\n', back.err)
  assert.deepEqual(await doors.names('/shared/x'), ['1', '2'])
})

test('get brings an earlier content, and none that there never was', async () => {
  await using doors = await fileDoors()
  await doors.has('/shared/a', 'old')
  await doors.has('/shared/a', 'newer')
  const number = String(JSON.parse((await doors.run('versions', 'shared/a', '--json')).out).number)
  const got = await doors.run('get', 'shared/a', doors.local('a'), '--version', number)
  assert.equal(got.code, EXIT.done, got.err)
  assert.equal(await readFile(doors.local('a'), 'utf8'), 'old')
  assert.equal((await doors.run('get', 'shared/a', '-', '--version', number)).out, 'old')
  const absent = await doors.run('get', 'shared/a', doors.local('b'), '--version', '77')
  assert.equal(absent.code, EXIT.failed)
  assert.match(absent.err, /There is no version 77 of \/shared\/a\./)
  const folder = await doors.run('get', 'shared', doors.local('b'), '--version', '1')
  assert.equal(folder.code, EXIT.failed)
  const both = await doors.run('get', '-r', 'shared', doors.local('b'), '--version', '1')
  assert.equal(both.code, EXIT.usedWrongly)
})

test('touch dates what is there, and makes what is not', async () => {
  await using doors = await fileDoors()
  await doors.has('/shared/a', 'text')
  const dated = ['--modified', '2020-02-03T04:05:06Z']
  const touched = await doors.run('touch', 'shared/a', 'shared/b', ...dated)
  assert.equal(touched.code, EXIT.done, touched.err)
  for (const [path, bytes] of [
    ['shared/a', 4],
    ['shared/b', 0],
  ] as const) {
    const entry = JSON.parse((await doors.run('stat', path, '--json')).out)
    assert.deepEqual([entry.modifiedAt, entry.bytes], ['2020-02-03T04:05:06.000Z', bytes])
  }
  assert.equal((await doors.run('touch', 'shared/c', '--no-create')).code, EXIT.done)
  assert.equal((await doors.run('stat', 'shared/c')).code, EXIT.failed)
  assert.equal((await doors.run('touch', 'shared/a', '--modified', 'noon')).code, EXIT.usedWrongly)
})

test('trash empty and trash delete let things go for good', async () => {
  await using doors = await fileDoors()
  for (const name of ['a', 'b', 'c']) await doors.has(`/shared/${name}`, name)
  await doors.run('rm', 'shared/a', 'shared/b', 'shared/c')
  const ids = (await doors.run('trash', '--json')).out.trim().split('\n')
  const { id } = JSON.parse(ids[0] ?? '')
  const deleted = await doors.run('trash', 'delete', id, 'f'.repeat(32), '--json')
  assert.equal(deleted.code, EXIT.failed)
  assert.deepEqual(JSON.parse(deleted.out), { id })
  const kept = await doors.run('trash', 'empty', '--older-than', '7d', '--json')
  assert.deepEqual(JSON.parse(kept.out), { removed: 0 })
  assert.equal((await doors.run('trash', 'empty', '--older-than', 'a week')).code, EXIT.usedWrongly)
  assert.match((await doors.run('trash', 'empty')).err, /2 things gone for good/)
  assert.match((await doors.run('trash')).err, /the trash is empty/)
})

test('where no member answers the exit code says so', async () => {
  await using doors = await fileDoors()
  await doors.kill(0)
  await doors.kill(1)
  for (const words of [['ls'], ['get', 'a', doors.local('a')], ['rm', 'a', 'b']]) {
    assert.equal((await doors.run(...words)).code, EXIT.ringNotReachable, words.join(' '))
  }
})
