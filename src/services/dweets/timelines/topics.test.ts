import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../../base/errors.ts'
import { placeOfPublicId, publicIdOf } from '../../../wire/dweet-ids.ts'
import { userPk } from '../../../wire/users.ts'
import { dropList, enlist, makeList } from '../lists/list-procedures.ts'
import { partitionOfNick } from '../places.ts'
import { Reader, settled } from './event-reader.test-helper.ts'
import { World } from './timelines-world.test-helper.ts'

const EVAS = partitionOfNick('eva')

async function somePeople(): Promise<World> {
  const world = new World()
  await world.join('eva', 'ana', 'ben', 'cleo')
  return world
}

function placeOf(id: string) {
  const place = placeOfPublicId(id)
  assert(place !== undefined)
  return place
}

test('a stream of all tells public dweets of whomever, and no more of who is muted', async () => {
  const world = await somePeople()
  await world.follow('eva', 'ana')
  await world.mute('eva', 'cleo')
  const reader = new Reader(world, { kind: 'local' })
  await reader.begin()
  await world.publish('cleo', 'unheard')
  await world.publish('ana', 'for few', { visibility: 'followers' })
  const id = await world.publish('ben', 'for all')
  assert.equal(await reader.told(), 'ben: for all')
  // A like tells nothing there, nor does what concerns who reads.
  await world.like('ana', await world.publish('eva', 'own'))
  assert.equal(await reader.told(), 'eva: own')
  await world.redweet('ben', { id, nick: 'ben' })
  await world.mute('eva', 'ben')
  await settled()
  await world.publish('ben', 'no more')
  await world.remove('ben', placeOf(id))
  assert.deepEqual(await reader.next(), { kind: 'deleted', id })
  await world.publish('ana', 'last')
  assert.equal(await reader.told(), 'ana: last')
  assert(await reader.end())
})

test('a stream of a tag tells what has it, and an edit that takes it off deletes nothing', async () => {
  const world = await somePeople()
  const reader = new Reader(world, { kind: 'tag', tag: 'SEA' })
  await reader.begin()
  await world.publish('ben', 'of nothing')
  const id = await world.publish('ben', 'of the #sea', { tags: ['sea'] })
  await settled()
  assert.equal(await reader.told(), 'ben: of the #sea')
  await world.edit('ben', placeOf(id), 'of no more')
  await settled()
  const other = await world.publish('ana', 'again #Sea', { tags: ['Sea'] })
  await settled()
  assert.equal(await reader.told(), 'ana: again #Sea')
  await world.remove('ana', placeOf(other))
  assert.deepEqual(await reader.next(), { kind: 'deleted', id: other })
  assert(await reader.end())
})

test('a stream of a tag that is none tells nothing', async () => {
  const world = await somePeople()
  const reader = new Reader(world, { kind: 'tag', tag: 'no tag' })
  await reader.begin()
  await world.publish('ben', 'of the #sea', { tags: ['sea'] })
  await settled()
  assert(await reader.end())
})

test('a stream of a list tells what its people publish, whoever comes in or goes', async () => {
  const world = await somePeople()
  const call = world.memory.call
  const { row } = await call(EVAS, makeList, { nick: 'eva', name: 'friends' })
  const put = (whom: string, isIn: boolean) => call(EVAS, enlist, { nick: 'eva', row, whom, isIn })
  await put('ana', true)
  const id = publicIdOf({ pk: userPk('eva'), row })
  const reader = new Reader(world, { kind: 'list', id })
  await reader.begin()
  await world.publish('ben', 'not in it')
  const own = await world.publish('eva', 'nor in it')
  await world.remove('eva', placeOf(own))
  const first = await world.publish('ana', 'one')
  assert.equal(await reader.told(), 'ana: one')
  await world.like('eva', first)
  await put('ben', true)
  assert.equal(await reader.told(), 'resync')
  await world.publish('ben', 'two')
  assert.equal(await reader.told(), 'ben: two')
  await put('ana', false)
  await settled()
  await world.publish('ana', 'three')
  await world.publish('ben', 'four')
  assert.equal(await reader.told(), 'ben: four')
  await call(EVAS, dropList, { nick: 'eva', row })
  await assert.rejects(reader.next(), (thrown) => isAnilloError(thrown, 'LIST_GONE'))
})

test("nobody is told of another's list, nor that there is one", async () => {
  const world = await somePeople()
  const { memory } = world
  const bens = partitionOfNick('ben')
  const { row } = await memory.call(bens, makeList, { nick: 'ben', name: 'friends' })
  const id = publicIdOf({ pk: userPk('ben'), row })
  const none = publicIdOf({ pk: userPk('eva'), row })
  for (const list of [id, none]) {
    const reader = new Reader(world, { kind: 'list', id: list })
    await assert.rejects(reader.next(), (thrown) => isAnilloError(thrown, 'LIST_GONE'))
  }
})
