import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isOnOneMachine, marginOf, mayFail } from './may-fail.ts'
import { idOf } from './model.test-helper.ts'
import { majorityOf, seatsOf } from './voters.ts'

const ALL = { isLive: () => true, chunkCopies: undefined }

test('seatsOf gives odd numbers of voters, and five from five hosts on', () => {
  const seats = [0, 1, 2, 3, 4, 5, 6, 60].map((hosts) => seatsOf(hosts))
  assert.deepEqual(
    seats.map(({ voters, learners }) => [voters, learners]),
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [3, 0],
      [3, 1],
      [5, 0],
      [5, 0],
      [5, 0],
    ],
  )
})

test('mayFail is 0, 0, 1, 1, 2 in rings of one to five', () => {
  const found = [1, 2, 3, 4, 5].map((size) => {
    const voters = Array.from({ length: seatsOf(size).voters }, (_, i) => idOf(i))
    return mayFail({ ...ALL, configurations: [{ voters, learners: [] }] })
  })
  assert.deepEqual(found, [0, 0, 1, 1, 2])
})

test('mayFail is the least over groups, and counts who is down', () => {
  const voters = [1, 2, 3, 4, 5].map(idOf)
  const configurations = [
    { voters, learners: [] },
    { voters: [6, 7, 8, 9, 10].map(idOf), learners: [] },
  ]
  const isLive = (id: string): boolean => id !== idOf(1)
  assert.equal(mayFail({ ...ALL, configurations, isLive }), 1)
})

test('mayFail counts copies of chunks, and is 0 where a majority is lost', () => {
  const configurations = [{ voters: [1, 2, 3, 4, 5].map(idOf), learners: [] }]
  assert.equal(mayFail({ ...ALL, configurations, chunkCopies: 2 }), 1)
  assert.equal(mayFail({ ...ALL, configurations, isLive: () => false }), 0)
  assert.equal(mayFail({ ...ALL, configurations: [] }), 0)
})

test('marginOf is the worse of both halves of a joint configuration', () => {
  const outgoing = [1, 2, 3].map(idOf)
  const voters = [3, 4, 5].map(idOf)
  const isLive = (id: string): boolean => id !== idOf(1) && id !== idOf(2)
  assert.equal(marginOf({ voters, outgoing }, isLive), 1 - majorityOf(3))
})

test('isOnOneMachine tells hosts of addresses apart, not ports', () => {
  assert.equal(isOnOneMachine(['127.0.0.1:9300', '127.0.0.1:9301']), true)
  assert.equal(isOnOneMachine(['10.0.0.1:9300', '10.0.0.2:9300']), false)
  assert.equal(isOnOneMachine(['[fd00::1]:9300', '[fd00::2]:9300']), false)
})
