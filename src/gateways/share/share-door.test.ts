import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { MIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { SHARER_KNOWN_MS } from '../../services/share/limits.ts'
import { plainServer } from '../../services/share/share-world.test-helper.ts'
import { askedBy } from './asked.ts'
import { DAWDLE_MS } from './limits.ts'
import { OpenPlaces } from './places.ts'
import { atDoor, BYTES } from './share-door.test-helper.ts'

test('what is shared is served whole, in part, and by name, with its hashes', () =>
  atDoor(async ({ ask, root }) => {
    const whole = await ask(`/share/${root}`)
    assert.equal(whole.status, 200)
    assert.deepEqual(whole.body, Buffer.from(BYTES))
    assert.equal(whole.headers.etag, `"${root}"`)
    const byName = await ask(`/share/n/${encodeURIComponent('año 年.txt')}`)
    assert.deepEqual(byName.body, whole.body)
    // libtorrent takes a web seed for a folder.
    assert.deepEqual((await ask(`/share/${root}/a%C3%B1o`)).body, whole.body)
    const part = await ask(`/share/${root}`, { range: 'bytes=1048570-1048580' })
    assert.equal(part.status, 206)
    assert.deepEqual(part.body, Buffer.from(BYTES.subarray(1_048_570, 1_048_581)))
    assert.equal(part.headers['content-range'], `bytes 1048570-1048580/${BYTES.length}`)
    const head = await ask(`/share/${root}`, {}, 'HEAD')
    assert.deepEqual([head.status, head.body.length], [200, 0])
    assert.equal(head.headers['content-length'], String(BYTES.length))
    const same = await ask(`/share/${root}`, { 'if-none-match': `"${root}"` })
    assert.deepEqual([same.status, same.body.length], [304, 0])
    const none = await ask(`/share/${root}`, { range: `bytes=${BYTES.length}-` })
    assert.deepEqual([none.status, none.headers['content-range']], [416, `bytes */${BYTES.length}`])
    const other = await ask(`/share/${root}`, { range: 'bytes=0-1', 'if-range': '"other"' })
    assert.equal(other.status, 200)
    const tree = await ask(`/share/${root}/tree`)
    assert.equal(tree.body.length, 3 * 32)
    assert.equal(tree.headers['anillo-share-bytes'], String(BYTES.length))
    assert.deepEqual([...(await ask(`/share/${root}/have`)).body], [0b11100000])
    const torrent = await ask(`/share/${root}/torrent`)
    assert.equal(torrent.status, 200)
    assert.match(
      String(torrent.headers['content-disposition']),
      /^attachment; filename="a_o _\.txt\.torrent"/,
    )
  }))

test('nothing else can be read, however it is asked for', () =>
  atDoor(async ({ ask, root }) => {
    const targets = [
      '/',
      '/share',
      '/share/',
      '/share/n',
      '/share/n/',
      '/share/n/secret.txt',
      '/share/n/..%2fsecret.txt',
      '/share/n/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
      '/share/n/../../etc/passwd',
      '/share/n/ana/secret.txt',
      '/share/n/%00',
      '/share/n/%ff%fe',
      '/share/n/%',
      `/share/${root}/../../v1/files`,
      `/share/${root}/a/b`,
      `/share/${'0'.repeat(64)}`,
      `/share/${root.slice(1)}`,
      '/v1/files/home/ana/secret.txt',
      `/share/n/${'a'.repeat(4_000)}`,
      '//share/n/x',
    ]
    for (const target of targets) {
      const { body, status } = await ask(target)
      assert.equal(status, 404, target)
      assert.ok(body.length < 300, target)
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      assert.equal((await ask(`/share/${root}`, {}, method)).status, 405, method)
    }
  }))

test('an address asks for one of a few things, or for nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webPath()), (text) => {
      const asked = askedBy(`/share/${text}`)
      if (asked === undefined) return
      if (asked.kind === 'name') assert.ok(!text.slice(2).includes('/'))
      else assert.match(asked.root, /^[0-9a-f]{64}$/)
    }),
  )
  assert.deepEqual(askedBy('/share/n/a%2Fb?x=1'), { kind: 'name', name: 'a/b' })
})

