import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import { compareIds, placeOfPublicId } from '../../wire/dweet-ids.ts'
import {
  DWEETS_PER_PERIOD,
  DWEETS_PERIOD_MS,
  EDITS_MAX,
  NOTIFICATIONS_KEPT_MS,
  NOTIFICATIONS_MAX,
} from '../../wire/dweet-limits.ts'
import { userPk, USERS_TABLE } from '../../wire/users.ts'
import {
  ANA,
  begin,
  BEN,
  dweeter,
  EVA,
  MODERATOR,
  notes,
  refuses,
} from './dweet-world.test-helper.ts'
import { followed } from './follow-procedures.ts'
import { headKey, ownPrefix, partitionOfNick, tagPk, TAGS_TABLE } from './places.ts'
import { mention, reactTo } from './reaction-procedures.ts'

test('what is published is there at once, with what was found in it', async () => {
  const { dweets, world } = begin()
  const text = 'hola @ben @nobody #Uno #uno #dos'
  const made = await dweets.publish(ANA, { text, warning: ' w ' })
  assert.deepEqual(await dweets.dweet(BEN, made.id), made)
  assert.deepEqual(made.author, { nick: 'ana', name: 'ANA' })
  assert.deepEqual([made.mentions, made.tags, made.warning], [['ben'], ['Uno', 'dos'], 'w'])
  assert.equal(Date.parse(made.createdAt), world.partitions.timeMs)
  assert.equal((await dweets.profile(BEN, 'ANA')).dweets, 1)
  assert.equal(world.rows(TAGS_TABLE, tagPk('uno')).length, 0)
  world.deliver()
  assert.equal(world.rows(TAGS_TABLE, tagPk('uno')).length, 1)
  assert.equal(notes(world, 'ben'), 1)
})

