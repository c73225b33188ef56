import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { USERS_TABLE } from '../../../wire/users.ts'
import { partitionOfNick } from '../places.ts'
import { Reader, settled } from './event-reader.test-helper.ts'
import { COUNTS_PAUSE_MS, EVENTS_WAITING_MAX, WATCH_PAUSE_MS } from './limits.ts'
import { World } from './timelines-world.test-helper.ts'
import { Watches } from './watches.ts'

async function begin(...follows: readonly string[]) {
  const world = new World()
  await world.join('eva', 'ana', 'ben', 'cleo')
  for (const nick of follows) await world.follow('eva', nick)
  return { world, reader: new Reader(world) }
}

function rowOf(id: string) {
  const place = placeOfPublicId(id)
  assert(place !== undefined)
  return place
}

test('events() tells what those who are followed and oneself publish, change and delete', async () => {
  const { reader, world } = await begin('ana')
  const old = await world.publish('ana', 'old')
  await reader.begin()
  const id = await world.publish('ana', 'one')
  await world.publish('ben', 'of nobody')
  await world.edit('ana', rowOf(id), 'another')
  await world.edit('ana', rowOf(old), 'young')
  await world.redweet('ana', { id, nick: 'ana' })
  await world.publish('eva', 'own')
  await world.remove('ana', rowOf(id))
  const told: string[] = []
  while (told.at(-1) !== 'deleted' || !told.includes('eva: own')) told.push(await reader.told())
  assert.deepEqual(
    told.filter((one) => !one.startsWith('eva')),
    ['ana: one', 'edited: another', 'edited: young', 'deleted'],
  )
  assert(await reader.end())
})

test('a like of a dweet tells nothing but the notification', async () => {
  const { reader, world } = await begin('ana')
  const id = await world.publish('eva', 'mine')
  await reader.begin()
  await world.like('ben', id)
  assert.equal(await reader.told(), 'notified: like')
  await world.publish('ana', 'next')
  assert.equal(await reader.told(), 'ana: next')
  assert(await reader.end())
})

test('who is followed meanwhile is listened to, who is muted no more', async () => {
  const { reader, world } = await begin('ana')
  await reader.begin()
  await world.follow('eva', 'ben')
  assert.equal(await reader.told(), 'resync')
  await world.publish('ben', 'one')
  assert.equal(await reader.told(), 'ben: one')
  await world.mute('eva', 'ben')
  await settled()
  await world.publish('ben', 'two')
  await world.publish('ana', 'three')
  assert.equal(await reader.told(), 'ana: three')
  assert(await reader.end())
})

test('who lags is told to read again, and goes on from there', async () => {
  const { reader, world } = await begin('ana')
  await reader.begin()
  await world.publish('ana', 'first')
  assert.equal(await reader.told(), 'ana: first')
  for (let i = 0; i <= EVENTS_WAITING_MAX; i++) await world.publish('ana', String(i))
  await settled()
  assert.equal(await reader.told(), 'resync')
  await world.publish('ana', 'last')
  assert.equal(await reader.told(), 'ana: last')
  assert(await reader.end())
})

test('an author who cannot be read is listened to when they can, from a resync on', async () => {
  const { reader, world } = await begin('ana', 'ben')
  world.cutOff.add(partitionOfNick('ana'))
  await reader.begin()
  await world.publish('ben', 'one')
  assert.equal(await reader.told(), 'ben: one')
  world.cutOff.clear()
  reader.clock.advance(WATCH_PAUSE_MS)
  assert.equal(await reader.told(), 'resync')
  await world.publish('ana', 'two')
  assert.equal(await reader.told(), 'ana: two')
  assert(await reader.end())
})

test('readers of one author share a watch, which ends with the last of them', async () => {
  const { world } = await begin()
  const signals: AbortSignal[] = []
  const store = {
    list: world.store.list,
    watch: (...[what, signal]: Parameters<typeof world.store.watch>) => {
      signals.push(signal)
      return world.store.watch(what, signal)
    },
  }
  const watches = new Watches({ store, clock: new ManualClock() })
  const home = { table: USERS_TABLE, pk: 'a'.repeat(10) }
  const deaf = { changed: () => undefined, missed: () => undefined }
  const [one, two] = [await watches.listen(home, { ...deaf }), await watches.listen(home, deaf)]
  await settled()
  assert.equal(signals.length, 1)
  one()
  assert.equal(signals[0]?.aborted, false)
  two()
  assert.equal(signals[0]?.aborted, true)
})

test('likes in masses change a count once a second, whatever their number', async () => {
  const { reader, world } = await begin('ana')
  const likers = Array.from({ length: 60 }, (_, i) => `n${i}`)
  await world.join(...likers)
  const id = await world.publish('ana')
  await reader.begin()
  for (const nick of likers) await world.like(nick, id)
  await settled()
  reader.clock.advance(COUNTS_PAUSE_MS)
  const event = await reader.next()
  assert.deepEqual(event, { kind: 'counted', id, replies: 0, redweets: 0, likes: likers.length })
  await world.like('eva', id)
  await settled()
  reader.clock.advance(COUNTS_PAUSE_MS)
  const next = await reader.next()
  assert.ok(next.kind === 'counted' && next.likes === likers.length + 1)
  assert.ok(await reader.end())
  assert.equal(reader.clock.waiting, 0)
})
