import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import type { Enrolled, Partition, ReplicaMove, Ring } from '../wire/api.ts'
import { enrolledAs } from '../wire/member.test-helper.ts'
import { emptyingText, memberNamed, riskLines } from './member-lines.ts'
import { storeLines } from './store-lines.ts'

const plain = (_colour: string, text: string): string => text

function enrolled(name: string, more: Partial<Enrolled> = {}): Enrolled {
  return enrolledAs(name, { holds: 1, ...more })
}

function partition(more: Partial<Partition> = {}): Partition {
  const voters = ['a-id', 'b-id', 'c-id']
  return { id: 0, leader: 'a-id', voters, learners: [], margin: 1, moves: [], ...more }
}

function move(more: Partial<ReplicaMove> = {}): ReplicaMove {
  return {
    kind: 'drain',
    to: 'b-id',
    from: 'a-id',
    waitsFor: { kind: 'copying', member: 'b-id', entriesLeft: 7 },
    sinceMs: 1_000,
    doneInMs: 4_000,
    bytesCopied: null,
    ...more,
  }
}

function ringOf(members: readonly Enrolled[], partitions: readonly Partition[]): Ring {
  return {
    ringId: '0123456789',
    self: 'a',
    members: [],
    partitions: [...partitions],
    mayFail: 1,
    enrolled: [...members],
  }
}

const ABC = ['a', 'b', 'c'].map((name) => enrolled(name))

test('memberNamed() takes names and ids, and prefers who is still in the ring', () => {
  const old = enrolled('a', { id: 'old-id', state: 'removed' })
  const ring = ringOf([old, ...ABC], [])
  assert.equal(memberNamed(ring, 'a').id, 'a-id')
  assert.equal(memberNamed(ring, 'old-id'), old)
  assert.throws(
    () => memberNamed(ring, 'z'),
    (thrown) => isAnilloError(thrown, 'NOT_FOUND') && /there are a, b, c/.test(thrown.message),
  )
  const twin = enrolled('a', { id: 'twin-id' })
  assert.throws(
    () => memberNamed(ringOf([...ABC, twin], []), 'a'),
    (thrown) => isAnilloError(thrown, 'USAGE') && thrown.message.includes('twin-id'),
  )
})

test('riskLines() tells what is lost, what stops, and what is left with one copy', () => {
  const down = (name: string): Enrolled => enrolled(name, { isUp: false })
  const [a, b, c] = ABC
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  const at = (members: readonly Enrolled[], more: Partial<Partition> = {}): readonly string[] =>
    riskLines(ringOf(members, [partition(more)]), a)
  assert.deepEqual(at([a, b, c]), [])
  assert.match(at([a, b, down('c')]).join(), /^1 partition could not be changed/)
  assert.match(at([a, down('b'), down('c')]).join(), /^1 partition would be lost/)
  assert.match(at([a, b], { voters: ['b-id'], learners: ['a-id'] }).join(), /one copy$/)
  assert.deepEqual(at([a, b, c], { voters: ['b-id', 'c-id'] }), [])
})

test('emptyingText() counts what a member still holds, and says what that waits for', () => {
  const busy = partition({ moves: [move(), move({ waitsFor: null })] })
  assert.equal(
    emptyingText(ringOf(ABC, [busy]), { id: 'a-id', name: 'a' }),
    'a still holds 1 partition of 1; 1 wait until b has copied, 1 are made just now',
  )
  const empty = ringOf([enrolled('a', { holds: 0 })], [partition()])
  assert.equal(emptyingText(empty, { id: 'a-id', name: 'a' }), 'a holds nothing any more')
})

test('storeLines() names members whose clock differs by what a person would notice', () => {
  const tell = (clockOffMs: number): string => {
    const members = [enrolled('a'), enrolled('b', { clockOffMs })]
    return storeLines(ringOf(members, [partition()]), plain).join('\n')
  }
  assert.match(tell(1_200_400), /^the clock of b is 1200 s ahead of the one here$/m)
  assert.match(tell(-3_000), /^the clock of b is 3 s behind the one here$/m)
  assert.doesNotMatch(tell(1_900), /clock/)
})

