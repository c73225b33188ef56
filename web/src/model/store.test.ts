import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Enrolled, Partition, ReplicaMove, Ring } from '../../../src/wire/api.ts'
import {
  borneBy,
  holdersOf,
  isStopped,
  isUnsettled,
  movesOf,
  partOf,
  safetyOf,
  standingOf,
} from './store.ts'

const FIVE = ['a', 'b', 'c', 'd', 'e']

function partition(changed: Partial<Partition> = {}): Partition {
  return { id: 0, leader: 'a', voters: FIVE, learners: [], margin: 2, moves: [], ...changed }
}

function enrolled(id: string, changed: Partial<Enrolled> = {}): Enrolled {
  const roles = ['entry', 'chord', 'tweeter'] as const
  const fixed = { id, name: `n-${id}`, address: 'x:1', host: id, roles: [...roles], holds: 1 }
  return { ...fixed, state: 'active', isLeaving: false, isUp: true, ...changed }
}

function ringOf(partitions: readonly Partition[], changed: Partial<Ring> = {}): Ring {
  return {
    ringId: 'r',
    self: 'a',
    members: [],
    partitions: [...partitions],
    mayFail: 2,
    enrolled: FIVE.map((id) => enrolled(id)),
    ...changed,
  }
}

const repair = (changed: Partial<ReplicaMove> = {}): ReplicaMove => ({
  kind: 'repair',
  to: 'f',
  from: 'e',
  waitsFor: null,
  sinceMs: 0,
  doneInMs: null,
  bytesCopied: null,
  ...changed,
})

test('standingOf() tells the worst of a partition first', () => {
  assert.equal(standingOf(partition()), 'steady')
  // Rings of two and of four keep a copy without a vote.
  assert.equal(standingOf(partition({ learners: ['f'] })), 'steady')
  assert.equal(standingOf(partition({ moves: [repair()] })), 'moving')
  assert.equal(standingOf(partition({ margin: 1, moves: [repair()] })), 'short')
  assert.equal(standingOf(partition({ margin: 1, leader: '' })), 'leaderless')
  assert.equal(standingOf(partition({ margin: -1, leader: '' })), 'stopped')
  assert.equal(standingOf(partition({ voters: ['a'], margin: 0 })), 'steady')
})

test('isStopped() is for a partition without a majority, not for one between two leaders', () => {
  assert.equal(isStopped(ringOf([partition(), partition({ leader: '' })])), false)
  assert.equal(isStopped(ringOf([partition(), partition({ margin: -1, leader: '' })])), true)
})

test('partOf() tells a leader from other voters, and learners from strangers', () => {
  const one = partition({ learners: ['f'] })
  assert.deepEqual(
    ['a', 'b', 'f', 'g'].map((id) => partOf(one, id)),
    ['leader', 'voter', 'learner', undefined],
  )
})

test('borneBy() is the failures that leave a majority', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(borneBy), [0, 0, 0, 1, 1, 2])
})

test('holdersOf() counts per member, numbers in names as numbers, leaves out who left', () => {
  const ring = ringOf([partition({ voters: ['a', 'b'], learners: ['c'] }), partition()], {
    enrolled: [
      enrolled('a', { name: 'n10' }),
      enrolled('b', { name: 'n2', isUp: false, isDiskFull: true }),
      enrolled('z', { state: 'removed' }),
      enrolled('y', { roles: ['entry'] }),
    ],
  })
  const told = holdersOf(ring).map(({ name, leads, votes, learns, isUp, hasDiskFull }) => {
    return [name, leads, votes, learns, isUp, hasDiskFull]
  })
  assert.deepEqual(told, [
    ['c', 0, 1, 1, false, false],
    ['d', 0, 1, 0, false, false],
    ['e', 0, 1, 0, false, false],
    ['n2', 0, 2, 0, false, true],
    ['n10', 2, 2, 0, true, false],
  ])
})

