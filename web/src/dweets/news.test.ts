import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { NewDweets, Publication } from '../../../src/wire/api-dweets.ts'
import { News } from './news.ts'

const PAGE = 2

/** A ring with dweets `1`, `2`, ... of which the first `seen` are acknowledged. */
class FakeRing {
  count = 0
  seen = 0
  trouble: Error | undefined
  readonly tokens: string[] = []

  readonly fresh = async (): Promise<NewDweets> => {
    const unseen = this.count - this.seen
    const from = unseen === 0 ? 0 : this.seen
    const dweets = Array.from({ length: Math.min(PAGE, this.count - from) }, (_, index) =>
      dweet(String(from + index + 1)),
    )
    return { dweets, unseen, token: String(from + dweets.length), incomplete: [] }
  }
  readonly acknowledge = async (token: string): Promise<void> => {
    if (this.trouble !== undefined) throw this.trouble
    this.tokens.push(token)
    this.seen = Math.max(this.seen, Number(token))
  }
  readonly catchUp = async (): Promise<void> => {
    this.seen = this.count
  }
}

function dweet(id: string): Publication {
  const author = { nick: 'ben', name: 'Ben' }
  return { kind: 'redweet', id, author, createdAt: '2026-11-22T00:00:00.000Z', of: null }
}

function begin() {
  const ring = new FakeRing()
  const news = new News(ring)
  const shown = (): string => (news.state.get()?.shown ?? []).map(({ id }) => id).join(' ')
  return { ring, news, shown }
}

test('an answer counts as seen once all of it was on the screen; then come the next', async () => {
  const { news, ring, shown } = begin()
  ring.count = 5
  await news.ask()
  assert.equal(shown(), '1 2')
  assert.deepEqual([news.state.get()?.unseen, news.state.get()?.hasMore], [5, true])
  await news.seen('1')
  assert.deepEqual(ring.tokens, [])
  assert.equal(news.state.get()?.unseen, 4)
  await news.seen('2')
  assert.deepEqual(ring.tokens, ['2'])
  assert.equal(shown(), '1 2 3 4')
  await news.seen('4')
  await news.seen('3')
  await news.seen('5')
  assert.deepEqual([ring.tokens, shown()], [['2', '4', '5'], '1 2 3 4 5'])
  assert.deepEqual([news.state.get()?.unseen, news.state.get()?.hasMore], [0, false])
})

test('what comes meanwhile is added behind, each once; older ones are not for here', async () => {
  const { news, ring, shown } = begin()
  ring.count = 3
  ring.seen = 3
  await news.ask()
  assert.equal(shown(), '')
  ring.count = 4
  await news.ask()
  ring.count = 5
  await Promise.all([news.ask(), news.ask()])
  assert.equal(shown(), '4 5')
  await news.seen('4')
  await news.seen('5')
  assert.equal(ring.seen, 5)
  assert.equal(shown(), '4 5')
})

test('what the ring could not be told is told with the next question', async () => {
  const { news, ring, shown } = begin()
  ring.count = 1
  await news.ask()
  ring.trouble = new Error('away')
  await assert.rejects(news.seen('1'), /away/)
  ring.trouble = undefined
  ring.count = 2
  await news.ask()
  assert.deepEqual([ring.tokens, shown()], [['1'], '1 2'])
})

test('catchUp() leaves nothing unseen, and what follows is new', async () => {
  const { news, ring, shown } = begin()
  ring.count = 9
  await news.ask()
  await news.catchUp()
  assert.equal(news.state.get()?.unseen, 0)
  ring.count = 10
  await news.ask()
  assert.equal(shown(), '1 2 10')
})