test('ids rise, also within a millisecond', async () => {
  const { dweets } = begin()
  const ids: string[] = []
  for (let i = 0; i < 20; i++) ids.push((await dweets.publish(ANA, { text: `${i}` })).id)
  assert.deepEqual(ids.toSorted(compareIds), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('a request that comes again is answered as before, whatever became of it', async () => {
  const { dweets, world } = begin()
  const above = await dweets.publish(BEN, { text: 'above' })
  const again = { retry: { key: 'k', request: 'r' } }
  const dweet = { text: 'one #tag', replyTo: above.id }
  const made = await dweets.publish(ANA, dweet, again)
  await dweets.remove(BEN, above.id)
  await dweets.remove(ANA, made.id)
  world.deliver()
  assert.deepEqual(await dweets.publish(ANA, { text: 'one #tag' }, again), made)
  assert.deepEqual((await dweets.publish(ANA, dweet, again)).id, made.id)
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 0)
  await refuses(dweets.publish(ANA, dweet, { retry: { key: 'k', request: 's' } }), 'RETRY_MISMATCH')
})

test('bad texts, and answers to what is not there, change nothing', async () => {
  const { dweets } = begin()
  await refuses(dweets.publish(ANA, { text: ' ' }), 'DWEET_EMPTY')
  await refuses(dweets.publish(ANA, { text: 'a'.repeat(226) }), 'DWEET_TOO_LONG')
  await refuses(dweets.publish(ANA, { text: '\u001b[2J' }), 'DWEET_UNFIT')
  await refuses(dweets.publish(ANA, { text: 'a', warning: 'a\nb' }), 'WARNING_UNFIT')
  for (const replyTo of ['1', '0', 'x', '-1', '9'.repeat(32), '9'.repeat(64)]) {
    await refuses(dweets.publish(ANA, { text: 'a', replyTo }), 'DWEET_GONE')
    await refuses(dweets.dweet(ANA, replyTo), 'DWEET_GONE')
  }
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 0)
  await refuses(dweets.publish(dweeter('gone'), { text: 'a' }), 'NO_USER')
})

test('sixty publications in ten minutes, and then the wait is told', async () => {
  const { dweets, world } = begin()
  const again = { retry: { key: 'k', request: 'r' } }
  const { id } = await dweets.publish(BEN, { text: 'b' })
  for (let i = 1; i < DWEETS_PER_PERIOD; i++) await dweets.publish(ANA, { text: 'a' })
  await dweets.redweet(ANA, id)
  world.pass(DWEETS_PERIOD_MS - 90_000)
  await assert.rejects(dweets.publish(ANA, { text: 'a' }, again), { details: { minutes: 2 } })
  assert.equal((await dweets.redweet(ANA, id)).of?.id, id, 'done again it is none more')
  world.pass(90_000)
  assert.equal((await dweets.publish(ANA, { text: 'a' }, again)).text, 'a')
})

test('a dweet for followers is seen by them, by whom it mentions, and by nobody else', async () => {
  const { dweets, world } = begin('eve')
  await dweets.follow(BEN, 'ana', {})
  world.deliver()
  const { id } = await dweets.publish(ANA, { text: 'for @eve', visibility: 'followers' })
  for (const who of [ANA, BEN, dweeter('eve')]) assert.equal((await dweets.dweet(who, id)).id, id)
  await refuses(dweets.dweet(EVA, id), 'DWEET_GONE')
  await refuses(dweets.like(EVA, id, true), 'DWEET_GONE')
  await refuses(dweets.publish(EVA, { text: 'a', replyTo: id }), 'DWEET_GONE')
  await refuses(dweets.history(EVA, id), 'DWEET_GONE')
  await refuses(dweets.thread(EVA, id), 'DWEET_GONE')
  await refuses(dweets.redweet(BEN, id), 'FORBIDDEN')
  await dweets.unfollow(BEN, 'ana')
  await refuses(dweets.dweet(BEN, id), 'DWEET_GONE')
})

test('an edit keeps what was, moves tags, and tells those who are new in it', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'one @ben #old', warning: 'w' })
  world.pass(1_000)
  const edited = await dweets.edit(ANA, id, { text: 'two @ben @eva #new', warning: '' })
  assert.deepEqual(await dweets.edit(ANA, id, { text: 'two @ben @eva #new' }), edited)
  world.deliver()
  assert.deepEqual(
    [edited.text, edited.warning, edited.tags],
    ['two @ben @eva #new', undefined, ['new']],
  )
  assert.deepEqual(await dweets.dweet(BEN, id), edited)
  const { items } = await dweets.history(BEN, id)
  assert.deepEqual(
    items.map(({ text, warning }) => [text, warning]),
    [
      ['two @ben @eva #new', undefined],
      ['one @ben #old', 'w'],
    ],
  )
  assert.equal(items[0]?.writtenAt, edited.editedAt)
  assert.deepEqual([notes(world, 'ben'), notes(world, 'eva')], [1, 1])
  assert.equal(world.rows(TAGS_TABLE, tagPk('old')).length, 0)
  assert.equal(world.rows(TAGS_TABLE, tagPk('new')).length, 1)
  await refuses(dweets.edit(BEN, id, { text: 'b' }), 'FORBIDDEN')
  await refuses(dweets.edit(MODERATOR, id, { text: 'b' }), 'FORBIDDEN')
  for (let i = 1; i < EDITS_MAX; i++) await dweets.edit(ANA, id, { text: `edit ${i}` })
  await refuses(dweets.edit(ANA, id, { text: 'once more' }), 'EDITS_FULL')
  assert.equal((await dweets.history(ANA, id)).items.length, EDITS_MAX + 1)
})

test('a redweet is one however often, points at the original, and outlives it', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  const first = await dweets.redweet(BEN, id)
  assert.deepEqual([first.of?.redweets, first.of?.mine.redweeted], [1, true])
  world.deliver()
  assert.equal((await dweets.redweet(BEN, id)).id, first.id)
  const second = await dweets.redweet(EVA, first.id)
  assert.equal(second.of?.id, id)
  world.deliver()
  assert.equal((await dweets.dweet(ANA, first.id)).redweets, 2)
  assert.equal(notes(world, 'ana'), 2)
  await dweets.unredweet(BEN, first.id)
  await dweets.unredweet(BEN, first.id)
  world.deliver()
  assert.equal((await dweets.dweet(ANA, id)).redweets, 1)
  assert.equal(notes(world, 'ana'), 1)
  await dweets.remove(ANA, id)
  world.deliver()
  await refuses(dweets.redweet(BEN, id), 'DWEET_GONE')
  assert.equal((await dweets.profile(ANA, 'eva')).dweets, 1)
  await dweets.unredweet(EVA, id)
  assert.equal((await dweets.profile(ANA, 'eva')).dweets, 0)
})

