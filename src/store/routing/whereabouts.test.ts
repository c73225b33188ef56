import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { ALL_PARTITIONS, partitionIdOf } from '../../wire/partition.ts'
import { memberIdOf } from '../local-ring.test-helper.ts'
import type { Whereabouts } from '../placement/types.ts'
import { decodeWhereabouts, encodeWhereabouts } from './whereabouts-codec.ts'
import { askingOrder, holdersOf, WhereaboutsTable } from './whereabouts-table.ts'

const GROUP = partitionIdOf(5)
const [A, B, C, D] = [1, 2, 3, 4].map(memberIdOf) as [Member, Member, Member, Member]
type Member = ReturnType<typeof memberIdOf>

function row(more: Partial<Whereabouts> = {}): Whereabouts {
  const configuration = { voters: [A, B, C], learners: [D] }
  return { group: GROUP, term: 3, index: 10, leader: A, configuration, ...more }
}

test('learn() keeps what is newer, by term, then index, then a leader that was not known', () => {
  const table = new WhereaboutsTable()
  assert.equal(table.learn(row()), true)
  const older = [{ term: 2, index: 99 }, { index: 9 }, {}, { leader: B }, { leader: undefined }]
  for (const more of older) assert.equal(table.learn(row(more)), false, JSON.stringify(more))
  assert.deepEqual(table.get(GROUP), row())
  table.doubt(GROUP, A)
  assert.equal(table.get(GROUP)?.leader, undefined)
  assert.equal(table.learn(row({ leader: B })), true)
  assert.equal(table.learn(row({ index: 11, leader: undefined })), true)
  assert.equal(table.learn(row({ term: 4, index: 1 })), true)
})

test('hint() and doubt() move the leader alone; doubt() of another changes nothing', () => {
  const table = new WhereaboutsTable()
  table.hint(GROUP, A)
  assert.equal(table.get(GROUP), undefined)
  table.learn(row())
  table.doubt(GROUP, B)
  assert.equal(table.get(GROUP)?.leader, A)
  table.hint(GROUP, C)
  assert.deepEqual(table.get(GROUP), row({ leader: C }))
})

test('learnOwn() counts unless a later term is known', () => {
  const table = new WhereaboutsTable()
  table.learn(row({ index: 50 }))
  table.learnOwn(row({ leader: undefined }))
  assert.equal(table.get(GROUP)?.leader, undefined)
  table.learn(row({ term: 9, leader: B }))
  table.learnOwn(row({ term: 8 }))
  assert.equal(table.get(GROUP)?.leader, B)
})

test('the leader is asked first, voters of a joint configuration all, learners for reads alone', () => {
  const configuration = { voters: [B, C], learners: [D], outgoing: [A, B] }
  const joint = row({ leader: C, configuration })
  assert.deepEqual(askingOrder(joint), [C, B, A])
  assert.deepEqual(holdersOf(joint), [C, B, A, D])
  assert.deepEqual(askingOrder(row({ leader: undefined })), [A, B, C])
})

const member = fc.nat(20).map((number) => memberIdOf(number + 1))
const members = fc.array(member, { maxLength: 5 })
const rows = fc.uniqueArray(
  fc.record({
    group: fc.constantFrom(...ALL_PARTITIONS),
    term: fc.nat(),
    index: fc.nat(),
    leader: fc.option(member, { nil: undefined }),
    configuration: fc.oneof(
      fc.record({ voters: members, learners: members }),
      fc.record({
        voters: members,
        learners: members,
        outgoing: fc.array(member, { minLength: 1, maxLength: 5 }),
      }),
    ),
  }),
  { selector: ({ group }) => group },
)

test('decodeWhereabouts() gives back what encodeWhereabouts() took, and refuses the rest', () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.nat(255), (list, at, byte) => {
      const bytes = encodeWhereabouts(list)
      assert.deepEqual(structuredClone(decodeWhereabouts(bytes)), structuredClone(list))
      for (let length = 0; length < bytes.length; length += 1 + (length >> 3)) {
        assert.equal(decodeWhereabouts(bytes.subarray(0, length)), undefined)
      }
      const bent = bytes.slice()
      bent[at % bent.length] = byte
      decodeWhereabouts(bent)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      decodeWhereabouts(noise)
    }),
  )
})

test('64 groups on five members are about a kilobyte; more members than numbers are left out', () => {
  const five = [1, 2, 3, 4, 5].map(memberIdOf)
  const configuration = { voters: five, learners: [] }
  const all = ALL_PARTITIONS.map((group) => row({ group, index: 1_000_000, configuration }))
  assert.ok(encodeWhereabouts(all).length < 1_200)
  const crowd = ALL_PARTITIONS.map((group) => {
    const voters = [1, 2, 3, 4, 5].map((i) => memberIdOf(group * 5 + i))
    return row({ group, leader: undefined, configuration: { voters, learners: [] } })
  })
  const told = decodeWhereabouts(encodeWhereabouts(crowd))
  assert.equal(told?.length, 51)
  assert.deepEqual(told, crowd.slice(0, 51))
})
