import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SeededChance } from '../base/random.ts'
import { ALL_PARTITIONS, partitionIdOf, type PartitionId } from '../wire/partition.ts'
import type { Beat, BeatAnswer } from '../wire/raft.ts'
import { Beats } from './beats.ts'
import { memberId } from './member.test-helper.ts'

const LEADER = memberId(1)
const FOLLOWER = memberId(2)
const OTHER = memberId(3)
const [A, B] = [partitionIdOf(1), partitionIdOf(2)]

/** A leader and a follower, and what the one says to the other. */
class Couple {
  readonly leader = new Beats({ chance: new SeededChance(1) })
  readonly follower = new Beats({ chance: new SeededChance(2) })
  nowMs = 0

  constructor(...groups: readonly PartitionId[]) {
    for (const group of groups) {
      this.lead(group, 1)
      this.follower.holds(group, 1)
    }
  }

  lead(group: PartitionId, term: number, commit = 0): void {
    this.leader.lead(group, term, { followers: [FOLLOWER], commit })
  }

  send(): Beat {
    this.nowMs += 100
    const [first] = this.leader.next(this.nowMs)
    assert.ok(first !== undefined && first.to === FOLLOWER)
    return first.beat
  }

  receive(beat: Beat): BeatAnswer {
    return this.follower.received(LEADER, beat, this.nowMs).answer
  }

  round(): BeatAnswer {
    const answer = this.receive(this.send())
    this.leader.answered(FOLLOWER, answer)
    return answer
  }

  confirmed(group: PartitionId, term = 1): number {
    const round = this.leader.confirmedRound(FOLLOWER, group, term)
    return round === 0 ? 0 : this.leader.lastRound - round + 1
  }

  heardAtMs(group: PartitionId, term = 1): number {
    return this.follower.heardAtMs(LEADER, group, term)
  }
}

test('Beats.next() names the groups until they are answered for, and then only their number', () => {
  const couple = new Couple(A, B)
  const first = couple.send()
  assert.deepEqual(first.groups, [
    { group: A, term: 1 },
    { group: B, term: 1 },
  ])
  assert.equal(couple.send().list, first.list)
  couple.round()
  assert.equal(couple.send().groups, undefined)
})

test('Beats.answered() confirms a round for every group of the list', () => {
  const couple = new Couple(A, B)
  assert.equal(couple.confirmed(A), 0)
  couple.round()
  assert.deepEqual([couple.confirmed(A), couple.confirmed(B)], [1, 1])
  assert.equal(couple.leader.confirmedAtMs(FOLLOWER, A, 1), 100)
  assert.deepEqual([couple.heardAtMs(A), couple.heardAtMs(B)], [100, 100])
})

test('Beats confirm nothing for another term, another group, another member', () => {
  const couple = new Couple(A)
  couple.round()
  assert.equal(couple.confirmed(A, 2), 0)
  assert.equal(couple.confirmed(B), 0)
  assert.equal(couple.leader.confirmedRound(OTHER, A, 1), 0)
  assert.equal(couple.heardAtMs(A, 2), -Infinity)
  assert.equal(couple.follower.heardAtMs(OTHER, A, 1), -Infinity)
})

test('a group that moves to another term is excepted, and keeps what was confirmed before', () => {
  const couple = new Couple(A, B)
  couple.round()
  couple.follower.holds(A, 2)
  assert.deepEqual(couple.round().except, [A])
  assert.deepEqual([couple.confirmed(A), couple.confirmed(B)], [2, 1])
  couple.round()
  assert.deepEqual([couple.confirmed(A), couple.confirmed(B)], [3, 1])
})

test('a group that this member has not, or no more, is excepted', () => {
  const couple = new Couple(A)
  couple.lead(B, 1)
  assert.deepEqual(couple.round().except, [B])
  assert.equal(couple.confirmed(B), 0)
  couple.follower.holds(B, 1)
  assert.deepEqual(couple.round().except, [])
  assert.equal(couple.confirmed(B), 1)
  couple.follower.releases(B)
  assert.deepEqual(couple.round().except, [B])
})

test('an excepted group learns of its leader with each beat, until one has taken the term', () => {
  const couple = new Couple(A)
  couple.round()
  couple.follower.holds(A, 2)
  for (let i = 0; i < 3; i++) {
    const { commits } = couple.follower.received(LEADER, couple.send(), 0)
    assert.deepEqual(commits, [{ group: A, term: 1, index: 0 }])
  }
  couple.follower.releases(A)
  assert.deepEqual(couple.follower.received(LEADER, couple.send(), 0).commits, [])
})

test('an answer for a list before a group stood in it confirms nothing for that group', () => {
  const couple = new Couple(A)
  couple.round()
  const answer = couple.receive(couple.send())
  couple.follower.holds(B, 1)
  couple.lead(B, 1)
  couple.leader.answered(FOLLOWER, answer)
  assert.deepEqual([couple.confirmed(A), couple.confirmed(B)], [1, 0])
  couple.round()
  assert.equal(couple.confirmed(B), 1)
})

test('a group that is led in a later term begins unconfirmed', () => {
  const couple = new Couple(A)
  couple.round()
  couple.lead(A, 2)
  assert.deepEqual([couple.confirmed(A, 1), couple.confirmed(A, 2)], [0, 0])
  couple.follower.holds(A, 2)
  couple.round()
  assert.equal(couple.confirmed(A, 2), 1)
})

