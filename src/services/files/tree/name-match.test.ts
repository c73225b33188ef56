import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { byRank, foundCursor, rankOf, readFoundCursor, readNameQuery } from './name-match.ts'

test('rankOf() prefers the name itself, then its beginning, then its words', () => {
  const rank = (name: string, above = '/'): number | undefined =>
    rankOf(readNameQuery('Summer plán'), name, above)
  assert.equal(rank('summer plan'), 4)
  assert.equal(rank('Súmmer Plan.TXT'), 4)
  assert.equal(rank('summer plans of all.txt'), 3)
  assert.equal(rank('plan for summer'), 2)
  assert.equal(rank('midsummer-plan'), 1)
  assert.equal(rank('plan', '/lab/summer'), 0)
  assert.equal(rank('other', '/lab/summer/plan'), undefined, 'no word is in the name')
  assert.equal(rank('summer'), undefined)
})

test('readNameQuery() refuses what has no words, or too many', () => {
  for (const text of ['', '  \t', Array.from({ length: 17 }, (_, i) => `w${i}`).join(' ')]) {
    assert.throws(
      () => readNameQuery(text),
      (thrown) => isAnilloError(thrown, 'BAD_REQUEST'),
    )
  }
})

test('a cursor tells its place again, and what is none is refused', () => {
  const ranked = fc.record({
    rank: fc.integer({ min: 0, max: 4 }),
    modifiedMs: fc.integer({ min: 0, max: 8.64e15 }),
    id: fc.stringMatching(/^[0-9a-f]{32}$/),
  })
  fc.assert(
    fc.property(ranked, ranked, (one, other) => {
      assert.deepEqual(readFoundCursor(foundCursor(one)), { ...one })
      assert.equal(Math.sign(byRank(one, other)), -Math.sign(byRank(other, one)) || 0)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.throws(
        () => readFoundCursor(`x${text}`),
        (thrown) => isAnilloError(thrown, 'BAD_REQUEST'),
      )
    }),
  )
})
