import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { AnilloError, type ErrorCode } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import { allOf } from '../../effects/listed.ts'
import { DOWNLOADS_MAX } from '../../wire/share-bounds.ts'
import { ACTIVE_TABLE } from './downloads/download-rows.ts'
import {
  ANA,
  answerOf,
  BEN,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
  plainServer,
  sameHash,
} from './share-world.test-helper.ts'
import {
  ended,
  FILM,
  HOMES,
  inWorld,
  noise,
  ONE,
  refuses,
  shared,
} from './two-rings.test-helper.ts'

test('a file of one ring is downloaded by another, which serves it on', () =>
  inWorld(async ({ one, outside, two }) => {
    const film = noise(3 * MIB + 12_345)
    await one.file(FILM, film)
    const share = await shared(one, FILM)
    assert.equal(share.bytes, film.length)
    const begun = await two.service.downloads.begin(ANA, { name: 'film.bin' })
    assert.equal(begun.verified, true)
    const done = await ended(two, begun.id)
    assert.equal(done.state, 'done')
    assert.equal(done.path, `${HOMES}/ana/Downloads/film.bin`)
    assert(sameHash(await two.bytesAt(done.path), film))
    const own = present(await two.service.shares.find(present(done.share, 'share')), 'share')
    assert.equal(own.row.root, share.root)
    await two.service.refresh(AbortSignal.timeout(5_000))
    assert.equal(outside.records.get('film.bin')?.size, 2, 'both say that they have it')
    const made = { nick: 'ana', what: 'share.make', to: 'film.bin', bytes: film.length }
    assert.deepEqual(one.acts, [{ ...made, path: FILM }])
    const { path } = done
    assert.deepEqual(two.acts, [
      { ...made, what: 'download.keep', path },
      { ...made, path },
    ])
    // Nothing is held for pieces any more.
    const holders = [...two.bytes.holders.values()].flatMap((names) => [...names])
    assert(holders.every((name) => name.startsWith('share/')))
  }))

test('sharing refers to the content and counts it, and ending that takes both back', () =>
  inWorld(async ({ one, outside }) => {
    await one.file(FILM, noise(MIB))
    const { shares } = one.service
    const first = await shares.share(ANA, { path: FILM })
    const again = await shares.share(ANA, { path: FILM })
    assert.deepEqual([first.isNew, again.isNew], [true, false])
    assert.equal(one.bytes.usage.get('ana'), MIB)
    one.tree.files.delete(FILM)
    const found = present(await shares.ofName('film.bin'), 'share')
    const [part] = await allOf(shares.open(found.id, found.row).read({ from: 10, to: 20 }))
    assert.equal(part?.length, 10, 'it outlives the file')
    await refuses(shares.remove(BEN, first.share.id), 'FORBIDDEN')
    assert.deepEqual(
      one.acts.map(({ what }) => what),
      ['share.make'],
    )
    await shares.remove(ANA, first.share.id)
    const ended = { nick: 'ana', what: 'share.end', path: FILM, to: 'film.bin', bytes: MIB }
    assert.deepEqual(one.acts[1], ended)
    await one.service[Symbol.asyncDispose]()
    assert.equal(one.bytes.usage.get('ana'), 0)
    assert([...one.bytes.holders.values()].every((names) => names.size === 0))
    assert.deepEqual([...(outside.records.get('film.bin')?.values() ?? [])][0]?.urls, [])
    await refuses(shares.remove(ANA, first.share.id), 'NOT_FOUND')
  }))

test('what cannot be shared is refused, and changes nothing', () =>
  inWorld(async ({ one }) => {
    await one.file(FILM, noise(MIB))
    await one.file('/ana/other', noise(9_000, 5))
    await one.file('/ana/empty', new Uint8Array(0))
    const { shares } = one.service
    await refuses(shares.share(ANA, { path: '/ana/none' }), 'NO_ENTRY')
    await refuses(shares.share(ANA, { path: '/ana/empty' }), 'SHARE_EMPTY')
    await refuses(shares.share(BEN, { path: FILM }), 'NO_ACCESS')
    await refuses(shares.share({ ...ANA, nick: undefined }, { path: FILM }), 'LOGIN_FIRST')
    for (const name of [
      '',
      ' ',
      '.',
      '..',
      'a/b',
      'a\\b',
      'a\0b',
      '\u2028',
      'a\u202egnp.exe',
      'ñ'.repeat(128),
    ]) {
      await refuses(shares.share(ANA, { path: FILM, name }), 'SHARE_NAME_UNFIT')
    }
    assert.deepEqual(await shares.list({}), { items: [] })
    await shares.share(ANA, { path: FILM, name: 'same' })
    await refuses(shares.share(ANA, { path: '/ana/other', name: 'same' }), 'SHARE_NAME_TAKEN')
    one.bytes.bytesMax = 10
    await refuses(shares.share(ANA, { path: '/ana/other' }), 'QUOTA_FULL')
    assert.equal((await shares.list({})).items.length, 1)
  }))

