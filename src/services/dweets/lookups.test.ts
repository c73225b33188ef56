import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ANA, begin, BEN, EVA, refuses } from './dweet-world.test-helper.ts'

const ALL = { limit: 40 }

async function nicks(page: Promise<{ readonly items: readonly { readonly nick: string }[] }>) {
  return (await page).items.map(({ nick }) => nick)
}

test('who likes and who redweeted is listed by nick, over no block', async () => {
  const { dweets, world } = begin()
  const { lookups } = dweets
  const { id } = await dweets.publish(ANA, { text: 'uno' })
  await dweets.like(EVA, id, true)
  await dweets.like(BEN, id, true)
  await dweets.redweet(BEN, id)
  world.deliver()
  assert.deepEqual(await nicks(lookups.reactors(ANA, id, 'like', ALL)), ['ben', 'eva'])
  assert.deepEqual(await nicks(lookups.reactors(ANA, id, 'redweet', ALL)), ['ben'])
  const first = await lookups.reactors(ANA, id, 'like', { limit: 1 })
  assert.equal(first.cursor, 'ben')
  const rest = await lookups.reactors(ANA, id, 'like', { limit: 1, cursor: 'ben' })
  assert.deepEqual(rest, { items: [{ nick: 'eva', name: 'EVA' }] })
  await refuses(lookups.reactors(ANA, id, 'like', { limit: 1, cursor: '/' }), 'BAD_REQUEST')
  await dweets.block(EVA, 'ben', true)
  world.deliver()
  assert.deepEqual(await nicks(lookups.reactors(BEN, id, 'like', ALL)), ['ben'])
  await dweets.like(EVA, id, false)
  world.deliver()
  assert.deepEqual(await nicks(lookups.reactors(ANA, id, 'like', ALL)), ['ben'])
  const hidden = await dweets.publish(ANA, { text: 'dos', visibility: 'followers' })
  await refuses(lookups.reactors(BEN, hidden.id, 'like', ALL), 'DWEET_GONE')
})

test('what one likes is listed, the newest first, as far as it may be seen', async () => {
  const { dweets, world } = begin()
  const ids: string[] = []
  for (const text of ['uno', 'dos', 'tres']) {
    const { id } = await dweets.publish(BEN, { text })
    ids.unshift(id)
    await dweets.like(ANA, id, true)
  }
  world.deliver()
  const page = await dweets.lookups.liked(ANA, { limit: 2 })
  assert.deepEqual(
    page.items.map(({ id }) => id),
    ids.slice(0, 2),
  )
  assert.notEqual(page.cursor, undefined)
  await dweets.remove(BEN, ids[0] ?? '')
  world.deliver()
  const rest = await dweets.lookups.liked(ANA, ALL)
  assert.deepEqual(
    rest.items.map(({ id }) => id),
    ids.slice(1),
  )
  assert.deepEqual((await dweets.lookups.liked(EVA, ALL)).items, [])
})

test('whom one muted or blocked is listed for oneself', async () => {
  const { dweets, world } = begin()
  await dweets.mute(ANA, 'eva', true)
  await dweets.mute(ANA, 'ben', true)
  await dweets.block(ANA, 'ben', true)
  world.deliver()
  assert.deepEqual(await nicks(dweets.lookups.hidden(ANA, 'mute', ALL)), ['ben', 'eva'])
  assert.deepEqual(await nicks(dweets.lookups.hidden(ANA, 'block', ALL)), ['ben'])
  assert.deepEqual(await nicks(dweets.lookups.hidden(BEN, 'block', ALL)), [])
})

test('a notification is found and dismissed by its id, by whose it is', async () => {
  const { dweets, world } = begin()
  const { notices } = dweets
  const { id } = await dweets.publish(ANA, { text: 'uno' })
  await dweets.like(BEN, id, true)
  await dweets.follow(EVA, 'ana', {})
  world.deliver()
  const { items } = await dweets.notifications(ANA, ALL)
  const [followed, liked] = items
  assert.deepEqual(await notices.find(ANA, liked?.id ?? ''), liked)
  await refuses(notices.find(BEN, liked?.id ?? ''), 'NOT_FOUND')
  await refuses(notices.dismiss(BEN, liked?.id ?? ''), 'NOT_FOUND')
  await refuses(notices.find(ANA, 'x'), 'NOT_FOUND')
  for (let times = 0; times < 2; times++) await notices.dismiss(ANA, liked?.id ?? '')
  await refuses(notices.find(ANA, liked?.id ?? ''), 'NOT_FOUND')
  assert.deepEqual((await dweets.notifications(ANA, ALL)).items, [followed])
  await dweets.mute(ANA, 'eva', true)
  await refuses(notices.find(ANA, followed?.id ?? ''), 'NOT_FOUND')
})

test('how far one has read is kept for each list, until one leaves', async () => {
  const { dweets, world } = begin()
  const { notices } = dweets
  const { id } = await dweets.publish(ANA, { text: 'uno' })
  assert.deepEqual(await notices.marks(ANA), {})
  const first = await notices.mark(ANA, 'home', id)
  assert.deepEqual([first.id, first.version], [id, 1])
  assert.equal((await notices.mark(ANA, 'home', id)).version, 2)
  assert.deepEqual(Object.keys(await notices.marks(ANA)), ['home'])
  assert.deepEqual(await notices.marks(BEN), {})
  world.leave('ana')
  world.deliver()
  assert.deepEqual(await notices.marks(ANA), {})
})