test('a follower that was restarted confirms nothing by the number of a list', () => {
  const couple = new Couple(A)
  couple.round()
  const restarted = new Beats({ chance: new SeededChance(3) })
  restarted.holds(A, 1)
  const { answer } = restarted.received(LEADER, couple.send(), couple.nowMs)
  assert.equal(answer.isUnknown, true)
  assert.equal(couple.leader.answered(FOLLOWER, answer), false)
  assert.equal(couple.confirmed(A), 2)
  assert.deepEqual(couple.send().groups, [{ group: A, term: 1 }])
})

test('answers meant for a leader before its restart confirm nothing', () => {
  const couple = new Couple(A)
  const answer = couple.receive(couple.send())
  const restarted = new Beats({ chance: new SeededChance(4) })
  restarted.lead(A, 1, { followers: [FOLLOWER], commit: 0 })
  for (let i = 0; i < 10; i++) restarted.next(i)
  assert.equal(restarted.answered(FOLLOWER, answer), false)
  assert.equal(restarted.confirmedRound(FOLLOWER, A, 1), 0)
})

test('an answer that comes late, or twice, or for a round that was never sent, changes nothing', () => {
  const couple = new Couple(A)
  const late = couple.receive(couple.send())
  const answer = couple.round()
  assert.equal(couple.leader.answered(FOLLOWER, late), false)
  assert.equal(couple.leader.answered(FOLLOWER, answer), false)
  assert.equal(couple.leader.answered(FOLLOWER, { ...answer, round: answer.round + 1 }), false)
  assert.equal(couple.leader.answered(OTHER, answer), false)
  assert.equal(couple.confirmed(A), 1)
})

test('commit indexes are told until a beat that told them is answered', () => {
  const couple = new Couple(A, B)
  couple.round()
  couple.leader.committed(A, 5)
  assert.deepEqual(couple.send().commits, [[A, 5]])
  assert.deepEqual(couple.send().commits, [[A, 5]])
  const beat = couple.send()
  couple.leader.committed(A, 6)
  couple.leader.answered(FOLLOWER, couple.receive(beat))
  const next = couple.send()
  assert.deepEqual(next.commits, [[A, 6]])
  const { commits } = couple.follower.received(LEADER, next, 0)
  assert.deepEqual(commits, [{ group: A, term: 1, index: 6 }])
  couple.round()
  assert.deepEqual(couple.send().commits, [])
})

test('Beats.lead() of a term that it leads tells how far is committed (store, seed 5 of five)', () => {
  const couple = new Couple(A)
  couple.round()
  couple.lead(A, 1, 5)
  couple.leader.committed(A, 5)
  assert.deepEqual(couple.send().commits, [[A, 5]])
  couple.round()
  couple.lead(A, 1, 4)
  assert.deepEqual(couple.send().commits, [])
})

test('a follower that does not know the list is told every commit index', () => {
  const couple = new Couple(A, B)
  couple.leader.committed(A, 5)
  couple.round()
  const unknown = { round: couple.leader.lastRound, isUnknown: true, except: [] }
  couple.leader.answered(FOLLOWER, { ...unknown, list: couple.send().list })
  assert.deepEqual(couple.send().commits, [
    [A, 5],
    [B, 0],
  ])
})

test('Beats.unlead() ends what the follower hears of the group', () => {
  const couple = new Couple(A, B)
  couple.round()
  couple.leader.unlead(A)
  assert.deepEqual(couple.send().groups, [{ group: B, term: 1 }])
  couple.round()
  assert.equal(couple.heardAtMs(A), -Infinity)
  couple.leader.unlead(B)
  assert.deepEqual(couple.leader.next(1_000), [])
})

test('Beats.lead() with the same followers changes nothing', () => {
  const couple = new Couple(A)
  couple.round()
  couple.lead(A, 1)
  assert.equal(couple.send().groups, undefined)
  assert.equal(couple.confirmed(A), 2)
})

test('a beat for 64 groups has no more in it than one for a single group', () => {
  const couple = new Couple(...ALL_PARTITIONS)
  couple.round()
  const beat = couple.send()
  assert.deepEqual(Object.keys(beat).toSorted(), ['commits', 'list', 'round'])
  assert.deepEqual(beat.commits, [])
  const { answer, commits } = couple.follower.received(LEADER, beat, 0)
  assert.deepEqual([answer.except, commits], [[], []])
})

test('Beats.next() lets answers wait to which nobody looks forward, and that tell nothing', () => {
  const couple = new Couple(A)
  const next = (isAwaited: boolean) => couple.leader.next(couple.nowMs, isAwaited)[0]?.beat.canWait
  assert.equal(next(false), undefined, 'the list is told')
  couple.round()
  assert.equal(next(false), true)
  assert.equal(next(true), undefined)
  couple.leader.committed(A, 5)
  assert.equal(next(false), undefined, 'a commit index is told')
})

test('Beats.renewed() takes back what no longer holds when an answer leaves', () => {
  const couple = new Couple(A, B)
  couple.round()
  const answer = couple.receive(couple.send())
  assert.equal(couple.follower.renewed(LEADER, answer), answer)
  couple.follower.holds(A, 2)
  const renewed = couple.follower.renewed(LEADER, answer)
  assert.deepEqual(renewed.except, [A])
  couple.leader.answered(FOLLOWER, renewed)
  assert.deepEqual([couple.confirmed(A), couple.confirmed(B)], [2, 1])
})