test('a redweet of what is not for one any more stays in one’s own list, and is taken back', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  const mine = await dweets.redweet(BEN, id)
  world.deliver()
  await dweets.block(ANA, 'ben', true)
  world.deliver()
  const listOf = async (who: typeof BEN) =>
    (await dweets.publicationsOf(who, 'ben', { limit: 9 })).items
  const [own] = await listOf(BEN)
  assert.ok(own?.kind === 'redweet' && own.of === null && own.isHidden === true)
  assert.ok(!('isRemovedByModerators' in own))
  assert.equal((await listOf(EVA)).length, 1)
  assert.equal((await listOf(ANA)).length, 0)
  assert.equal(await dweets.unredweet(EVA, mine.id), false)
  assert.equal(await dweets.unredweet(BEN, mine.id), true)
  assert.equal(await dweets.unredweet(BEN, mine.id), false)
  world.deliver()
  assert.deepEqual(await listOf(BEN), [])
  assert.equal((await dweets.dweet(EVA, id)).redweets, 0)
})

test('a like counts once for each who likes, and is taken back with what told of it', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  const told = await dweets.like(BEN, id, true)
  assert.deepEqual([told.likes, told.mine.liked], [1, true])
  for (let i = 0; i < 9; i++) await dweets.like(BEN, id, i % 2 === 1)
  await dweets.like(BEN, id, true)
  assert.equal((await dweets.like(EVA, id, true)).likes, 1)
  world.deliver()
  assert.equal((await dweets.dweet(EVA, id)).likes, 2)
  assert.equal(notes(world, 'ana'), 2)
  assert.equal((await dweets.like(BEN, id, false)).likes, 1)
  world.deliver()
  assert.equal((await dweets.dweet(EVA, id)).likes, 1)
  assert.equal(notes(world, 'ana'), 1)
  assert.equal((await dweets.bookmark(EVA, id, true)).mine.bookmarked, true)
  assert.equal((await dweets.bookmark(EVA, id, false)).mine.bookmarked, false)
  await dweets.like(ANA, id, true)
  world.deliver()
  assert.equal(notes(world, 'ana'), 1, 'nobody is told of what they did themselves')
})

test('a like that is said a thousand times is written once', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  await dweets.like(BEN, id, true)
  const { partition } = world.partitions.machine(partitionOfNick('ben'))
  const { appliedIndex } = partition
  for (let i = 0; i < 1_000; i++) await dweets.like(BEN, id, true)
  assert.equal(partition.appliedIndex, appliedIndex)
})

test('a like of a dweet that is deleted meanwhile leaves nothing', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  await dweets.like(BEN, id, true)
  await dweets.remove(ANA, id)
  world.deliver()
  assert.equal(world.rows(USERS_TABLE, userPk('ben'), ownPrefix('ben', 'like')).length, 0)
  assert.equal(notes(world, 'ana'), 0)
})

test('what is deleted goes with all that tells of it; others may not, moderators may', async () => {
  const { dweets, world } = begin()
  const above = await dweets.publish(BEN, { text: 'above' })
  const { id } = await dweets.publish(ANA, { text: 'a #tag', replyTo: above.id })
  await dweets.edit(ANA, id, { text: 'b #tag' })
  await dweets.like(EVA, id, true)
  await dweets.redweet(EVA, id)
  await dweets.publish(EVA, { text: 'below', replyTo: id })
  world.deliver()
  assert.deepEqual([(await dweets.dweet(EVA, above.id)).replies, notes(world, 'ben')], [1, 1])
  await refuses(dweets.remove(EVA, id), 'FORBIDDEN')
  await dweets.remove(MODERATOR, id)
  await dweets.remove(ANA, id)
  world.deliver()
  await refuses(dweets.dweet(ANA, id), 'DWEET_REMOVED')
  assert.deepEqual([(await dweets.dweet(EVA, above.id)).replies, notes(world, 'ben')], [0, 0])
  assert.equal(world.rows(TAGS_TABLE, tagPk('tag')).length, 0)
  for (const prefix of ['edit/', 'l/', 'r/', 'a/', 'd/']) {
    assert.equal(world.rows(USERS_TABLE, userPk('ana'), prefix).length, 0, prefix)
  }
  assert.equal(world.rows(USERS_TABLE, userPk('eva'), 'eva/like/').length, 0)
  await dweets.remove(ANA, 'no id')
})