test('safetyOf() says how many may fail, and why no more', () => {
  assert.deepEqual(safetyOf(ringOf([partition()])), {
    verdict: { kind: 'mayFail', count: 2 },
    reasons: [],
  })
  const down = FIVE.map((id) => enrolled(id, { isUp: id !== 'e' }))
  assert.deepEqual(safetyOf(ringOf([partition({ margin: 1 })], { mayFail: 1, enrolled: down })), {
    verdict: { kind: 'mayFail', count: 1 },
    reasons: [
      { kind: 'down', names: ['n-e'] },
      { kind: 'short', count: 1 },
    ],
  })
  const three = ['a', 'b', 'c']
  const small = ringOf([partition({ voters: three, margin: 1 })], {
    mayFail: 1,
    enrolled: three.map((id) => enrolled(id)),
    isOnOneMachine: true,
  })
  assert.deepEqual(safetyOf(small).reasons, [{ kind: 'few', hosts: 3 }, { kind: 'oneMachine' }])
  const copies = ringOf([partition()], { mayFail: 1 })
  assert.deepEqual(safetyOf(copies).reasons, [{ kind: 'copies' }])
})

test('safetyOf() counts hosts that store: not who is emptied, and two on one host once', () => {
  const three = partition({ voters: ['a', 'b', 'c'], learners: ['d'], margin: 1 })
  const reasonsAt = (changed: Partial<Enrolled>): readonly object[] => {
    const members = FIVE.map((id) => enrolled(id, id === 'e' ? changed : {}))
    return safetyOf(ringOf([three], { mayFail: 1, enrolled: members })).reasons
  }
  assert.deepEqual(reasonsAt({ state: 'draining' }), [{ kind: 'few', hosts: 4 }])
  assert.deepEqual(reasonsAt({ host: 'd' }), [{ kind: 'few', hosts: 4 }])
  // Five stand there, and the groups are still on their way to them.
  assert.deepEqual(reasonsAt({}), [{ kind: 'growing', count: 1 }])
})

test('safetyOf() promises nothing while a partition has no majority or no leader', () => {
  const leaderless = partition({ leader: '' })
  const stopped = partition({ leader: '', margin: -1 })
  assert.deepEqual(safetyOf(ringOf([partition(), leaderless])).verdict, {
    kind: 'leaderless',
    count: 1,
    of: 2,
  })
  assert.deepEqual(safetyOf(ringOf([leaderless, stopped, stopped])).verdict, {
    kind: 'stopped',
    count: 2,
    of: 3,
  })
})

test('movesOf() puts moves of one way together, repairs first, the longest wait of a kind', () => {
  const grace = (leftMs: number): ReplicaMove =>
    repair({ to: null, waitsFor: { kind: 'grace', member: 'e', leftMs } })
  const balance = repair({ kind: 'balance', waitsFor: { kind: 'repairs' } })
  const copying = { kind: 'copying', member: 'f' }
  const ring = ringOf([
    partition({ id: 1, moves: [balance] }),
    partition({ id: 2, moves: [grace(5)] }),
    partition({ id: 3, moves: [grace(9)] }),
    partition({ id: 4, moves: [repair({ bytesCopied: 10, doneInMs: 7, waitsFor: copying })] }),
    partition({ id: 5, moves: [repair({ bytesCopied: 5, doneInMs: 3 })] }),
  ])
  const told = movesOf(ring).map(({ kind, to, partitions, bytesCopied, doneInMs, waits }) => {
    const waited = waits.map(({ count, waitsFor }) => [count, waitsFor?.kind, waitsFor?.leftMs])
    return { kind, to, partitions, bytesCopied, doneInMs, waited }
  })
  const none = { bytesCopied: 0, doneInMs: undefined }
  assert.deepEqual(told, [
    { kind: 'repair', to: null, partitions: [2, 3], ...none, waited: [[2, 'grace', 9]] },
    {
      kind: 'repair',
      to: 'f',
      partitions: [4, 5],
      bytesCopied: 15,
      doneInMs: 7,
      waited: [
        [1, 'copying', undefined],
        [1, undefined, undefined],
      ],
    },
    { kind: 'balance', to: 'f', partitions: [1], ...none, waited: [[1, 'repairs', undefined]] },
  ])
})

test('isUnsettled() is told by any partition that is not steady', () => {
  assert.equal(isUnsettled(undefined), false)
  assert.equal(isUnsettled(ringOf([partition()])), false)
  assert.equal(isUnsettled(ringOf([partition(), partition({ margin: 1 })])), true)
})