test('names in any script are one name in whichever form they are written', () =>
  inWorld(async ({ one }) => {
    await one.file(FILM, noise(20_000))
    await one.service.shares.share(ANA, { path: FILM, name: 'An\u0303o 年 🎞.bin' })
    const found = await one.service.shares.ofName('A\u00f1o 年 🎞.bin')
    assert.equal(found?.row.name, 'A\u00f1o 年 🎞.bin')
  }))

test('two contents of one name are told apart, and one is to be chosen', () =>
  inWorld(async ({ one, outside, two, web }) => {
    const three = new MemoryRing({ outside, web }, 'http://three:9400')
    await one.file(FILM, noise(MIB))
    await three.file(FILM, noise(2 * MIB, 5))
    const [a, b] = [await shared(one, FILM), await shared(three, FILM)]
    const looked = await two.service.lookup('film.bin')
    const roots = looked.contents.map(({ root }) => root)
    assert.deepEqual(new Set(roots), new Set([a.root, b.root]))
    await refuses(two.service.downloads.begin(ANA, { name: 'film.bin' }), 'SHARE_AMBIGUOUS')
    const begun = await two.service.downloads.begin(ANA, { name: 'film.bin', root: b.root })
    const done = await ended(two, begun.id)
    assert(sameHash(await two.bytesAt(done.path), noise(2 * MIB, 5)))
    await three.service[Symbol.asyncDispose]()
  }))

test('a source that lies is dropped and told, and one that has all is enough', () =>
  inWorld(async ({ one, outside, two, web }) => {
    const film = noise(6 * MIB)
    await one.file(FILM, film)
    const share = await shared(one, FILM)
    const wrong = film.map((byte) => byte ^ 1)
    web.servers.set('http://liar', plainServer(wrong))
    web.servers.set('http://plain', plainServer(film))
    const said = present([...(outside.records.get('film.bin')?.values() ?? [])][0], 'record')
    const urls = ['http://liar/film', 'http://plain/film']
    outside.records.get('film.bin')?.set('other', { ...said, publisher: 'f'.repeat(64), urls })
    const begun = await two.service.downloads.begin(ANA, { magnet: share.magnet })
    const done = await ended(two, begun.id)
    assert.equal(done.state, 'done')
    assert(sameHash(await two.bytesAt(done.path), film))
    assert((web.asked.get('http://liar')?.length ?? 0) <= 2, 'it is not asked again')
  }))

test('a download goes on at another member behind what is kept, and nothing comes twice', () =>
  inWorld(async ({ one, two, web }) => {
    const film = noise(8 * MIB)
    await one.file(FILM, film)
    await shared(one, FILM)
    const serve = present(web.servers.get(ONE), 'a door')
    const stuck = Promise.withResolvers<void>()
    let served = 0
    web.servers.set(ONE, async (path, ask) => {
      const answer = await serve(path, ask)
      if (ask.range === undefined || ++served <= 4) return answer
      stuck.resolve()
      return new Promise<never>((_, reject) =>
        ask.signal.addEventListener('abort', () => reject(new Error('called off'))),
      )
    })
    const begun = await two.service.downloads.begin(ANA, { name: 'film.bin' })
    await stuck.promise
    for await (const told of two.service.downloads.watch(
      ANA,
      begun.id,
      AbortSignal.timeout(9_000),
    )) {
      if (told.keptPieces === 4) break
    }
    // Its member dies; the other one has the same store.
    two.leads = false
    await two.service[Symbol.asyncDispose]()
    web.servers.set(ONE, serve)
    web.asked.clear()
    const other = two.otherMember()
    const done = await ended(other, begun.id)
    assert.equal(done.state, 'done')
    assert(sameHash(await other.bytesAt(done.path), film))
    assert.equal(web.asked.get(ONE)?.length, 4)
    await other.service[Symbol.asyncDispose]()
  }))

test('a source is another’s though its address begins as the ring’s own door', async () => {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  const one = new MemoryRing(net, 'http://own.example')
  const two = new MemoryRing(net, 'http://own')
  try {
    await one.file(FILM, noise(MIB))
    const { magnet } = await shared(one, FILM)
    const { id } = await two.service.downloads.begin(ANA, { magnet })
    assert.equal((await ended(two, id)).state, 'done')
  } finally {
    for (const { service } of [one, two]) await service[Symbol.asyncDispose]()
  }
})

test('what could not be begun holds no room', () =>
  inWorld(async ({ one, two }) => {
    await one.file(FILM, noise(MIB))
    const { magnet } = await shared(one, FILM)
    const { bytes, service, store } = two
    const call = store.call.bind(store)
    const failing = (code: ErrorCode): void => {
      store.call = async (to, procedure, ...more) => {
        if (procedure.name === 'download.begin') throw new AnilloError(code)
        return call(to, procedure, ...more)
      }
    }
    failing('STORE_UNAVAILABLE')
    await refuses(service.downloads.begin(ANA, { magnet }), 'STORE_UNAVAILABLE')
    assert.equal(bytes.claims.size, 0)
    failing('OUTCOME_UNKNOWN')
    await refuses(service.downloads.begin(ANA, { magnet }), 'OUTCOME_UNKNOWN')
    assert.equal(bytes.claims.size, 1, 'it may have been begun')
  }))

