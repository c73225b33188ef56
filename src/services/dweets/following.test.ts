import assert from 'node:assert/strict'
import { test } from 'node:test'

import { BLOCKS_MAX, FOLLOWS_MAX, MUTES_MAX } from '../../wire/dweet-limits.ts'
import { ANA, begin, BEN, EVA, notes, refuses } from './dweet-world.test-helper.ts'
import { partitionOfNick } from './places.ts'

test('who follows is told, counted and listed by nick, and leaves no trace when they stop', async () => {
  const { dweets, world } = begin()
  await dweets.follow(ANA, 'Ben', {})
  world.deliver()
  const now = await dweets.follow(ANA, 'ben', { redweets: false })
  const expected = { nick: 'ben', following: true, redweets: false, followedBy: false }
  assert.deepEqual(now, { ...expected, muted: false, blocked: false })
  await dweets.follow(EVA, 'ben', {})
  world.deliver()
  assert.equal((await dweets.profile(BEN, 'ana')).relationship?.followedBy, true)
  const page = await dweets.followers(BEN, 'ben', { limit: 1 })
  assert.deepEqual(page, { items: [{ nick: 'ana', name: 'ANA' }], cursor: 'ana' })
  const rest = await dweets.followers(BEN, 'ben', { limit: 1, cursor: 'ana' })
  assert.deepEqual(rest, { items: [{ nick: 'eva', name: 'EVA' }] })
  await refuses(dweets.followers(BEN, 'ben', { limit: 1, cursor: '/' }), 'BAD_REQUEST')
  const { followers, following } = await dweets.profile(ANA, 'ben')
  assert.deepEqual([followers, following, notes(world, 'ben')], [2, 0, 2])
  assert.equal((await dweets.unfollow(ANA, 'ben')).following, false)
  await dweets.unfollow(ANA, 'ben')
  world.deliver()
  assert.equal((await dweets.profile(ANA, 'ben')).followers, 1)
  assert.equal(notes(world, 'ben'), 1)
  assert.deepEqual((await dweets.following(BEN, 'ana', { limit: 9 })).items, [])
})

test('nobody follows themselves, or nobody, or too many', async () => {
  const many = Array.from({ length: FOLLOWS_MAX }, (_, i) => `user_${i}`)
  const { dweets } = begin(...many)
  await refuses(dweets.follow(ANA, 'ANA', {}), 'DWEET_SELF_FOLLOW')
  for (const nick of ['nobody', 'n o', '', '../x']) {
    await refuses(dweets.follow(ANA, nick, {}), 'NO_USER')
    await refuses(dweets.profile(ANA, nick), 'NO_USER')
  }
  await refuses(dweets.block(ANA, 'ana', true), 'FORBIDDEN')
  await refuses(dweets.mute(ANA, 'ana', true), 'FORBIDDEN')
  for (const nick of many) await dweets.follow(ANA, nick, {})
  await refuses(dweets.follow(ANA, 'ben', {}), 'FOLLOWS_FULL')
  assert.equal((await dweets.profile(ANA, 'ana')).following, FOLLOWS_MAX)
})

test('so many people are muted and blocked at most', async () => {
  const many = Array.from({ length: BLOCKS_MAX }, (_, i) => `user_${i}`)
  const { dweets } = begin(...many)
  assert.equal(MUTES_MAX, BLOCKS_MAX)
  for (const nick of many) {
    await dweets.mute(ANA, nick, true)
    await dweets.block(ANA, nick, true)
  }
  await refuses(dweets.mute(ANA, 'ben', true), 'MUTES_FULL')
  await refuses(dweets.block(ANA, 'ben', true), 'BLOCKS_FULL')
  assert.equal((await dweets.block(ANA, 'user_7', true)).blocked, true, 'done again')
  await dweets.block(ANA, 'user_7', false)
  assert.equal((await dweets.block(ANA, 'ben', true)).blocked, true)
})

test('a block ends what is between two, hides each from the other, and can be taken back', async () => {
  const { dweets, world } = begin()
  await dweets.follow(ANA, 'ben', {})
  await dweets.follow(BEN, 'ana', {})
  world.deliver()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  const { blocked, followedBy, following: follows } = await dweets.block(ANA, 'ben', true)
  assert.deepEqual([blocked, followedBy, follows], [true, false, false])
  world.deliver()
  await refuses(dweets.dweet(BEN, id), 'DWEET_GONE')
  await refuses(dweets.follow(BEN, 'ana', {}), 'FORBIDDEN')
  await refuses(dweets.follow(ANA, 'ben', {}), 'FORBIDDEN')
  for (const nick of ['ana', 'ben']) {
    const { followers, following } = await dweets.profile(EVA, nick)
    assert.deepEqual([followers, following], [0, 0])
  }
  const before = notes(world, 'ana')
  await dweets.publish(BEN, { text: 'hey @ana' })
  world.deliver()
  assert.equal(notes(world, 'ana'), before)
  await dweets.block(ANA, 'ben', false)
  world.deliver()
  assert.equal((await dweets.dweet(BEN, id)).id, id)
  assert.equal((await dweets.follow(BEN, 'ana', {})).following, true)
})

test('of those who are muted nothing is told, and they are not told', async () => {
  const { dweets, world } = begin()
  assert.equal((await dweets.mute(ANA, 'ben', true)).muted, true)
  await dweets.publish(BEN, { text: '@ana' })
  world.deliver()
  assert.deepEqual([notes(world, 'ana'), notes(world, 'ben')], [0, 0])
  assert.equal((await dweets.mute(ANA, 'ben', false)).muted, false)
})

test('a bio is shown, and bad ones are refused', async () => {
  const { dweets } = begin()
  assert.equal((await dweets.changeProfile(ANA, { bio: ' I am  ' })).bio, 'I am')
  await refuses(dweets.changeProfile(ANA, { bio: 'a'.repeat(226) }), 'BIO_UNFIT')
  assert.equal((await dweets.changeProfile(ANA, {})).bio, 'I am')
})

test('a follow of somebody whose account goes meanwhile is taken back', async () => {
  const { dweets, world } = begin()
  await dweets.follow(ANA, 'ben', {})
  world.leave('ben')
  world.deliver()
  assert.equal((await dweets.profile(ANA, 'ana')).following, 0)
})

test('who follows already writes nothing by following again', async () => {
  const { dweets, world } = begin()
  const { partition } = world.partitions.machine(partitionOfNick('ana'))
  await dweets.follow(ANA, 'ben', {})
  const before = partition.appliedIndex
  assert.equal((await dweets.follow(ANA, 'ben', {})).redweets, true)
  assert.equal((await dweets.follow(ANA, 'ben', { redweets: true })).following, true)
  assert.equal(partition.appliedIndex, before)
  assert.equal((await dweets.follow(ANA, 'ben', { redweets: false })).redweets, false)
  assert.ok(partition.appliedIndex > before)
})