test('a thread shows what is above, and answers with theirs behind them', async () => {
  const { dweets, world } = begin()
  const say = async (who: typeof ANA, text: string, replyTo?: string) => {
    world.pass(1)
    const { id } = await dweets.publish(who, replyTo === undefined ? { text } : { text, replyTo })
    world.deliver()
    return id
  }
  const top = await say(ANA, 'top')
  const one = await say(BEN, 'one', top)
  const two = await say(EVA, 'two', top)
  const oneOne = await say(ANA, 'one.one', one)
  const thread = await dweets.thread(ANA, top)
  assert.deepEqual(
    thread.below.map(({ text }) => text),
    ['one', 'one.one', 'two'],
  )
  const deep = await dweets.thread(ANA, oneOne)
  assert.deepEqual(
    deep.above.map((dweet) => dweet?.text),
    ['top', 'one'],
  )
  await dweets.remove(BEN, one)
  world.deliver()
  assert.deepEqual((await dweets.thread(ANA, oneOne)).above, [null])
  assert.deepEqual(
    (await dweets.thread(ANA, top)).below.map(({ id }) => id),
    [two],
  )
  const hidden = { text: 'hidden', replyTo: top, visibility: 'followers' as const }
  await dweets.publish(BEN, hidden)
  world.deliver()
  assert.deepEqual(
    (await dweets.thread(ANA, top)).below.map(({ text }) => text),
    ['two'],
  )
  await dweets.block(ANA, 'eva', true)
  assert.deepEqual((await dweets.thread(ANA, top)).below, [])
})

test('over a block a redweet shows nothing, whoever wrote what it shows', async () => {
  const { dweets, world } = begin('leo')
  const { id } = await dweets.publish(EVA, { text: 'a' })
  const redweet = await dweets.redweet(BEN, id)
  await dweets.block(BEN, 'ana', true)
  world.deliver()
  await refuses(dweets.dweet(ANA, redweet.id), 'DWEET_GONE')
  assert.equal((await dweets.dweet(ANA, id)).id, id)
  await dweets.block(EVA, 'leo', true)
  world.deliver()
  await refuses(dweets.dweet(dweeter('leo'), redweet.id), 'DWEET_GONE')
})

test('of a thousand and one notifications the oldest goes, and all go in time', async () => {
  const { dweets, world } = begin()
  const input = { nick: 'ana', by: 'ben' }
  const tell = (id: number) =>
    world.store.call(partitionOfNick('ana'), mention, { ...input, id: String(id) })
  for (let id = 1; id <= NOTIFICATIONS_MAX; id++) await tell(id)
  const oldest = world.rows(USERS_TABLE, userPk('ana'), ownPrefix('ana', 'note'))[0]?.sk
  assert.equal(notes(world, 'ana'), NOTIFICATIONS_MAX)
  await tell(NOTIFICATIONS_MAX + 1)
  const left = world.rows(USERS_TABLE, userPk('ana'), ownPrefix('ana', 'note'))
  assert.deepEqual([left.length, left.some(({ sk }) => sk === oldest)], [NOTIFICATIONS_MAX, false])
  world.pass(NOTIFICATIONS_KEPT_MS)
  await dweets.changeProfile(ANA, { bio: 'time is logged' })
  assert.equal(notes(world, 'ana'), 0)
})

test('the head changes with all that others see, and with nothing else', async () => {
  const { dweets, world } = begin()
  const head = async () => (await world.store.get(headKey('ana')))?.etag.index
  let before = await head()
  const changes = async (work: Promise<unknown>, isSeen: boolean, what: string) => {
    await work
    world.deliver()
    const after = await head()
    assert.equal(after !== before, isSeen, what)
    before = after
  }
  const made = dweets.publish(ANA, { text: 'a' })
  await changes(made, true, 'publish')
  const { id } = await made
  await changes(dweets.edit(ANA, id, { text: 'b' }), true, 'edit')
  await changes(dweets.edit(ANA, id, { text: 'b' }), false, 'the same again')
  await changes(dweets.like(BEN, id, true), true, 'like')
  await changes(dweets.like(BEN, id, true), false, 'like again')
  await changes(dweets.redweet(BEN, id), true, 'redweet')
  await changes(dweets.publish(BEN, { text: 'c', replyTo: id }), true, 'answer')
  await changes(dweets.bookmark(BEN, id, true), false, 'bookmark')
  await changes(dweets.follow(BEN, 'ana', {}), false, 'follow')
  await changes(dweets.changeProfile(ANA, { bio: 'x' }), false, 'bio')
  await changes(dweets.remove(ANA, id), true, 'remove')
})

