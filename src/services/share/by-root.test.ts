/** Contents are found by their root, whatever they are called. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { Download } from '../../wire/api-shares.ts'
import { ANA, BEN, plainServer, sameHash } from './share-world.test-helper.ts'
import { SourceFailure } from './sources/source-client.ts'
import {
  ended,
  FILM,
  HOMES,
  inWorld,
  noise,
  ONE,
  passUntil,
  refuses,
  shared,
} from './two-rings.test-helper.ts'

const BYTES = noise(MIB + 7)

test('a root alone is looked for in the open network, and whoever has it says how it is called', () =>
  inWorld(async ({ one, two }) => {
    await one.file(FILM, BYTES)
    const { root } = await shared(one, FILM, 'Año 1.bin')
    const looked = await two.service.lookup(root.toUpperCase())
    assert.deepEqual(
      looked.contents.map((content) => content.root),
      [root],
    )
    for (const ask of [{ root }, { name: root.toUpperCase() }]) {
      const begun = await two.service.downloads.begin(ANA, ask)
      assert.equal(begun.name, 'Año 1.bin')
      const done = await ended(two, begun.id)
      assert.equal(done.state, 'done')
      assert.match(done.path, /Downloads\/Año 1( \(2\))?\.bin$/)
      assert(sameHash(await two.bytesAt(done.path), BYTES))
    }
    const own = await one.service.lookup(root)
    assert.equal(own.contents[0]?.share === undefined, false, 'the ring knows its own by the root')
  }))

test('a magnet link without a name leads there, too', () =>
  inWorld(async ({ one, two }) => {
    await one.file(FILM, BYTES)
    const { magnet, root } = await shared(one, FILM)
    const bare = magnet.replace(/dn=[^&]*&/, '').replace(/ws=[^&]*&/g, '')
    const begun = await two.service.downloads.begin(ANA, { magnet: bare })
    assert.deepEqual([begun.name, begun.root], ['film.bin', root])
    assert.equal((await ended(two, begun.id)).state, 'done')
    const named = await two.service.downloads.begin(ANA, { magnet: bare, name: 'mine.bin' })
    assert.equal(named.path, `${HOMES}/ana/Downloads/mine.bin`)
  }))

test('a root and an address are enough, where that has it', () =>
  inWorld(async ({ one, outside, two, web }) => {
    await one.file(FILM, BYTES)
    const { root } = await shared(one, FILM)
    outside.records.clear()
    await refuses(two.service.downloads.begin(ANA, { root }), 'SHARE_UNKNOWN')
    web.servers.set('http://plain', plainServer(BYTES))
    for (const url of ['http://plain/x', 'http://nobody/x', `${ONE}/share/${'0'.repeat(64)}`]) {
      await refuses(two.service.downloads.begin(ANA, { root, url }), 'SHARE_UNKNOWN')
    }
    const url = `${ONE}/share/${root}`
    const begun = await two.service.downloads.begin(ANA, { root, url })
    assert.deepEqual([begun.name, begun.verified], ['film.bin', true])
    assert.equal((await ended(two, begun.id)).state, 'done')
  }))

test('what others say under a root counts only for that root, and no name is one', () =>
  inWorld(async ({ one, outside, two }) => {
    await one.file(FILM, BYTES)
    await one.file('/ana/other', noise(MIB, 5))
    const { root } = await shared(one, FILM)
    const other = await shared(one, '/ana/other')
    const theirs = outside.records.get(other.root)
    outside.records.set(root, new Map([...(outside.records.get(root) ?? []), ...(theirs ?? [])]))
    const { contents } = await two.service.lookup(root)
    assert.ok(contents.every((content) => content.root === root))
    const named = one.service.shares.share(ANA, { path: FILM, name: 'F'.repeat(64) })
    await refuses(named, 'SHARE_NAME_UNFIT')
  }))

test('ended, a content is not found by its root any more, unless it is shared by another name', () =>
  inWorld(async ({ one, outside }) => {
    await one.file(FILM, BYTES)
    const first = await shared(one, FILM)
    const second = await shared(one, FILM, 'second')
    const { root } = first
    const urls = () => [...(outside.records.get(root)?.values() ?? [])][0]?.urls.length
    assert.equal(urls(), 1)
    await one.service.shares.remove(ANA, first.id)
    assert.equal(urls(), 1)
    await one.service.shares.remove(ANA, second.id)
    assert.equal(urls(), 0)
  }))

test('what is no file of the tree is not shared, and it is said what to do', () =>
  inWorld(async ({ one }) => {
    const { shares } = one.service
    for (const path of ['/.shared/ana/film.bin', '//./.web/a/b', '.versions/x']) {
      await refuses(shares.share(BEN, { path }), 'SHARE_NO_FILE')
    }
    await assert.rejects(shares.share(BEN, { path: '/.web/a' }), /copy it into your folder/)
    await assert.rejects(shares.share(BEN, { path: '/.shared/a' }), /belongs to somebody else/)
  }))

test('who does not say in time how a content is called is not waited for', async () => {
  const clock = new ManualClock()
  await inWorld(async ({ two, web }) => {
    web.servers.set('http://mute', (_path, { signal }) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new SourceFailure('silent')))
      })
    })
    const root = 'ab'.repeat(32)
    const magnet = `magnet:?xt=urn:btmh:1220${root}&x.root=${root}&ws=http%3A%2F%2Fmute%2Fx`
    const { signal } = new AbortController()
    let begun: Download | undefined
    const beginning = two.service.downloads.begin(ANA, { magnet }, { signal }).then((told) => {
      begun = told
    })
    await passUntil(clock, () => begun !== undefined, 'it is begun')
    await beginning
    assert.equal(begun?.name, root.slice(0, 16))
  }, clock)
})