test('storeLines() tells of chunks only where copies are missing or damage is not healed', () => {
  const lines = (chunks: Ring['chunks']): string =>
    storeLines({ ...ringOf(ABC, [partition()]), ...(chunks && { chunks }) }, plain).join(' ')
  const care = { bytesLeft: 0, doneInMs: null, damaged: 2, healed: 2 }
  assert.equal(lines(care), lines(undefined))
  assert.match(lines({ ...care, bytesLeft: 2_048 }), /chunks: 2(\.0)? KiB of copies to be made/)
  assert.match(lines({ ...care, bytesLeft: 1, doneInMs: 61_000 }), /to be made; done in 61 s/)
  assert.match(lines({ ...care, healed: 1 }), /1 damaged chunk not healed as yet/)
  assert.match(lines({ ...care, lost: 3 }), /3 chunks lost: no member has a copy/)
  assert.doesNotMatch(lines({ ...care, lost: 0 }), /lost/)
})

test('storeLines() says how many may fail, who is down, what is at risk and what moves', () => {
  assert.deepEqual(storeLines(ringOf(ABC, []), plain), [])
  assert.deepEqual(storeLines(ringOf(ABC, [partition()]), plain), [
    '',
    '1 more member may fail now',
  ])
  const one = { ...ringOf(ABC, [partition()]), mayFail: 0, isOnOneMachine: true }
  assert.match(storeLines(one, plain)[1] ?? '', /^no member may fail now; one machine/)
  const weak = ringOf(
    [...ABC.slice(1), enrolled('a', { isUp: false })],
    [partition({ margin: 0, moves: [move(), move({ bytesCopied: 2_048 })] })],
  )
  assert.deepEqual(storeLines(weak, plain).slice(2), [
    'a (a:1) is down; it holds 1 of 1',
    '1 partition at risk: a partition bears no further failure',
    'drain: 2 moves; 2 wait until b has copied; 2.0 KiB copied; copies done in 4 s',
  ])
  const full = ringOf([...ABC.slice(1), enrolled('a', { isDiskFull: true })], [partition()])
  assert.equal(
    storeLines(full, plain)[2],
    'a (a:1): its disk is nearly full; writes to the 1 partition that it holds are refused, deletes work',
  )
  const stopped = ringOf(ABC, [partition({ leader: '', margin: -1 }), partition()])
  assert.match(storeLines(stopped, plain)[1] ?? '', /^1 partition of 2 cannot be read or changed/)
  const leaderless = ringOf(ABC, [partition({ leader: '' }), partition()])
  assert.match(storeLines(leaderless, plain)[1] ?? '', /^1 partition of 2 without a leader/)
})

test('storeLines() has words for every wait', () => {
  const kinds = ['grace', 'stability', 'repairs', 'incoming', 'down', 'noMember', 'change', 'pair']
  for (const kind of [...kinds, 'move', 'chunks', 'margin']) {
    const waiting = move({ waitsFor: { kind, member: 'b-id', leftMs: 1_000 }, doneInMs: null })
    const text = storeLines(ringOf(ABC, [partition({ moves: [waiting] })]), plain).join(' ')
    assert.ok(!text.includes(`(${kind})`), text)
  }
})

test('storeLines() tells the longest of waits that differ by their time alone', () => {
  const moves = [26_000, 27_000, 25_000].map((leftMs) =>
    move({ kind: 'balance', waitsFor: { kind: 'stability', leftMs }, doneInMs: null }),
  )
  const waiting = storeLines(ringOf(ABC, [partition({ moves })]), plain).join('\n')
  assert.match(waiting, /balance: 3 moves; 3 wait until the ring has been still, 27 s more$/m)
})

test('storeLines() names the coordinator, and whether it may plan', () => {
  const ring = ringOf(ABC, [partition()])
  const lastOf = (coordinator: NonNullable<Ring['coordinator']> | null): string | undefined =>
    storeLines({ ...ring, coordinator }, plain).at(-1)
  assert.equal(lastOf(null), 'a coordinator is being elected')
  assert.equal(lastOf({ id: 'x', isLeased: true }), 'x coordinates upkeep')
  const listed = { ...ring, enrolled: [enrolled('n9', { id: 'y' })] }
  const coordinator = { id: 'y', isLeased: true }
  assert.equal(storeLines({ ...listed, coordinator }, plain).at(-1), 'n9 coordinates upkeep')
  assert.equal(lastOf({ id: 'x', isLeased: false }), 'x coordinates upkeep, without a lease as yet')
})
