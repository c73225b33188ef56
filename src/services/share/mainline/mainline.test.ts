import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { MAINLINE_ITEM_LIFE_MS, MAINLINE_REFRESH_MS, MAINLINE_RETRY_MS } from '../limits.ts'
import {
  ANA,
  MemoryMainline,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
} from '../share-world.test-helper.ts'
import { readMagnet } from '../tree/magnet.ts'
import type { MainlineNetwork } from './mainline.ts'

const FILM = '/ana/film.bin'
const DOOR = 'http://one:9400'

class World {
  readonly clock = new ManualClock()
  readonly mainline = new MemoryMainline()
  readonly one: MemoryRing
  readonly #rings: MemoryRing[] = []

  constructor(mainline?: MainlineNetwork) {
    const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
    const one = new MemoryRing({ ...net, mainline: mainline ?? this.mainline }, DOOR, {
      clock: this.clock,
    })
    this.one = one
    one.store.nowMs = this.clock.wallMs()
    this.#rings.push(one)
  }

  /** Another member of the ring, which takes part, too. */
  another(): MemoryRing {
    const ring = this.one.otherMember()
    this.#rings.push(ring)
    return ring
  }

  /** Time goes by, and whatever is due is done. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= MINUTE_MS) {
      this.clock.advance(Math.min(left, MINUTE_MS))
      this.one.store.nowMs = this.clock.wallMs()
      await settled()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const ring of this.#rings) await ring.service[Symbol.asyncDispose]()
    for (const { errors } of this.#rings) assert.deepEqual(errors, [])
  }
}

/** A share of ana, and what its link says of Mainline. */
async function shared({ one }: World, path = FILM) {
  await one.file(path, new Uint8Array(100).fill(1))
  const { share } = await one.service.shares.share(ANA, { path })
  const verdict = readMagnet(share.magnet)
  assert(verdict.kind === 'magnet')
  return { share, ask: present(verdict.magnet.mainline, 'the key in the link') }
}

/** All that waits for nothing but turns is done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('a share is said at once, again before it ends there, and taken back', async () => {
  await using world = new World()
  const { mainline, one } = world
  const { ask, share } = await shared(world)
  assert.deepEqual(await mainline.find(ask), [])
  await world.pass(MINUTE_MS)
  const urls = [`${DOOR}/share/${share.root}`]
  assert.deepEqual(await mainline.find(ask), urls)
  const [told] = (await one.service.shares.list({})).items
  assert.equal(told?.mainline?.nodes, 8)
  await world.pass(MAINLINE_ITEM_LIFE_MS)
  assert(mainline.sayings.length >= 3 && mainline.sayings.length <= 4, 'each fifty minutes')
  const sequences = mainline.sayings.map(({ sequence }) => sequence)
  assert.deepEqual(
    sequences,
    [...new Set(sequences)].toSorted((a, b) => a - b),
  )
  await one.service.shares.remove(ANA, share.id)
  await world.pass(MINUTE_MS)
  assert.deepEqual(await mainline.find(ask), [])
  const { length } = mainline.sayings
  await world.pass(2 * MAINLINE_ITEM_LIFE_MS)
  assert.equal(mainline.sayings.length, length, 'it is said no more')
})

test('of two members that take part one says it, and the other goes on when that one dies', async () => {
  await using world = new World()
  const { mainline, one } = world
  const other = world.another()
  await shared(world)
  await world.pass(4 * MAINLINE_REFRESH_MS + MINUTE_MS)
  assert(mainline.sayings.length <= 5, `${mainline.sayings.length} sayings`)
  const { length } = mainline.sayings
  await one.service[Symbol.asyncDispose]()
  await world.pass(2 * MAINLINE_REFRESH_MS)
  assert(mainline.sayings.length > length, 'the other says it')
  assert.equal((await other.service.shares.list({})).items[0]?.mainline?.nodes, 8)
})

test('what a member took and could not say is said soon, by whoever is there', async () => {
  await using world = new World()
  const { mainline, one } = world
  mainline.nodes = 0
  await shared(world)
  await world.pass(MINUTE_MS)
  assert.equal(mainline.sayings.length, 1)
  assert.equal((await one.service.shares.list({})).items[0]?.mainline, undefined)
  mainline.nodes = 3
  await world.pass(2 * MAINLINE_RETRY_MS)
  assert.equal(mainline.sayings.length, 2)
  assert.equal((await one.service.shares.list({})).items[0]?.mainline?.nodes, 3)
})

test('a share that ended where nobody took part is taken back later, within two hours', async () => {
  await using world = new World()
  const { mainline, one } = world
  const { share } = await shared(world)
  await world.pass(MINUTE_MS)
  mainline.nodes = 0
  await one.service.shares.remove(ANA, share.id)
  await world.pass(MINUTE_MS)
  const tried = mainline.sayings.length
  mainline.nodes = 8
  await world.pass(2 * MAINLINE_RETRY_MS)
  assert.equal(mainline.sayings.length, tried + 1)
  assert.deepEqual(mainline.sayings.at(-1)?.urls, [])
  await world.pass(MAINLINE_ITEM_LIFE_MS)
  assert.equal(mainline.sayings.length, tried + 1)
})

test('shared anew after it ended it is said under a greater number', async () => {
  await using world = new World()
  const { mainline, one } = world
  const { ask, share } = await shared(world)
  await world.pass(MINUTE_MS)
  await one.service.shares.remove(ANA, share.id)
  await one.service.shares.share(ANA, { path: FILM })
  await world.pass(MINUTE_MS)
  assert.equal((await mainline.find(ask)).length, 1)
  await world.pass(2 * MAINLINE_RETRY_MS)
  assert.equal((await mainline.find(ask)).length, 1)
})

test('what rests with its account is taken back, and said when the account is back', async () => {
  await using world = new World()
  const { mainline, one } = world
  const { ask } = await shared(world)
  await world.pass(MINUTE_MS)
  assert.equal((await mainline.find(ask)).length, 1)
  one.standings.set('ana', { kind: 'suspended' })
  await world.pass(MAINLINE_REFRESH_MS + MAINLINE_RETRY_MS)
  assert.deepEqual(await mainline.find(ask), [])
  const { length } = mainline.sayings
  await world.pass(MAINLINE_ITEM_LIFE_MS)
  assert.equal(mainline.sayings.length, length, 'once')
  one.standings.delete('ana')
  await world.pass(2 * MAINLINE_RETRY_MS)
  assert.equal((await mainline.find(ask)).length, 1)
})

test('a member that ends waits for all that it says, though one of them failed', async () => {
  const said = Promise.withResolvers<number>()
  let isFirst = true
  const mainline: MainlineNetwork = {
    find: async () => [],
    say: async () => {
      if (!isFirst) return said.promise
      isFirst = false
      throw new AnilloError('STORE_UNAVAILABLE')
    },
  }
  await using world = new World(mainline)
  for (const path of [FILM, '/ana/other.bin']) await shared(world, path)
  await world.pass(MINUTE_MS)
  let hasEnded = false
  const ending = world.one.service[Symbol.asyncDispose]().then(() => {
    hasEnded = true
  })
  await settled()
  assert(!hasEnded)
  said.resolve(0)
  await ending
})

test('a member that takes no part says nothing, and makes links as ever', async () => {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  const ring = new MemoryRing(net, DOOR)
  await ring.file(FILM, new Uint8Array(100).fill(1))
  const { share } = await ring.service.shares.share(ANA, { path: FILM })
  assert(!share.magnet.includes('btpk'))
  assert.equal(share.mainline, undefined)
  await ring.service[Symbol.asyncDispose]()
})
