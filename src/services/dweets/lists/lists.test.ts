import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Publication } from '../../../wire/api-dweets.ts'
import { LIST_PEOPLE_MAX, LISTS_MAX, PAGE_MAX } from '../../../wire/dweet-limits.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ANA, begin, BEN, EVA, notes, refuses } from '../dweet-world.test-helper.ts'
import type { Dweeter, Dweets } from '../types.ts'

const page = { limit: PAGE_MAX }

function textsOf(items: readonly Publication[]): string[] {
  return items.map((one) => (one.kind === 'dweet' ? one.text : `redweet of ${one.of?.text}`))
}

/** To the end, a few at a time. */
async function allOf(dweets: Dweets, who: Dweeter, id: string): Promise<Publication[]> {
  const all: Publication[] = []
  for (let cursor: string | undefined; ;) {
    const asked = cursor === undefined ? { limit: 3 } : { limit: 3, cursor }
    const answer = await dweets.lists.publications(who, id, asked)
    all.push(...answer.items)
    cursor = answer.cursor
    if (cursor === undefined) return all
  }
}

test('a list is made, renamed and deleted, and people come into it and go, by its owner', async () => {
  const { dweets } = begin()
  const { lists } = dweets
  const made = await lists.make(ANA, { name: '  Close  ' })
  assert.deepEqual([made.name, made.people], ['Close', 0])
  assert.equal((await lists.put(ANA, made.id, 'BEN', true)).people, 1)
  assert.equal((await lists.put(ANA, made.id, 'ben', true)).people, 1, 'twice is once')
  assert.equal((await lists.put(ANA, made.id, 'eva', true)).people, 2)
  const { items } = await lists.people(ANA, made.id, { limit: 1 })
  assert.deepEqual(
    items.map(({ nick }) => nick),
    ['ben'],
  )
  const rest = await lists.people(ANA, made.id, { limit: 1, cursor: 'ben' })
  assert.deepEqual([rest.items[0]?.nick, rest.cursor], ['eva', undefined])
  assert.deepEqual((await lists.with(ANA, 'eva')).items[0]?.id, made.id)
  assert.equal((await lists.put(ANA, made.id, 'eva', false)).people, 1)
  assert.deepEqual((await lists.with(ANA, 'eva')).items, [])
  assert.equal((await lists.rename(ANA, made.id, { name: 'Closer' })).name, 'Closer')
  assert.equal((await lists.rename(ANA, made.id, { name: 'CLOSER' })).name, 'CLOSER')
  assert.equal((await lists.find(ANA, made.id)).people, 1)
  await lists.remove(ANA, made.id)
  await lists.remove(ANA, made.id)
  await refuses(lists.find(ANA, made.id), 'LIST_GONE')
  assert.deepEqual((await lists.all(ANA)).items, [])
})

test('a list is its owner’s alone: to others it is not there, and who is in it is not told', async () => {
  const { dweets, world } = begin()
  const { lists } = dweets
  const { id } = await lists.make(ANA, { name: 'mine' })
  await lists.put(ANA, id, 'ben', true)
  world.deliver()
  assert.equal(notes(world, 'ben'), 0)
  assert.deepEqual((await lists.all(BEN)).items, [])
  assert.deepEqual((await lists.with(BEN, 'ben')).items, [])
  for (const asked of [
    lists.find(BEN, id),
    lists.rename(BEN, id, { name: 'x' }),
    lists.people(BEN, id, page),
    lists.put(BEN, id, 'eva', true),
    lists.put(BEN, id, 'ben', false),
    lists.publications(BEN, id, page),
  ]) {
    await refuses(asked, 'LIST_GONE')
  }
  await lists.remove(BEN, id)
  assert.equal((await lists.find(ANA, id)).people, 1, 'still there')
})

test('what is no list, no name, no person and no cursor is refused, and changes nothing', async () => {
  const { dweets } = begin()
  const { lists } = dweets
  const { id } = await lists.make(ANA, { name: 'one' })
  const dweet = await dweets.publish(ANA, { text: 'a dweet has an id like that' })
  for (const forged of ['1', '99999999999999999999999999999999', 'x', dweet.id, `${id}0`]) {
    await refuses(lists.find(ANA, forged), 'LIST_GONE')
    await refuses(lists.put(ANA, forged, 'ben', true), 'LIST_GONE')
    await lists.remove(ANA, forged)
  }
  assert.equal((await dweets.dweet(ANA, dweet.id)).id, dweet.id)
  for (const name of ['', '  ', 'a'.repeat(61), 'two\nlines', 'esc\u001b[1m', 'rtl\u202e']) {
    await refuses(lists.make(ANA, { name }), 'LIST_NAME_UNFIT')
    await refuses(lists.rename(ANA, id, { name }), 'LIST_NAME_UNFIT')
  }
  await refuses(lists.make(ANA, { name: 'ONE' }), 'LIST_TAKEN')
  const other = await lists.make(ANA, { name: 'two' })
  await refuses(lists.rename(ANA, other.id, { name: 'One' }), 'LIST_TAKEN')
  await refuses(lists.put(ANA, id, 'nobody', true), 'NO_USER')
  await refuses(lists.put(ANA, id, '@!', false), 'NO_USER')
  await refuses(lists.people(ANA, id, { limit: 1, cursor: '../ben' }), 'BAD_REQUEST')
  await refuses(lists.publications(ANA, id, { limit: 1, cursor: 'x' }), 'BAD_REQUEST')
  assert.deepEqual(
    (await lists.all(ANA)).items.map(({ name, people }) => [name, people]),
    [
      ['one', 0],
      ['two', 0],
    ],
  )
})

