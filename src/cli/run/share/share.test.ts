import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { allOf } from '../../../effects/listed.ts'
import { askedDoor } from '../../../gateways/rest/entrance.test-helper.ts'
import {
  ANA,
  MemoryMainline,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
  plainServer,
  type Server,
} from '../../../services/share/share-world.test-helper.ts'
import { EXIT } from '../../failure.ts'
import { keptIo } from '../../io.test-helper.ts'
import { runProgram } from '../../program.ts'
import { localName } from './download.ts'

const BYTES = Uint8Array.from({ length: 30_000 }, (_, at) => (at * 31) & 0xff)

async function shares(origin = 'http://own:9400', mainline?: MemoryMainline) {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb(), mainline }
  const ring = new MemoryRing(net, origin)
  const door = await askedDoor({ more: { share: ring.service } })
  const token = door.accounts.person('ana', 'member')
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  const directory = await mkdtemp(join(tmpdir(), 'anillo-share-'))
  await ring.file('/ana/film.bin', BYTES)
  return {
    ...net,
    ring,
    directory,
    async run(...words: readonly string[]) {
      const io = keptIo({ env: { ANILLO_TOKEN: token } })
      const at = ['--at', `http://localhost:${String(port)}`]
      const code = await runProgram(['share', ...words, ...at], io)
      return { code, out: io.outText(), err: io.errText() }
    },
    async [Symbol.asyncDispose]() {
      door.server.server.closeAllConnections()
      await door[Symbol.asyncDispose]()
      await ring.service[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

test('share upload --ring tells where it is, ls lists it, and del ends it', async () => {
  await using door = await shares()
  const made = await door.run('upload', '--ring', 'ana/film.bin')
  assert.equal(made.code, EXIT.done, made.err)
  assert.match(made.out, /film.bin is shared with everybody \(29 KiB\)\nhttp:\/\/own:9400\/share\//)
  assert.match(made.out, /\nmagnet:\?xt=urn:btmh:1220/)
  const again = await door.run('upload', '--ring', 'ana/film.bin', '--as', 'other name', '--json')
  assert.equal(JSON.parse(again.out).name, 'other name')
  const listed = await door.run('ls')
  for (const name of [/^film\.bin .* ana /m, /^other name .* ana /m]) assert.match(listed.out, name)
  const ended = await door.run('del', 'film.bin', 'never there')
  assert.equal(ended.code, EXIT.failed)
  assert.match(ended.err, /film.bin is not shared any more\n.*There is no/)
  assert.ok(!(await door.run('ls')).out.includes('film.bin'))
})

test('share ls tells which share Mainline knows, and the link names the ring’s key', async () => {
  const mainline = new MemoryMainline()
  await using door = await shares(undefined, mainline)
  door.ring.store.nowMs = Date.now()
  const made = await door.run('upload', '--ring', 'ana/film.bin')
  assert.match(made.out, /\nmagnet:\?xt=urn:btmh:1220\S*&xs=urn:btpk:[0-9a-f]{64}&s=[0-9a-f]{40}&/)
  while (!/, 8 of Mainline/.test((await door.run('ls')).out)) {
    assert.ok(mainline.sayings.length <= 1)
  }
})

test('share upload says where nobody outside can reach the ring', async () => {
  await using door = await shares('')
  const made = await door.run('upload', '--ring', 'ana/film.bin')
  assert.equal(made.code, EXIT.done, made.err)
  assert.ok(!made.out.includes('http://'), made.out)
  assert.match(made.err, /nobody outside reaches it yet.*\n.*--http-host ADDRESS/)
})

test('share upload refuses what is no file, and nothing is shared', async () => {
  await using door = await shares()
  assert.equal((await door.run('upload', '--ring', 'ana/none')).code, EXIT.failed)
  const folder = await door.run('upload', door.directory)
  assert.deepEqual([folder.code, /is a folder/.test(folder.err)], [EXIT.usedWrongly, true])
  assert.match((await door.run('ls')).err, /shares nothing/)
})

test('share stat shows contents apart, and says where nobody has any', async () => {
  await using door = await shares()
  await door.run('upload', '--ring', 'ana/film.bin')
  door.web.servers.set('http://there', plainServer(BYTES))
  door.outside.texts.set('film.bin', 'http://there/film.bin')
  const told = await door.run('stat', 'film.bin')
  assert.equal(told.code, EXIT.done, told.err)
  assert.match(told.out, /root [0-9a-f]{64}\n29 KiB, shared by this ring\n/)
  assert.match(told.out, /29 KiB, proven by nobody\n {2}http:\/\/there\/film.bin/)
  const none = await door.run('stat', 'nothing')
  assert.deepEqual([none.code, none.out], [EXIT.failed, ''])
})

test('share pause has a download wait, and resume goes on with it, by name or id', async () => {
  await using door = await shares()
  const there = plainServer(BYTES)
  let isStuck = true
  const stuck: Server = (path, ask) =>
    isStuck ? Promise.reject(new AnilloError('FETCH_REFUSED', { host: 'there' })) : there(path, ask)
  door.web.servers.set('http://there', stuck)
  const ask = { name: 'theirs', url: 'http://there/theirs' }
  const { id } = await door.ring.service.downloads.begin(ANA, ask)
  const paused = await door.run('pause', 'theirs')
  assert.deepEqual(
    [paused.code, paused.err],
    [EXIT.done, 'theirs is paused, and keeps what it has\n'],
  )
  assert.match((await door.run('ls', '--downloads')).out, /theirs .* paused/)
  const json = await door.run('pause', id, '--json')
  assert.equal(JSON.parse(json.out).state, 'paused')
  isStuck = false
  const resumed = await door.run('resume', id)
  assert.deepEqual([resumed.code, resumed.err], [EXIT.done, 'theirs goes on\n'])
  const told = door.ring.service.downloads.watch(ANA, id, AbortSignal.timeout(20_000))
  assert.equal((await allOf(told)).at(-1)?.state, 'done')
  const over = await door.run('pause', id)
  assert.deepEqual([over.code, /is over/.test(over.err)], [EXIT.failed, true])
  for (const word of ['pause', 'resume', 'cancel']) {
    assert.match((await door.run(word, 'theirs')).err, /is over/)
    assert.match((await door.run(word, 'never there')).err, /no such download/)
  }
})

test('share cancel ends a download, by name or id, and del of such a one leads there', async () => {
  await using door = await shares()
  const refuses: Server = () =>
    Promise.reject(new AnilloError('ADDRESS_FORBIDDEN', { host: 'there', address: '10.0.0.1' }))
  door.web.servers.set('http://there', refuses)
  const ask = { name: 'theirs', url: 'http://there/theirs' }
  await door.ring.service.downloads.begin(ANA, ask)
  const wrong = await door.run('del', 'theirs')
  assert.equal(wrong.code, EXIT.usedWrongly)
  assert.match(wrong.err, /npx anillo share cancel theirs/)
  const ended = await door.run('cancel', 'theirs')
  assert.deepEqual(
    [ended.code, ended.err.slice(0, 38)],
    [EXIT.done, 'the download of theirs is cancelled, a'],
  )
  const { id } = await door.ring.service.downloads.begin(ANA, ask)
  assert.deepEqual(JSON.parse((await door.run('cancel', id, '--json')).out), { cancelled: id })
  assert.equal((await door.run('cancel', id)).code, EXIT.failed)
  assert.match((await door.run('ls', '--downloads')).out, /cancelled[^]*cancelled/)
})

test('share upload of what cannot be shared sends nothing', async () => {
  await using door = await shares()
  await door.run('upload', '--ring', 'ana/film.bin', '--as', 'film')
  const files = { film: 'other', none: '' }
  for (const [name, text] of Object.entries(files))
    await writeFile(join(door.directory, name), text)
  const taken = await door.run('upload', join(door.directory, 'film'))
  assert.deepEqual([taken.code, /SHARE_NAME_TAKEN/.test(taken.err)], [EXIT.failed, true], taken.err)
  const empty = await door.run('upload', join(door.directory, 'none'))
  assert.deepEqual([empty.code, /SHARE_EMPTY/.test(empty.err)], [EXIT.failed, true], empty.err)
})

test('share del and --root take the first digits of a root, where these are of one alone', async () => {
  await using door = await shares()
  const { root } = JSON.parse((await door.run('upload', '--ring', 'ana/film.bin', '--json')).out)
  const start = root.slice(0, 8)
  const to = ['--keep', '--to', 'ana/again']
  const again = await door.run('download', 'film.bin', '--root', start, ...to)
  assert.equal(again.code, EXIT.done, again.err)
  assert.match(again.err, /the ring has it already/)
  const address = `http://own:9400/share/${root}`
  const pasted = await door.run('download', address, '--keep', '--to', 'ana/pasted')
  assert.equal(pasted.code, EXIT.done, pasted.err)
  await door.run('upload', '--ring', 'ana/film.bin', '--as', 'twice')
  const several = await door.run('del', start)
  assert.deepEqual([several.code, /give more digits/.test(several.err)], [EXIT.usedWrongly, true])
  await door.run('del', 'twice')
  assert.equal((await door.run('del', root.slice(0, 7))).code, EXIT.failed)
  assert.equal((await door.run('del', start)).code, EXIT.done)
})

test('share stat and download take a root for a name, and download nothing for nothing', async () => {
  await using door = await shares()
  const { root } = JSON.parse((await door.run('upload', '--ring', 'ana/film.bin', '--json')).out)
  assert.match((await door.run('stat', root)).out, /shared by this ring/)
  const asked: readonly (readonly string[])[] = [[root], ['--root', root.toUpperCase()]]
  for (const [at, words] of asked.entries()) {
    const to = `ana/by-root-${String(at)}`
    const done = await door.run('download', ...words, '--keep', '--to', to)
    assert.deepEqual([done.code, done.out], [EXIT.done, `/${to} is in the ring\n`], done.err)
  }
  const unknown = await door.run('download', '--root', '0'.repeat(64))
  assert.match(unknown.err, /Nobody who can be reached shares “0000/)
  const none = await door.run('download', '--url', 'http://there/x')
  assert.deepEqual([none.code, /give a name/.test(none.err)], [EXIT.usedWrongly, true])
})

test('share download --keep has it in the ring, says what nobody proves, and is listed', async () => {
  await using door = await shares()
  door.web.servers.set('http://there', plainServer(BYTES))
  door.outside.texts.set('theirs', 'http://there/theirs')
  const done = await door.run('download', 'theirs', '--keep', '--to', 'ana/theirs')
  assert.equal(done.code, EXIT.done, done.err)
  assert.deepEqual(
    [done.out, done.err],
    ['/ana/theirs is in the ring\n', 'nobody gave hashes of it: what came may be anything\n'],
  )
  assert.deepEqual(Buffer.from(await door.ring.bytesAt('/ana/theirs')), Buffer.from(BYTES))
  const listed = await door.run('ls', '--downloads')
  assert.match(listed.out, /theirs.*done.*1 of 1 piece .*\/ana\/theirs/)
  assert.equal((await door.run('download', 'nobodys')).code, EXIT.failed)
  assert.equal((await door.run('download', 'magnet:?xt=urn:btih:00')).code, EXIT.failed)
})

test('what others say steers no terminal, and makes no line of its own', async () => {
  await using door = await shares()
  door.outside.texts.set('odd', 'a\nroot 00\u001b]0;x\u0007\u009b2J\u202eb')
  const told = await door.run('stat', 'odd')
  assert.equal(told.out, "text 'a root 00]0;x2Jb'\n")
  const json = await door.run('stat', 'odd', '--json')
  assert.doesNotMatch(json.out.trimEnd(), /[\p{Cc}\u202e]/u)
  assert.deepEqual(JSON.parse(json.out).texts, [door.outside.texts.get('odd')])
})

test('who did not type the name has no file of it that is not seen', () => {
  const root = 'AB'.repeat(32)
  const links = ['magnet:?xt=urn:btmh:1220', `http://there/share/${root}`, 'http://a/share/n/.a']
  for (const typed of [...links, root, undefined]) {
    assert.equal(localName('.bashrc', typed), '_bashrc', typed ?? 'nothing')
  }
  assert.equal(localName('...a', root), '_a')
  assert.equal(localName('.mine', '.mine'), '.mine')
})