test('a look for downloads that failed is looked again', () =>
  inWorld(async ({ one, two }) => {
    await one.file(FILM, noise(MIB))
    const { magnet } = await shared(one, FILM)
    const { service, store } = two
    const list = store.list.bind(store)
    let failed = 0
    store.list = async (wanted) => {
      if (wanted.table !== ACTIVE_TABLE || failed++ > 0) return list(wanted)
      throw new AnilloError('STORE_UNAVAILABLE')
    }
    while (failed === 0) await new Promise((resolve) => setImmediate(resolve))
    const { id } = await service.downloads.begin(ANA, { magnet })
    assert.equal((await ended(two, id)).state, 'done')
  }))

test('what nobody proves is taken from one server alone, and told so', () =>
  inWorld(async ({ outside, two, web }) => {
    const film = noise(2 * MIB + 5)
    web.servers.set('http://seed', plainServer(film))
    outside.texts.set('film.bin', 'http://seed/film.bin')
    const looked = await two.service.lookup('film.bin')
    assert.deepEqual(looked.contents[0]?.root, null)
    const begun = await two.service.downloads.begin(ANA, { name: 'film.bin' })
    assert.equal(begun.verified, false)
    const done = await ended(two, begun.id)
    assert.deepEqual([done.state, done.verified], ['done', false])
    assert(sameHash(await two.bytesAt(done.path), film))
  }))

test('a server that gives no parts is read from the beginning on', () =>
  inWorld(async ({ outside, two, web }) => {
    const film = noise(2 * MIB + 5)
    web.servers.set('http://seed', plainServer(film, { hasRanges: false }))
    outside.texts.set('film.bin', 'http://seed/film.bin')
    const begun = await two.service.downloads.begin(ANA, { name: 'film.bin' })
    const done = await ended(two, begun.id)
    assert.equal(done.state, 'done')
    assert(sameHash(await two.bytesAt(done.path), film))
  }))

test('what nobody has is told at once, and a download can be cancelled', () =>
  inWorld(async ({ one, two, web }) => {
    const { downloads } = two.service
    await refuses(downloads.begin(ANA, { name: 'nothing' }), 'SHARE_UNKNOWN')
    await refuses(downloads.begin(ANA, {}), 'BAD_REQUEST')
    await refuses(downloads.begin(ANA, { magnet: 'magnet:?xt=urn:btih:00' }), 'MAGNET_UNFIT')
    await one.file(FILM, noise(4 * MIB))
    await shared(one, FILM)
    web.servers.set(ONE, async () => answerOf(503, new Uint8Array(0)))
    const begun = await downloads.begin(ANA, { name: 'film.bin' })
    await refuses(downloads.get(BEN, begun.id), 'NOT_FOUND')
    await downloads.end(ANA, begun.id)
    assert.equal((await ended(two, begun.id)).state, 'cancelled')
    assert.equal((await downloads.list(ANA)).items.length, 1)
    await downloads.end(ANA, begun.id)
    assert.equal((await downloads.list(ANA)).items.length, 0)
    assert.equal(two.bytes.claims.size, 0)
  }))

test('an account has so many downloads at once, and no more', () =>
  inWorld(async ({ one, two, web }) => {
    await one.file(FILM, noise(MIB))
    const { magnet } = await shared(one, FILM)
    web.servers.set(ONE, async () => answerOf(503, new Uint8Array(0)))
    const { downloads } = two.service
    const asked = Array.from({ length: DOWNLOADS_MAX + 5 }, (_, at) =>
      downloads.begin(ANA, { magnet, name: `film ${String(at)}` }),
    )
    const settled = await Promise.allSettled(asked)
    const begun = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    assert.equal(begun.length, DOWNLOADS_MAX)
    await refuses(downloads.begin(ANA, { magnet }), 'DOWNLOADS_FULL')
    const other = await downloads.begin(BEN, { magnet })
    assert.equal((await downloads.list(ANA)).items.length, DOWNLOADS_MAX)
    assert.deepEqual(
      (await downloads.list(BEN)).items.map(({ id }) => id),
      [other.id],
    )
    for (const { id } of begun) await downloads.end(ANA, id)
    await downloads.begin(ANA, { magnet })
  }))

test('what the ring shares itself is there at once', () =>
  inWorld(async ({ one }) => {
    await one.file(FILM, noise(MIB))
    await one.service.shares.share(ANA, { path: FILM })
    const begun = await one.service.downloads.begin(BEN, { name: 'film.bin', path: '/ben/x' })
    assert.deepEqual([begun.state, begun.path], ['done', '/ben/x'])
    assert(sameHash(await one.bytesAt('/ben/x'), noise(MIB)))
  }))
