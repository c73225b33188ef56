import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import type { MemberId } from '../base/ids.ts'
import type { Configuration } from '../wire/raft.ts'
import { memberId } from './member.test-helper.ts'
import { isAlone, isMajority, reachedByMajority } from './quorum.ts'

const members = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 })
const configurations: fc.Arbitrary<Configuration> = fc
  .record({ voters: members, outgoing: fc.option(members, { nil: undefined }) })
  .map(({ voters, outgoing }) => ({
    voters: voters.map(memberId),
    learners: [],
    ...(outgoing === undefined ? {} : { outgoing: outgoing.map(memberId) }),
  }))
const numbers = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 9, maxLength: 9 })

/** More than half, counted. */
function most(voters: readonly MemberId[], has: (voter: MemberId) => boolean): boolean {
  return 2 * voters.filter(has).length > voters.length
}

test('reachedByMajority() is the greatest number that most of both parts have reached', () => {
  fc.assert(
    fc.property(configurations, numbers, (configuration, reached) => {
      const at = (voter: MemberId): number => reached[Number.parseInt(voter, 16) - 1] ?? 0
      const { voters, outgoing = voters } = configuration
      const hasReached = (value: number): boolean =>
        most(voters, (voter) => at(voter) >= value) && most(outgoing, (voter) => at(voter) >= value)
      const found = reachedByMajority(configuration, at)
      assert.ok(hasReached(found))
      assert.ok(!hasReached(found + 1))
    }),
  )
})

test('two majorities of one configuration share a voter', () => {
  fc.assert(
    fc.property(configurations, numbers, (configuration, draws) => {
      const isIn = (voter: MemberId): boolean => (draws[Number.parseInt(voter, 16) - 1] ?? 0) > 10
      const both = isMajority(configuration, isIn) && isMajority(configuration, (v) => !isIn(v))
      assert.equal(both, false)
    }),
  )
})

test('isAlone() is for the only voter, outside of a change', () => {
  const [self, other] = [memberId(1), memberId(2)]
  assert.ok(isAlone({ voters: [self], learners: [other] }, self))
  assert.ok(!isAlone({ voters: [self, other], learners: [] }, self))
  assert.ok(!isAlone({ voters: [self], learners: [], outgoing: [self, other] }, self))
  assert.ok(!isAlone({ voters: [other], learners: [] }, self))
})
