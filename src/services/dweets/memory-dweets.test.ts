/** The microblog in memory behaves as `Dweets` says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { Publication } from '../../wire/api-dweets.ts'
import { MemoryDweets } from './memory-dweets.test-helper.ts'
import type { Dweeter } from './types.ts'

const [ANA, BEN, EVA] = ['ana', 'ben', 'eva'].map((nick) => ({ nick, isModerator: false })) as [
  Dweeter,
  Dweeter,
  Dweeter,
]
const PAGE = { limit: 20 }

function world() {
  const clock = new ManualClock()
  const joinedAt = new Date(clock.wallMs()).toISOString()
  const dweets = new MemoryDweets({
    clock,
    personOf: (nick) =>
      ['ana', 'ben', 'eva'].includes(nick)
        ? { nick, name: nick.toUpperCase(), joinedAt }
        : undefined,
  })
  return { clock, dweets }
}

function textsOf(publications: readonly Publication[]): (string | null)[] {
  return publications.map((one) => (one.kind === 'dweet' ? one.text : (one.of?.text ?? null)))
}

async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (thrown) => isAnilloError(thrown, code))
}

test('what is new comes once it is not acknowledged, unseen first, then older', async () => {
  const { dweets } = world()
  for (let n = 1; n <= 23; n++) await dweets.publish(BEN, { text: `old ${n}` })
  await dweets.follow(ANA, 'ben', {})
  assert.equal((await dweets.fresh(ANA, 5)).unseen, 20)
  await dweets.catchUp(ANA)
  await dweets.publish(BEN, { text: 'one' })
  await dweets.publish(BEN, { text: 'two' })
  const first = await dweets.fresh(ANA, 1)
  assert.deepEqual([textsOf(first.dweets), first.unseen], [['one'], 2])
  assert.deepEqual(await dweets.fresh(ANA, 1), first)
  await dweets.acknowledge(ANA, first.token)
  const second = await dweets.fresh(ANA, 5)
  assert.deepEqual([textsOf(second.dweets), second.unseen], [['two'], 1])
  await dweets.acknowledge(ANA, second.token)
  await dweets.acknowledge(ANA, first.token)
  const older = await dweets.fresh(ANA, 2)
  assert.deepEqual([textsOf(older.dweets), older.unseen], [['old 2', 'old 1'], 0])
  await dweets.acknowledge(ANA, older.token)
  assert.deepEqual((await dweets.fresh(ANA, 2)).dweets, [])
})

test('a redweet is one, of the original, and is shown without it once it is deleted', async () => {
  const { dweets } = world()
  const { id } = await dweets.publish(BEN, { text: 'hola' })
  const one = await dweets.redweet(ANA, id)
  assert.deepEqual(await dweets.redweet(ANA, id), one)
  const two = await dweets.redweet(EVA, one.id)
  assert.equal(two.of?.id, id)
  assert.equal((await dweets.dweet(BEN, id)).redweets, 2)
  await dweets.remove(BEN, id)
  assert.deepEqual(textsOf((await dweets.publicationsOf(ANA, 'ana', PAGE)).items), [null])
  await refused(dweets.redweet(BEN, id), 'DWEET_GONE')
  await dweets.unredweet(ANA, id)
  assert.deepEqual((await dweets.publicationsOf(ANA, 'ana', PAGE)).items, [])
})

test('a dweet for followers is for them, and for whom it mentions', async () => {
  const { dweets } = world()
  const { id } = await dweets.publish(BEN, { text: 'to @eva', visibility: 'followers' })
  await refused(dweets.dweet(ANA, id), 'DWEET_GONE')
  assert.deepEqual((await dweets.dweet(EVA, id)).mentions, ['eva'])
  await refused(dweets.redweet(EVA, id), 'FORBIDDEN')
  await dweets.follow(ANA, 'ben', {})
  assert.equal((await dweets.dweet(ANA, id)).text, 'to @eva')
  await dweets.block(BEN, 'ana', true)
  await refused(dweets.dweet(ANA, id), 'DWEET_GONE')
  await refused(dweets.follow(ANA, 'ben', {}), 'FORBIDDEN')
})

test('a request sent again is answered as before, under its key alone', async () => {
  const { dweets } = world()
  const retry = { key: 'k', request: 'r' }
  const one = await dweets.publish(ANA, { text: 'hi' }, { retry })
  assert.deepEqual(await dweets.publish(ANA, { text: 'hi' }, { retry }), one)
  await refused(
    dweets.publish(ANA, { text: 'ho' }, { retry: { ...retry, request: 's' } }),
    'RETRY_MISMATCH',
  )
  assert.equal((await dweets.publicationsOf(ANA, 'ana', PAGE)).items.length, 1)
})

test('texts are kept with those that were there before', async () => {
  const { clock, dweets } = world()
  const { id } = await dweets.publish(ANA, { text: 'one', warning: 'w' })
  clock.advance(1_000)
  const two = await dweets.edit(ANA, id, { text: 'two #b', warning: '' })
  assert.deepEqual([two.text, two.warning, two.tags], ['two #b', undefined, ['b']])
  const { items } = await dweets.history(BEN, id)
  assert.deepEqual(
    items.map(({ text, warning }) => [text, warning]),
    [
      ['two #b', undefined],
      ['one', 'w'],
    ],
  )
  await refused(dweets.edit(BEN, id, { text: 'three' }), 'FORBIDDEN')
  await refused(dweets.remove(BEN, id), 'FORBIDDEN')
  await dweets.remove({ ...BEN, isModerator: true }, id)
  await refused(dweets.dweet(ANA, id), 'DWEET_REMOVED')
})

test('a thread shows what is above, also in the place of what is gone, and all below', async () => {
  const { dweets } = world()
  const one = await dweets.publish(ANA, { text: 'one' })
  const two = await dweets.publish(BEN, { text: 'two', replyTo: one.id })
  const three = await dweets.publish(EVA, { text: 'three', replyTo: two.id })
  await dweets.publish(ANA, { text: 'four', replyTo: three.id })
  await dweets.remove(ANA, one.id)
  const { above, below, dweet } = await dweets.thread(ANA, two.id)
  assert.deepEqual([above, dweet.text, textsOf(below)], [[null], 'two', ['three', 'four']])
  const { items } = await dweets.notifications(ANA, PAGE)
  assert.deepEqual(
    items.map(({ by, kind }) => [kind, by.nick]),
    [['reply', 'ben']],
  )
})

test('events are of those one follows, and what one is told', async () => {
  const { dweets } = world()
  await dweets.follow(ANA, 'ben', {})
  const stop = new AbortController()
  const events = dweets.events(ANA, stop.signal)[Symbol.asyncIterator]()
  await dweets.publish(EVA, { text: 'unheard' })
  const { id } = await dweets.publish(BEN, { text: 'hi @ana' })
  await dweets.edit(BEN, id, { text: 'ho @ana' })
  await dweets.remove(BEN, id)
  const kinds: string[] = []
  for (let n = 0; n < 4; n++) kinds.push((await events.next()).value?.kind ?? 'none')
  assert.deepEqual(kinds, ['published', 'notified', 'edited', 'deleted'])
  stop.abort()
  assert.equal((await events.next()).done, true)
})

test('as many dweets as there may be, then later ones', async () => {
  const { clock, dweets } = world()
  for (let n = 0; n < 60; n++) await dweets.publish(ANA, { text: `${n}` })
  await refused(dweets.publish(ANA, { text: 'more' }), 'SLOW_DOWN')
  clock.advance(600_000)
  await dweets.publish(ANA, { text: 'more' })
  const seen: (string | null)[] = []
  for (let cursor: string | undefined; ;) {
    const page = await dweets.publicationsOf(BEN, 'ana', { limit: 7, ...(cursor && { cursor }) })
    seen.push(...textsOf(page.items))
    cursor = page.cursor
    if (cursor === undefined) break
  }
  assert.deepEqual([seen.length, new Set(seen).size, seen[0]], [61, 61, 'more'])
})
