import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DAY_MS } from '../../../base/limits.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ANA, BEN, dweeter, DweetWorld } from '../dweet-world.test-helper.ts'
import { RingDweets } from '../dweets.ts'
import { RETENTION_TABLE } from '../places.ts'
import { exported } from './carried.test-helper.ts'
import { expireAll } from './expiring.ts'
import { RingOwnData } from './own-data.ts'

const PAGE = { limit: 40 }
const SIGNAL = new AbortController().signal

function begin() {
  const world = new DweetWorld('ana', 'ben')
  const parts = {
    store: world.store,
    people: world.people,
    clock: { wallMs: () => world.partitions.timeMs },
    dweetsPerPeriod: 10_000,
  }
  const dweets = new RingDweets({ ...parts, clock: new ManualClock() })
  return {
    world,
    dweets,
    data: new RingOwnData(parts),
    publish: async (text: string) => (await dweets.publish(ANA, { text })).id,
    expire: async () => {
      const count = await expireAll(parts, SIGNAL)
      world.deliver()
      return count
    },
    texts: async (who = ANA) => {
      const { items } = await dweets.publicationsOf(who, who.nick, PAGE)
      return items.map((one) => (one.kind === 'dweet' ? one.text : 'redweet'))
    },
  }
}

test('nothing is deleted where nobody asked for it, and what is younger stays', async () => {
  const { data, expire, publish, texts, world } = begin()
  await publish('old')
  world.pass(400 * DAY_MS)
  assert.deepEqual([await expire(), await data.retention(ANA)], [0, undefined])
  await publish('young')
  await data.retain(ANA, { afterDays: 30 })
  assert.equal(await expire(), 1)
  assert.deepEqual(await texts(), ['young'])
  world.pass(30 * DAY_MS)
  assert.equal(await expire(), 0, 'it is as old as it may be')
  world.pass(1)
  assert.equal(await expire(), 1)
  assert.deepEqual(await data.retention(ANA), {
    afterDays: 30,
    keepLiked: false,
    keepBookmarked: false,
  })
})

test('what is liked, kept, or thought much of stays, as the rule says', async () => {
  const { data, dweets, expire, publish, texts, world } = begin()
  const { id: theirs } = await dweets.publish(BEN, { text: 'theirs' })
  const ids = new Map<string, string>()
  for (const text of ['liked', 'kept', 'famous', 'redweeted', 'plain']) {
    ids.set(text, await publish(text))
  }
  const of = (text: string): string => ids.get(text) ?? assert.fail(text)
  await dweets.redweet(ANA, theirs)
  await dweets.like(ANA, of('liked'), true)
  await dweets.bookmark(ANA, of('kept'), true)
  await dweets.like(BEN, of('famous'), true)
  await dweets.redweet(BEN, of('redweeted'))
  world.deliver()
  world.pass(2 * DAY_MS)
  const rule = { afterDays: 1, keepLiked: true, keepBookmarked: true, keepLikes: 1 }
  await data.retain(ANA, { ...rule, keepRedweets: 1 })
  assert.equal(await expire(), 2)
  assert.deepEqual(await texts(), ['redweeted', 'famous', 'kept', 'liked'])
  await data.retain(ANA, { ...rule, keepLiked: false, keepBookmarked: false })
  assert.equal(await expire(), 2, 'a like of one’s own counts, too')
  assert.deepEqual(await texts(), ['famous', 'liked'])
  await data.retain(ANA, undefined)
  assert.deepEqual([await expire(), await data.retention(ANA)], [0, undefined])
  assert.equal((await dweets.dweet(BEN, theirs)).redweets, 0)
})

test('many go in turns, and a redweet that is kept for its original stays', async () => {
  const { data, dweets, expire, publish, texts, world } = begin()
  const { id } = await dweets.publish(BEN, { text: 'theirs' })
  await dweets.bookmark(ANA, id, true)
  await dweets.redweet(ANA, id)
  for (let n = 0; n < 450; n++) await publish(`n ${n}`)
  world.pass(10 * DAY_MS)
  await data.retain(ANA, { afterDays: 9, keepBookmarked: true })
  assert.equal(await expire(), 450)
  assert.deepEqual(await texts(), ['redweet'])
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 1)
})

test('the rule goes with the account, and is told in what is exported', async () => {
  const { data, world } = begin()
  await data.retain(ANA, { afterDays: 7, keepLikes: 3 })
  const manifest = JSON.parse((await exported(data, ANA)).get('anillo.json') ?? '')
  assert.deepEqual(manifest.settings.retention, {
    afterDays: 7,
    keepLikes: 3,
    keepLiked: false,
    keepBookmarked: false,
  })
  world.leave('ana')
  world.deliver()
  const left = world.rows(USERS_TABLE, userPk('ana')).map(({ sk }) => sk)
  assert.deepEqual(
    left.filter((sk) => sk !== 'last'),
    [],
  )
  assert.deepEqual(
    Array.from({ length: 64 }, (_, n) => world.rows(RETENTION_TABLE, String(n))).flat(),
    [],
  )
  await assert.rejects(data.retain(dweeter('ana'), { afterDays: 7 }))
})

test('all goes that there was, with what others did with it, and nothing that came later', async () => {
  const { data, dweets, publish, texts, world } = begin()
  const { id: theirs } = await dweets.publish(BEN, { text: 'theirs' })
  const first = await publish('first')
  for (let n = 0; n < 35; n++) await publish(`n ${n}`)
  await dweets.redweet(ANA, theirs)
  await dweets.like(BEN, first, true)
  await data.import(ANA, {
    items: [
      {
        kind: 'dweet',
        id: 'urn:x:1',
        createdAt: '2020-01-01T00:00:00Z',
        text: 'old',
        visibility: 'public',
      },
    ],
  })
  world.deliver()
  await data.clear(ANA)
  await publish('later')
  world.deliver()
  assert.deepEqual([await texts(), await texts(BEN)], [['later'], ['theirs']])
  const { dweets: count } = await dweets.profile(ANA, 'ana')
  assert.deepEqual([count, (await dweets.dweet(BEN, theirs)).redweets], [1, 0])
  await data.clear(dweeter('nobody'))
})
