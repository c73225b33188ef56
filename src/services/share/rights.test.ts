/** What becomes of shares and downloads when their account is suspended, or deleted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { DAY_MS, MIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { wordOfSharerGone } from '../../wire/outside-shares.ts'
import { PAUSED_LOOK_MS, SHARER_KNOWN_MS } from './limits.ts'
import { ANA, BEN, type MemoryRing, sameHash } from './share-world.test-helper.ts'
import { forgetSharer } from './shares/share-procedures.ts'
import { SHARES_PARTITION, SHARES_RANGE } from './shares/share-rows.ts'
import {
  FILM,
  halfWay,
  inWorld,
  noise,
  passUntil,
  refuses,
  shared,
} from './two-rings.test-helper.ts'

const GONE = wordOfSharerGone('ana')

function deleted(ring: MemoryRing): Promise<null> {
  return ring.store.call(SHARES_PARTITION, forgetSharer, { nick: 'ana' })
}

test('a download waits while its owner is suspended, says so, and goes on when they are restored', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two } = world
    const { film, id, now, release } = await halfWay(world, clock)
    two.standings.set('ana', { kind: 'suspended' })
    await passUntil(clock, async () => (await now()).state === 'paused', 'it waits')
    const held = await now()
    assert.equal(held.problem?.code, 'ACCOUNT_SUSPENDED')
    assert.deepEqual([held.keptPieces, held.bytesPerSecond, held.sources], [2, 0, []])
    assert.ok(two.bytes.claims.has(id), 'its room stays promised')
    release()
    clock.advance(2 * PAUSED_LOOK_MS)
    assert.equal((await now()).state, 'paused')
    two.standings.delete('ana')
    await passUntil(clock, async () => (await now()).state === 'done', 'it is done')
    const done = await now()
    assert.equal(done.problem, undefined)
    assert(sameHash(await two.bytesAt(done.path), film))
  }, clock)
})

test('a download of a deleted account ends, and nothing of it is held, also at another member', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two } = world
    const { id, now } = await halfWay(world, clock)
    // Its member dies, and the account goes before another goes on.
    two.leads = false
    await two.service[Symbol.asyncDispose]()
    two.standings.set('ana', { kind: 'gone' })
    const other = two.otherMember()
    await passUntil(clock, async () => (await now(other)).state === 'failed', 'it ends')
    assert.equal((await now(other)).problem?.code, 'NO_USER')
    assert.ok(!other.bytes.claims.has(id))
    assert([...other.bytes.holders.values()].every((names) => names.size === 0))
    assert.equal(other.acts.length, 0)
    await other.service[Symbol.asyncDispose]()
  }, clock)
})

test('a paused download of a deleted account ends, too', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two } = world
    const { id, now } = await halfWay(world, clock)
    await two.service.downloads.pause(ANA, id)
    two.standings.set('ana', { kind: 'gone' })
    await passUntil(clock, async () => (await now()).state === 'failed', 'it ends')
    assert.equal((await now()).problem?.code, 'NO_USER')
  }, clock)
})

test('what comes of a download is put there with the rights as of then', async () => {
  const clock = new ManualClock()
  await inWorld(async (world) => {
    const { two } = world
    const { now, release } = await halfWay(world, clock)
    two.standings.set('ana', { kind: 'forbidden' })
    release()
    await passUntil(clock, async () => (await now()).state === 'paused', 'it waits')
    assert.equal((await now()).problem?.code, 'PERMISSION_MISSING')
    assert.equal(two.tree.files.size, 0)
  }, clock)
})

test('shares of a suspended account rest, are taken back, and are said again when it is restored', async () => {
  const clock = new ManualClock()
  await inWorld(async ({ one, outside }) => {
    await one.file(FILM, noise(MIB))
    const { id, root } = await shared(one, FILM)
    const { shares } = one.service
    one.standings.set('ana', { kind: 'suspended' })
    clock.advance(SHARER_KNOWN_MS)
    assert.equal(await shares.servedAs('film.bin'), undefined)
    assert.equal(await shares.servedOf(root), undefined)
    const found = present(await shares.find(id), 'the share')
    assert.equal((await shares.told(found.row)).heldBack, 'suspended')
    const said = () => [...(outside.records.get('film.bin')?.values() ?? [])][0]?.urls
    const refreshed = async (): Promise<void> => {
      // All that is due by then.
      one.store.nowMs += DAY_MS
      clock.advance(DAY_MS)
      await one.service.refresh(AbortSignal.timeout(5_000))
    }
    await refreshed()
    assert.deepEqual(said(), [])
    one.standings.delete('ana')
    await refreshed()
    assert.equal(said()?.length, 1)
    assert.equal((await shares.servedOf(root))?.id, id)
    assert.equal((await shares.told(found.row)).heldBack, undefined)
  }, clock)
})

test('what rests is not had in the ring either', async () => {
  const clock = new ManualClock()
  await inWorld(async ({ one }) => {
    await one.file(FILM, noise(MIB))
    await shared(one, FILM)
    one.standings.set('ana', { kind: 'suspended' })
    clock.advance(SHARER_KNOWN_MS)
    const begun = await one.service.downloads.begin(BEN, { name: 'film.bin' })
    assert.deepEqual([begun.state, begun.share], ['looking', undefined])
    assert.equal(one.tree.files.size, 1)
  }, clock)
})

test('shares of a deleted account end with it, however many, and those of others stay', async () => {
  const clock = new ManualClock()
  await inWorld(async ({ one, outside }) => {
    const bytes = noise(9_000)
    await one.file(FILM, bytes)
    for (let count = 0; count < MANY; count++) await shared(one, FILM, `film ${count}`)
    const { body } = present(one.tree.files.get(FILM), 'file')
    one.tree.files.set('/ben/film.bin', { by: 'ben', body })
    await one.service.shares.share(BEN, { path: '/ben/film.bin', name: 'bens' })
    assert.equal(GONE.to, SHARES_PARTITION)
    await deleted(one)
    const { shares } = one.service
    await passUntil(clock, async () => (await shares.list({})).items.length === 1, 'they end')
    assert.equal(one.bytes.usage.get('ana'), 0)
    assert.equal(one.bytes.usage.get('ben'), bytes.length)
    await one.service.refresh(AbortSignal.timeout(5_000))
    const urls = (name: string) => [...(outside.records.get(name)?.values() ?? [])][0]?.urls
    for (let count = 0; count < MANY; count++) assert.deepEqual(urls(`film ${count}`), [])
    assert.equal(urls('bens')?.length, 1)
    const ended = { ...SHARES_RANGE, prefix: 'ended/', limit: 10 }
    assert.equal((await one.store.list(ended)).items.length, 0, 'taken back once')
    const claims = one.bytes.claims.size
    // A download of it that ends just then shares nothing.
    await refuses(shares.share(ANA, { path: FILM, name: 'late' }), 'NO_USER')
    assert.equal(one.bytes.claims.size, claims)
  }, clock)
})

const MANY = 70
