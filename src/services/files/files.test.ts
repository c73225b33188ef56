import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { withChunks } from '../../store/store.ts'
import { createContents } from './contents/contents.ts'
import { push } from './contents/memory-contents.test-helper.ts'
import { noise } from './contents/noise.test-helper.ts'
import { CONTENT_PROCEDURES } from './contents/procedures.ts'
import { RingFiles } from './files.ts'
import { TREE_PROCEDURES } from './tree/procedures.ts'
import type { FileUser, OpenFile, WriteAsk } from './types.ts'

const HOMES = '/home'
const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
const BEN: FileUser = { nick: 'ben', isManager: false, mayWrite: true, groups: [] }
const LARGE_BYTES = 700_000

/** One store; each call gives the files of another member. */
function ring(): () => RingFiles {
  const procedures = [...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES, ...TREE_PROCEDURES]
  const store = withChunks(new MemoryStore(procedures), new MemoryChunks())
  const effects = { clock: new ManualClock(), random: platformRandom() }
  return () => new RingFiles({ effects, store, contents: createContents({ effects, store }) })
}

async function write(
  files: RingFiles,
  path: string,
  {
    ask = { how: 'replace' },
    bytes,
    who = ANA,
  }: { bytes: Uint8Array; ask?: WriteAsk; who?: FileUser },
) {
  const upload = await files.write(who, path, ask)
  await push({ push: (piece: Uint8Array) => upload.push(piece) } as never, bytes)
  return upload.commit()
}

async function all({ entry, read }: OpenFile): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece.slice())
  return Buffer.concat(pieces)
}

async function same(files: RingFiles, path: string, bytes: Uint8Array, version?: number) {
  const opened = await files.open(ANA, path, version === undefined ? {} : { version })
  assert.equal(opened.entry.sha256, sha256Hex(bytes))
  assert.equal(sha256Hex(await all(opened)), sha256Hex(bytes))
}

async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(isAnilloError(thrown, code), `${String(thrown)}, not ${code}`)
    return true
  })
}

for (const [name, bytes] of [
  ['nothing', new Uint8Array()],
  ['a byte', utf8('x')],
  ['a large file', noise(LARGE_BYTES, 1)],
] as const) {
  test(`${name} is written, replaced, appended to, copied and read at another member`, async () => {
    const at = ring()
    const [here, there] = [at(), at()]
    const made = await write(here, '/shared/f', { bytes })
    assert.deepEqual([made.bytes, made.sha256, made.owner], [bytes.length, sha256Hex(bytes), 'ana'])
    await same(there, '/shared/f', bytes)
    const tail = noise(10_000, 2)
    const append = await there.write(BEN, '/shared/f', { how: 'append' })
    assert.equal(append.at, bytes.length)
    await append.push(tail)
    await append.commit()
    await same(here, '/shared/f', Buffer.concat([bytes, tail]))
    await same(here, '/shared/f', bytes, 1)
    await here.copy(ANA, '/shared/f', `${HOMES}/ana/g`)
    await same(there, `${HOMES}/ana/g`, Buffer.concat([bytes, tail]))
    await there.combine(ANA, '/shared/both', ['/shared/f', `${HOMES}/ana/g`, '/shared/f'])
    const twice = Buffer.concat([bytes, tail, bytes, tail, bytes, tail])
    await same(here, '/shared/both', twice)
    await there.restoreVersion(ANA, '/shared/f', 1)
    await same(here, '/shared/f', bytes)
    await here.move(ANA, '/shared/f', `${HOMES}/ana/f`)
    await same(there, `${HOMES}/ana/f`, bytes)
    assert.equal((await there.versions(ANA, `${HOMES}/ana/f`)).length, 2)
  })
}

test('what broke off at one member goes on at another, at exactly what that one tells', async () => {
  const at = ring()
  const bytes = noise(LARGE_BYTES, 3)
  const first = await at().write(ANA, '/shared/f', { how: 'replace' })
  await first.push(bytes.subarray(0, 400_000))
  await first.leave()
  await refuses(at().stat(ANA, '/shared/f'), 'NO_ENTRY')
  const partial = await at().partial(ANA, '/shared/f')
  assert.equal(partial?.bytes, 400_000)
  assert.equal(await at().partial(BEN, '/shared/f'), undefined)
  await refuses(at().write(ANA, '/shared/f', { how: 'resume', at: 399_999 }), 'UPLOAD_OFFSET')
  await refuses(at().write(BEN, '/shared/f', { how: 'resume', at: 400_000 }), 'UPLOAD_OFFSET')
  const second = await at().write(ANA, '/shared/f', { how: 'resume', at: 400_000 })
  assert.equal(second.at, 400_000)
  await second.push(bytes.subarray(400_000))
  await second.commit()
  await same(at(), '/shared/f', bytes)
  assert.equal(await at().partial(ANA, '/shared/f'), undefined)
  const third = await at().write(ANA, '/shared/f', { how: 'replace' })
  await third.push(bytes)
  await third.discard()
  assert.equal(await at().partial(ANA, '/shared/f'), undefined)
  await same(at(), '/shared/f', bytes)
})