test('with an account goes all that it wrote and did', async () => {
  const { dweets, world } = begin()
  const kept = await dweets.publish(BEN, { text: 'kept' })
  for (let i = 0; i < 25; i++) await dweets.publish(ANA, { text: `${i} #tag`, replyTo: kept.id })
  await dweets.like(ANA, kept.id, true)
  await dweets.redweet(ANA, kept.id)
  await dweets.follow(ANA, 'ben', {})
  await dweets.follow(EVA, 'ana', {})
  await dweets.block(ANA, 'eva', true)
  await dweets.changeProfile(ANA, { bio: 'x' })
  world.deliver()
  world.leave('ana')
  await dweets.follow(BEN, 'eva', {})
  world.deliver()
  const { likes, redweets, replies } = await dweets.dweet(BEN, kept.id)
  assert.deepEqual([likes, redweets, replies], [0, 0, 0])
  const { followers } = await dweets.profile(BEN, 'ben')
  assert.deepEqual([followers, (await dweets.profile(EVA, 'eva')).following], [0, 0])
  const left = world.rows(USERS_TABLE, userPk('ana')).map(({ sk }) => sk)
  assert.deepEqual(left, ['last'])
  assert.equal(world.rows(TAGS_TABLE, tagPk('tag')).length, 0)
  assert.equal(world.rows(USERS_TABLE, userPk('eva'), 'eva/blocked/').length, 0)
})

test('what the store refuses reaches who asked', async () => {
  const { dweets, world } = begin()
  world.failing = new AnilloError('STORE_UNAVAILABLE', { what: 'the store' })
  await refuses(dweets.publish(ANA, { text: 'a' }), 'STORE_UNAVAILABLE')
  await refuses(dweets.profile(ANA, 'ben'), 'STORE_UNAVAILABLE')
})

test('two nicks whose hashes begin alike have each their own', async () => {
  const [one, two] = [dweeter('ukvn4'), dweeter('utyyc')]
  assert.equal(userPk(one.nick), userPk(two.nick))
  const { dweets, world } = begin(one.nick, two.nick)
  const made = [one, two, one, two].map((who, i) => dweets.publish(who, { text: `${i} @ukvn4` }))
  const all = await Promise.all(made)
  assert.equal(new Set(all.map(({ id }) => id)).size, 4)
  await dweets.follow(one, two.nick, {})
  await dweets.like(one, present(all[1], 'of two').id, true)
  world.deliver()
  assert.deepEqual([notes(world, one.nick), notes(world, two.nick)], [2, 2])
  assert.equal((await dweets.profile(ANA, two.nick)).dweets, 2)
  await refuses(dweets.edit(one, present(all[1], 'of two').id, { text: 'x' }), 'FORBIDDEN')
  world.leave(one.nick)
  world.deliver()
  await refuses(dweets.dweet(ANA, present(all[0], 'of one').id), 'DWEET_GONE')
  const { author, likes } = await dweets.dweet(ANA, present(all[1], 'of two').id)
  assert.deepEqual([author.nick, likes], [two.nick, 0])
  const { dweets: count, followers } = await dweets.profile(ANA, two.nick)
  assert.deepEqual([count, followers], [2, 0])
})

test('a message that a recovery brings back changes nothing', async () => {
  const { dweets, world } = begin()
  const { id } = await dweets.publish(ANA, { text: 'a' })
  await dweets.like(BEN, id, true)
  world.deliver()
  const place = present(placeOfPublicId(id), 'place')
  const input = { kind: 'like' as const, ...place, by: 'ben', isThere: true }
  await world.store.call(partitionOfNick('ana'), reactTo, input)
  assert.equal((await dweets.dweet(EVA, id)).likes, 1)
  assert.equal(notes(world, 'ana'), 1)
  const told = { nick: 'ana', by: 'ben', isThere: false }
  await world.store.call(partitionOfNick('ana'), followed, told)
  assert.equal((await dweets.profile(EVA, 'ana')).followers, 0)
})
