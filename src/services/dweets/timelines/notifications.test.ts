import assert from 'node:assert/strict'
import { test } from 'node:test'

import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { DweetWorld, ANA, BEN, EVA, refuses } from '../dweet-world.test-helper.ts'
import { RingDweets } from '../dweets.ts'

function begin() {
  const world = new DweetWorld('ana', 'ben', 'eva')
  return { world, dweets: new RingDweets(world) }
}

test('notifications() has what others did, newest first, page by page', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'one' })
  await dweets.follow(BEN, 'ana', {})
  world.deliver()
  await dweets.like(BEN, id, true)
  world.deliver()
  const answer = await dweets.publish(BEN, { text: 'hello @ana', replyTo: id })
  await dweets.publish(EVA, { text: 'and @ana' })
  world.deliver()
  const told: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await dweets.notifications(ANA, { limit: 3, ...(cursor && { cursor }) })
    for (const { by, dweet, kind } of page.items) told.push(`${kind} ${by.name} ${dweet?.text}`)
    cursor = page.cursor
    if (cursor === undefined) break
  }
  assert.deepEqual(told.toSorted(), [
    'follow BEN undefined',
    'like BEN one',
    'mention EVA and @ana',
    'reply BEN hello @ana',
  ])
  await dweets.remove(BEN, answer.id)
  world.deliver()
  await dweets.mute(ANA, 'eva', true)
  const { items } = await dweets.notifications(ANA, { limit: 20 })
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['like', 'follow'],
  )
  const places = items.map(({ id: note }) => placeOfPublicId(note))
  assert(places.every((place) => place !== undefined))
})

test('notifications() refuses a cursor that is none', async () => {
  const { dweets } = begin()
  await refuses(dweets.notifications(ANA, { limit: 20, cursor: 'x' }), 'BAD_REQUEST')
})

test('clearNotifications() leaves none of those that there were', async () => {
  const { dweets, world } = begin()
  await dweets.clearNotifications(ANA)
  await dweets.follow(BEN, 'ana', {})
  await dweets.follow(EVA, 'ana', {})
  world.deliver()
  assert.equal((await dweets.notifications(ANA, { limit: 20 })).items.length, 2)
  await dweets.clearNotifications(ANA)
  assert.deepEqual(await dweets.notifications(ANA, { limit: 20 }), { items: [] })
})
