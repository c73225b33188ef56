import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MIB } from '../../../base/limits.ts'
import {
  ANA,
  MemoryMainline,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
  plainServer,
} from '../share-world.test-helper.ts'
import { ended } from '../two-rings.test-helper.ts'

const FILM = '/ana/film.bin'
const [ONE, TWO] = ['http://one:9400', 'http://two:9400']

/** Two rings that know nothing of each other but what Mainline says. */
async function apart(run: (one: MemoryRing, two: MemoryRing, net: Apart) => Promise<void>) {
  const mainline = new MemoryMainline()
  const web = new MemoryWeb()
  const one = new MemoryRing({ outside: new MemoryOutside(), web, mainline }, ONE)
  const two = new MemoryRing({ outside: new MemoryOutside(), web, mainline }, TWO)
  try {
    await run(one, two, { mainline, web })
    assert.deepEqual([...one.errors, ...two.errors], [])
  } finally {
    await one.service[Symbol.asyncDispose]()
    await two.service[Symbol.asyncDispose]()
  }
}

interface Apart {
  readonly mainline: MemoryMainline
  readonly web: MemoryWeb
}

async function said({ sayings }: MemoryMainline): Promise<void> {
  while (sayings.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('a link finds the ring that made it by Mainline alone, though its addresses are others', () =>
  apart(async (one, two, { mainline }) => {
    const film = new Uint8Array(MIB + 5).fill(3)
    await one.file(FILM, film)
    const { share } = await one.service.shares.share(ANA, { path: FILM })
    await said(mainline)
    const old = share.magnet.replaceAll(/&ws=[^&]*/g, '&ws=http%3A%2F%2Fgone%3A1%2Fshare')
    assert.equal((await two.service.lookup('film.bin')).contents.length, 0)
    const begun = await two.service.downloads.begin(ANA, { magnet: old.replace(/&ws=[^&]*/, '') })
    const done = await ended(two, begun.id)
    assert.equal(done.state, 'done')
    assert.equal(done.verified, true)
    assert.deepEqual(await two.bytesAt(done.path), Buffer.from(film))
  }))

test('what stands there is proven: one who serves other bytes at that address is dropped', () =>
  apart(async (one, two, { mainline, web }) => {
    await one.file(FILM, new Uint8Array(2 * MIB).fill(3))
    const { share } = await one.service.shares.share(ANA, { path: FILM })
    await said(mainline)
    const right = web.servers.get(ONE)
    assert(right !== undefined)
    const wrong = plainServer(new Uint8Array(2 * MIB).fill(4))
    // Hashes are right, bytes are not.
    web.servers.set(ONE, (path, ask) => (path.endsWith('/tree') ? right : wrong)(path, ask))
    const magnet = share.magnet.replaceAll(/&ws=[^&]*/g, '')
    const { id } = await two.service.downloads.begin(ANA, { magnet })
    for await (const told of two.service.downloads.watch(ANA, id, AbortSignal.timeout(20_000))) {
      assert.equal(told.keptPieces, 0)
      if (told.sources.some(({ why }) => why === 'corrupt')) break
    }
    await two.service.downloads.end(ANA, id)
  }))

test('a link without a key is looked for nowhere in Mainline', () =>
  apart(async (one, two, { mainline }) => {
    await one.file(FILM, new Uint8Array(100).fill(3))
    const { share } = await one.service.shares.share(ANA, { path: FILM })
    const bare = share.magnet.replaceAll(/&(xs|s)=[^&]*/g, '')
    const done = await ended(two, (await two.service.downloads.begin(ANA, { magnet: bare })).id)
    assert.equal(done.state, 'done')
    // A salt of another share is none of this one’s.
    const mixed = share.magnet.replace(/&s=[^&]*/, `&s=${'0'.repeat(40)}`)
    await two.service.downloads.begin(ANA, { magnet: mixed })
    assert.deepEqual(mainline.asks, [])
  }))
