import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { MemberId } from '../../base/ids.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import { memberIdOf } from '../local-ring.test-helper.ts'
import { neededFor } from './needed.ts'

/** Members called by a letter each. */
const idOf = (letter: string): MemberId => memberIdOf(letter.charCodeAt(0))
const ids = (letters: string): readonly MemberId[] => Array.from(letters, idOf)
const LETTERS = 'abcdef'

function needed(configuration: Configuration | undefined, lost: string) {
  return neededFor(partitionIdOf(3), {
    self: idOf('a'),
    peers: { isLost: (id) => ids(lost).includes(id) },
    router: {
      whereabouts: (group) =>
        configuration && { group, configuration, index: 1, term: 1, leader: undefined },
    },
    nameOf: (id) => LETTERS.split('').find((letter) => idOf(letter) === id) ?? '?',
  })
}

test('neededFor() tells a majority of the voters, and who of them is lost', () => {
  const five = { voters: ids('abcde'), learners: ids('f') }
  assert.deepEqual(needed(five, 'bf'), {
    hasMajority: true,
    problem: 'it needs 3 of a, b, c, d, e; not reached: b',
  })
  assert.equal(needed(five, 'bcd').hasMajority, false)
})

test('neededFor() never takes the asking member for lost', () => {
  assert.equal(needed({ voters: ids('abc'), learners: [] }, 'ab').hasMajority, true)
})

test('neededFor() wants both majorities of a joint configuration', () => {
  const joint = { voters: ids('abc'), outgoing: ids('cde'), learners: [] }
  assert.deepEqual(needed(joint, 'de'), {
    hasMajority: false,
    problem: 'it needs 2 of a, b, c, and 2 of c, d, e; not reached: d, e',
  })
  assert.equal(needed(joint, 'be').hasMajority, true)
})

test('neededFor() lets a group be looked for of which nobody knows yet', () => {
  assert.deepEqual(needed(undefined, ''), {
    hasMajority: true,
    problem: 'no member knows where it is',
  })
})
