import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { DOWNLOADS_MAX } from '../../../wire/share-bounds.ts'
import { PAUSED_KEPT_MS, PAUSED_LOOK_MS, ROOM_AGAIN_MS } from '../limits.ts'
import { ANA, BEN, sameHash } from '../share-world.test-helper.ts'
import { halfWay, inWorld, ONE, passUntil, refuses } from '../two-rings.test-helper.ts'

/** Long enough that a download that went on would have asked for something. */
const A_WHILE_MS = 60_000

test('a paused download keeps what it has, asks for nothing, and goes on where it was', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two, web } = world
    const { film, id, now, release } = await halfWay(world, clock)
    const paused = await two.service.downloads.pause(ANA, id)
    assert.deepEqual([paused.state, paused.keptPieces, paused.sources], ['paused', 2, []])
    assert.equal((await two.service.downloads.pause(ANA, id)).state, 'paused')
    release()
    await passUntil(clock, async () => (await now()).state === 'paused', 'it is paused')
    web.asked.clear()
    clock.advance(A_WHILE_MS)
    assert.equal((await now()).keptPieces, 2)
    assert.equal(web.asked.size, 0)
    const partial = await two.service.downloads.partial(paused.root ?? '')
    assert.equal((await partial?.kept.have(paused.pieces))?.count, 2, 'it is served on')
    assert.equal((await two.service.downloads.resume(ANA, id)).state, 'downloading')
    await passUntil(clock, async () => (await now()).state === 'done', 'it is done')
    assert(sameHash(await two.bytesAt((await now()).path), film))
    assert.equal(web.asked.get(ONE)?.length, 4, 'nothing comes twice')
  }, clock)
})

test('a paused download stays so when its member dies, and is resumed at another', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two, web } = world
    const { id, now, release } = await halfWay(world, clock)
    await two.service.downloads.pause(ANA, id)
    two.leads = false
    await two.service[Symbol.asyncDispose]()
    release()
    web.asked.clear()
    const other = two.otherMember()
    two.bytes.claims.clear()
    await passUntil(clock, () => two.bytes.claims.has(id), 'the next leader claims its room')
    clock.advance(A_WHILE_MS)
    assert.equal((await now(other)).state, 'paused')
    assert.equal(web.asked.size, 0)
    await other.service.downloads.resume(ANA, id)
    await passUntil(clock, async () => (await now(other)).state === 'done', 'it is done')
    await other.service[Symbol.asyncDispose]()
  }, clock)
})

test('its room is claimed anew for as long as it is paused, and what nobody resumes goes', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two } = world
    const { id, now } = await halfWay(world, clock)
    await two.service.downloads.pause(ANA, id)
    await passUntil(clock, () => two.bytes.claims.has(id), 'its room')
    clock.advance(PAUSED_LOOK_MS)
    two.bytes.claims.clear()
    clock.advance(ROOM_AGAIN_MS)
    await passUntil(clock, () => two.bytes.claims.has(id), 'its room, an hour later')
    // The clock of a member that is ahead ends nothing.
    clock.stall(PAUSED_KEPT_MS)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal((await now()).state, 'paused')
    two.store.nowMs += PAUSED_KEPT_MS
    await passUntil(clock, async () => (await now()).state === 'failed', 'it ends')
    assert.equal((await now()).problem?.code, 'DOWNLOAD_FORGOTTEN')
    assert([...two.bytes.holders.values()].every((names) => names.size === 0))
  }, clock)
})

test('who may not, and what is over, is refused; a paused one counts, and can be cancelled', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two } = world
    const { downloads } = two.service
    const { id, now } = await halfWay(world, clock)
    await refuses(downloads.pause(BEN, id), 'NOT_FOUND')
    await refuses(downloads.resume(BEN, id), 'NOT_FOUND')
    await downloads.pause(ANA, id)
    const magnets = Array.from({ length: DOWNLOADS_MAX - 1 }, (_, at) => `film ${String(at)}`)
    const { root } = await now()
    for (const name of magnets) {
      await downloads.begin(ANA, { name: 'film.bin', root: root ?? '', path: `/ana/${name}` })
    }
    await refuses(downloads.begin(ANA, { name: 'film.bin' }), 'DOWNLOADS_FULL')
    await downloads.end(ANA, id)
    assert.equal((await now()).state, 'cancelled')
    await refuses(downloads.pause(ANA, id), 'DOWNLOAD_OVER')
    await refuses(downloads.resume(ANA, id), 'DOWNLOAD_OVER')
  }, clock)
})
