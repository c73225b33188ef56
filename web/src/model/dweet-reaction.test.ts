import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Dweet } from '../../../src/wire/api-dweets.ts'
import { withOwnCounts, withRedweet } from './dweet-reaction.ts'

const MINE = { liked: false, redweeted: false, bookmarked: false }
const DWEET: Dweet = {
  kind: 'dweet',
  id: '1',
  author: { nick: 'ben', name: 'Ben' },
  createdAt: '2026-11-22T00:00:00.000Z',
  text: 'hi',
  visibility: 'public',
  mentions: [],
  tags: [],
  replies: 0,
  redweets: 3,
  likes: 2,
  mine: MINE,
}
const LIKED: Dweet = { ...DWEET, mine: { ...MINE, liked: true } }

test('a like counts at once for who gave it, and once where the ring counted it already', () => {
  assert.equal(withOwnCounts(LIKED, DWEET).likes, 3)
  assert.equal(withOwnCounts({ ...LIKED, likes: 3 }, DWEET).likes, 3)
  assert.equal(withOwnCounts({ ...LIKED, likes: 9 }, DWEET).likes, 9)
  assert.equal(withOwnCounts(DWEET, LIKED).likes, 1)
  assert.equal(withOwnCounts(LIKED, LIKED).likes, 2)
  assert.equal(withOwnCounts({ ...DWEET, likes: 0 }, { ...LIKED, likes: 0 }).likes, 0)
})

test('a redweet counts at once, and no more when it is taken back', () => {
  const redweeted = withRedweet(DWEET, true)
  assert.deepEqual([redweeted.redweets, redweeted.mine.redweeted], [4, true])
  assert.deepEqual(withRedweet(redweeted, false), DWEET)
})