test('conditions hold when it is committed, not only when it is begun', async () => {
  const at = ring()
  const files = at()
  const one = await write(files, '/shared/f', { bytes: utf8('one') })
  const ask = { how: 'replace', ifMatch: one.etag } as const
  const late = await files.write(ANA, '/shared/f', ask)
  const fresh = await files.write(ANA, '/shared/g', { how: 'replace', ifMatch: { is: 'absent' } })
  await late.push(utf8('late'))
  await fresh.push(utf8('late'))
  await write(files, '/shared/f', { bytes: utf8('two') })
  await write(files, '/shared/g', { bytes: utf8('two') })
  await refuses(late.commit(), 'CONDITION_FAILED')
  await refuses(fresh.commit(), 'CONDITION_FAILED')
  await refuses(files.write(ANA, '/shared/f', ask), 'CONDITION_FAILED')
  await same(files, '/shared/f', utf8('two'))
  await refuses(files.write(ANA, '/shared', { how: 'replace' }), 'IS_A_FOLDER')
  await files.makeFolder(ANA, '/shared/d')
  await refuses(files.write(ANA, '/shared/d', { how: 'replace' }), 'IS_A_FOLDER')
  await refuses(files.open(ANA, '/shared/d'), 'IS_A_FOLDER')
  await refuses(files.open(ANA, '/shared/f', { version: 7 }), 'NO_ENTRY')
})

test('appends at once are all behind the file, one after the other', async () => {
  const at = ring()
  await write(at(), '/shared/log', { bytes: utf8('0') })
  const words = ['a', 'b', 'c', 'd', 'e']
  const uploads = await Promise.all(
    words.map(() => at().write(ANA, '/shared/log', { how: 'append' })),
  )
  await Promise.all(
    uploads.map(async (upload, place) => {
      await upload.push(utf8(words[place] ?? ''))
      await upload.commit()
    }),
  )
  const found = new TextDecoder().decode(await all(await at().open(ANA, '/shared/log')))
  assert.equal(found.split('').toSorted().join(''), '0abcde')
})

test('a folder is copied with all that is in it, never into itself', async () => {
  const files = ring()()
  await files.makeFolder(ANA, '/shared/a/b/c', { parents: true })
  await write(files, '/shared/a/b/f', { bytes: utf8('text') })
  await files.copy(ANA, '/shared/a', `${HOMES}/ana/copy`)
  await same(files, `${HOMES}/ana/copy/b/f`, utf8('text'))
  await refuses(files.copy(ANA, '/shared/a', '/shared/a/b/d'), 'MOVE_INTO_ITSELF')
  await refuses(files.copy(ANA, '/shared/a/b', '/shared/a'), 'ENTRY_EXISTS')
  await refuses(files.copy(ANA, '/shared/a/b/f', `${HOMES}/ana/copy/b/f`), 'ENTRY_EXISTS')
  await refuses(
    files.copy(ANA, '/shared/a/b/f', `${HOMES}/ana/copy/b`, { replace: true }),
    'IS_A_FOLDER',
  )
})

test('a folder is copied part by part, all of it', async () => {
  const files = ring()()
  const names = Array.from({ length: 230 }, (_, at) => `f${String(at).padStart(3, '0')}`)
  await files.makeFolder(ANA, '/shared/many')
  for (const name of names) await write(files, `/shared/many/${name}`, { bytes: utf8(name) })
  await files.copy(ANA, '/shared/many', '/shared/again')
  const { entries } = await files.list(ANA, '/shared/again')
  assert.deepEqual(
    entries.map(({ name }) => name),
    names,
  )
  await same(files, '/shared/again/f229', utf8('f229'))
})

test('what a member left of a copy when it died lies in the trash, and is in nobody’s way', async () => {
  const at = ring()
  await at().makeFolder(ANA, '/shared/a')
  for (const name of ['one', 'two']) await write(at(), `/shared/a/${name}`, { bytes: utf8(name) })
  const dying = at()
  const { promise: dead, resolve: dies } = Promise.withResolvers<void>()
  Object.assign(dying.tree, {
    carry: () => {
      dies()
      return new Promise(() => {})
    },
  })
  void dying.copy(ANA, '/shared/a', '/shared/b')
  await dead
  await refuses(at().stat(ANA, '/shared/b'), 'NO_ENTRY')
  const left = await at().trash(ANA)
  assert.deepEqual(
    left.map(({ from, name }) => [from, name]),
    [['/shared/b', 'b']],
  )
  await at().copy(ANA, '/shared/a', '/shared/b')
  await same(at(), '/shared/b/two', utf8('two'))
  await at().emptyTrash(ANA)
  assert.equal((await at().usage(ANA)).files, 4)
})

test('an upload that comes to other bytes than were meant is given up, and shown to nobody', async () => {
  const at = ring()
  await write(at(), '/shared/f', { bytes: utf8('old') })
  const first = await at().write(ANA, '/shared/f', { how: 'replace' })
  await push({ push: (piece: Uint8Array) => first.push(piece) } as never, noise(LARGE_BYTES, 2))
  await first.leave()
  const upload = await at().write(ANA, '/shared/f', { how: 'resume' })
  await upload.push(utf8('rest'))
  await refuses(upload.commit({ sha256: sha256Hex('another') }), 'CONTENT_DIFFERS')
  await same(at(), '/shared/f', utf8('old'))
  assert.deepEqual(await at().versions(ANA, '/shared/f'), [])
  assert.equal(await at().partial(ANA, '/shared/f'), undefined)
})