test('a person has fifty lists, and a list a thousand people, which one deletion takes along', async () => {
  const nicks = Array.from({ length: LIST_PEOPLE_MAX + 1 }, (_, i) => `p${i}`)
  const { dweets, world } = begin(...nicks)
  const { lists } = dweets
  const { id } = await lists.make(ANA, { name: 'all' })
  for (const nick of nicks.slice(0, LIST_PEOPLE_MAX)) await lists.put(ANA, id, nick, true)
  await refuses(lists.put(ANA, id, nicks.at(-1) ?? '', true), 'LIST_FULL')
  assert.equal((await lists.put(ANA, id, 'p1', true)).people, LIST_PEOPLE_MAX, 'who is in it stays')
  await dweets.publish({ nick: 'p999', isModerator: false }, { text: 'the last of them' })
  assert.deepEqual(textsOf(await allOf(dweets, ANA, id)), ['the last of them'])
  for (let i = 1; i < LISTS_MAX; i++) await lists.make(ANA, { name: `list ${i}` })
  await refuses(lists.make(ANA, { name: 'too many' }), 'LISTS_FULL')
  await lists.remove(ANA, id)
  world.deliver()
  const left = world.rows(USERS_TABLE, userPk('ana'), 'ana/listed/')
  assert.deepEqual(left, [])
  assert.equal((await lists.make(ANA, { name: 'room again' })).people, 0)
})

test('its timeline has what may be seen of those in it, each once, also of whom one does not follow', async () => {
  const { dweets, world } = begin('leo')
  const LEO = { nick: 'leo', isModerator: false }
  const { id } = await dweets.lists.make(ANA, { name: 'two' })
  await dweets.lists.put(ANA, id, 'ben', true)
  await dweets.lists.put(ANA, id, 'eva', true)
  const one = await dweets.publish(LEO, { text: 'of Leo' })
  await dweets.publish(BEN, { text: 'first' })
  await dweets.publish(BEN, { text: 'for followers', visibility: 'followers' })
  await dweets.redweet(EVA, one.id)
  for (let i = 0; i < 5; i++) await dweets.publish(EVA, { text: `${i}` })
  world.deliver()
  const texts = async () => textsOf(await allOf(dweets, ANA, id)).toSorted()
  const all = ['0', '1', '2', '3', '4', 'first', 'redweet of of Leo']
  assert.deepEqual(await texts(), all)
  await dweets.follow(ANA, 'ben', {})
  assert.deepEqual(await texts(), [...all, 'for followers'].toSorted())
  await dweets.follow(ANA, 'eva', { redweets: false })
  assert.ok(!(await texts()).includes('redweet of of Leo'), 'they said no to those')
  await dweets.mute(ANA, 'eva', true)
  assert.deepEqual(await texts(), ['first', 'for followers'])
  await dweets.mute(ANA, 'eva', false)
  await dweets.block(ANA, 'ben', true)
  assert.deepEqual(await texts(), ['0', '1', '2', '3', '4'])
})

test('a request to make one that comes again makes one', async () => {
  const { dweets, world } = begin()
  world.losesAnswers = true
  const retry = { key: 'k', request: 'r' }
  const first = await dweets.lists.make(ANA, { name: 'once' }, { retry })
  assert.deepEqual(await dweets.lists.make(ANA, { name: 'once' }, { retry }), first)
  assert.equal((await dweets.lists.all(ANA)).items.length, 1)
})

test('of a removed account no list is left; who is gone can be taken out of others’', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.lists.make(BEN, { name: 'x' })
  await dweets.lists.put(BEN, id, 'ana', true)
  const own = await dweets.lists.make(ANA, { name: 'y' })
  await dweets.lists.put(ANA, own.id, 'ben', true)
  world.leave('ana')
  world.deliver()
  const left = world.rows(USERS_TABLE, userPk('ana'), 'ana/').map(({ sk }) => sk)
  assert.deepEqual(left, [])
  assert.equal((await dweets.lists.put(BEN, id, 'ana', false)).people, 0)
})