test('a name that the ring does not share leads to who outside does', () =>
  atDoor(async ({ ask, outside, web }) => {
    web.servers.set('http://there', plainServer(BYTES))
    outside.texts.set('theirs', 'http://there/film')
    const found = await ask('/share/n/theirs')
    assert.deepEqual([found.status, found.headers.location], [302, 'http://there/film'])
    assert.equal((await ask('/share/n/nobodys')).status, 404)
    // Its own addresses it does not ask.
    outside.texts.set('circle', 'http://own:9400/share/n/circle')
    assert.equal((await ask('/share/n/circle')).status, 404)
  }))

test('what a suspended account shared rests, and is there again when it is restored', () => {
  const clock = new ManualClock()
  return atDoor(
    async ({ ask, root, standings }) => {
      const addresses = [`/share/${root}`, '/share/n/a%C3%B1o%20%E5%B9%B4.txt']
      addresses.push(...['tree', 'have', 'torrent'].map((what) => `/share/${root}/${what}`))
      for (const kind of ['suspended', 'forbidden', 'gone'] as const) {
        standings.set('ana', { kind })
        clock.advance(SHARER_KNOWN_MS)
        for (const address of addresses) assert.equal((await ask(address)).status, 404, address)
        standings.delete('ana')
        clock.advance(SHARER_KNOWN_MS)
        for (const address of addresses) assert.equal((await ask(address)).status, 200, address)
      }
    },
    { clock },
  )
})

test('it sends no faster than it may', () =>
  atDoor(
    async ({ ask, root }) => {
      const startedMs = performance.now()
      await ask(`/share/${root}`, { range: `bytes=0-${MIB - 1}` })
      const tookMs = performance.now() - startedMs
      // A burst goes at once.
      assert.ok(tookMs > 600, `${tookMs} ms for 1 MiB at 1 MiB a second`)
    },
    { bytesPerSecond: MIB },
  ))

test('so many are served at once, and of one stranger fewer', () => {
  const places = new OpenPlaces({ nowMs: () => 0 }, 20)
  const taken = Array.from({ length: 16 }, () => places.take('203.0.113.1'))
  assert.throws(() => places.take('203.0.113.1'), /downloads of shares/)
  const others = Array.from({ length: 4 }, () => places.take('203.0.113.2'))
  assert.throws(() => places.take('203.0.113.3'), /downloads of shares/)
  for (const place of [...taken, ...others]) place[Symbol.dispose]()
  assert.equal(places.taken, 0)
  const own = Array.from({ length: 20 }, () => places.take('::1'))
  assert.equal(own.length, 20)
})

test('whoever takes next to nothing gives its place to whoever wants one, and no other does', () => {
  let nowMs = 0
  const places = new OpenPlaces({ nowMs: () => nowMs }, 3)
  const [dawdler, later, quick] = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map((address) =>
    places.take(address),
  )
  assert(dawdler !== undefined && later !== undefined && quick !== undefined)
  dawdler.waits()
  nowMs = DAWDLE_MS / 2
  later.waits()
  quick.waits()()
  assert.throws(() => places.take('203.0.113.4'), /downloads of shares/)
  nowMs = DAWDLE_MS
  using _newcomer = places.take('203.0.113.4')
  assert.deepEqual(
    [dawdler, later, quick].map(({ signal }) => signal.aborted),
    [true, false, false],
  )
  assert.throws(() => places.take('203.0.113.5'), /downloads of shares/)
  // That it ends then gives nothing back twice.
  dawdler[Symbol.dispose]()
  assert.equal(places.taken, 3)
})
