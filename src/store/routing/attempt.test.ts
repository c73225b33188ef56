import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SeededChance } from '../../base/random.ts'
import { memberIdOf } from '../local-ring.test-helper.ts'
import { Attempt, type NextStep } from './attempt.ts'
import {
  finalCode,
  HINTS_IN_ROW_MAX,
  pauseMs,
  ROUND_PAUSE_MAX_MS,
  ROUND_PAUSE_MIN_MS,
  STEPS,
  type Ended,
  type FailureCode,
} from './retry.ts'

const [A, B, C] = [memberIdOf(1), memberIdOf(2), memberIdOf(3)]
const ALL = [A, B, C]

/** Who follows A among A, B and C, and what is told at the end if nothing else happened. */
const EXPECTED: Readonly<Record<Ended, readonly [NextStep['kind'], FailureCode]>> = {
  notLeader: ['ask', 'STORE_UNAVAILABLE'],
  notMember: ['ask', 'STORE_UNAVAILABLE'],
  unreachable: ['ask', 'STORE_UNAVAILABLE'],
  busy: ['pause', 'BUSY'],
  full: ['fail', 'DISK_FULL'],
  malformed: ['fail', 'BAD_REQUEST'],
  lost: ['ask', 'OUTCOME_UNKNOWN'],
  timeout: ['ask', 'OUTCOME_UNKNOWN'],
}

const endings = Object.keys(EXPECTED) as readonly Ended[]

function after(attempt: Attempt, how: Ended, at = A, hint?: typeof A): NextStep {
  return attempt.next(ALL, { at, how, hint })
}

for (const how of endings) {
  test(`after “${how}” the next step and the last word are those of the table`, () => {
    const attempt = new Attempt()
    const [kind, code] = EXPECTED[how]
    const step = after(attempt, how)
    assert.equal(step.kind, kind)
    if (step.kind === 'ask') assert.equal(step.member, B)
    assert.equal(attempt.code, code)
  })
}

test('once a sending may have been applied, nothing makes it “not carried out”', () => {
  for (const first of endings.filter((how) => STEPS[how].mayBeApplied)) {
    for (const then of endings) {
      const attempt = new Attempt()
      after(attempt, first)
      after(attempt, then, B)
      assert.equal(attempt.code, 'OUTCOME_UNKNOWN', `${first}, ${then}`)
    }
  }
})

test('a round asks each member once, then pauses; the next one begins with the first', () => {
  const attempt = new Attempt()
  assert.deepEqual(after(attempt, 'notLeader', A), { kind: 'ask', member: B })
  assert.deepEqual(after(attempt, 'unreachable', B), { kind: 'ask', member: C })
  assert.deepEqual(after(attempt, 'notLeader', C), { kind: 'pause', rounds: 1, isLost: false })
  assert.deepEqual(attempt.first(ALL), { kind: 'ask', member: A })
})

test('a hint is followed at once, but not in circles', () => {
  const attempt = new Attempt()
  let at = A
  let hints = 0
  for (let step = after(attempt, 'notLeader', at, B); step.kind === 'ask' && hints < 50; hints++) {
    at = step.member
    step = after(attempt, 'notLeader', at, at === A ? B : A)
    if (step.kind === 'ask' && step.member === C) break
  }
  assert.equal(hints, HINTS_IN_ROW_MAX - 1)
})

test('a member that names itself, or nobody, is no hint', () => {
  const attempt = new Attempt()
  assert.deepEqual(after(attempt, 'notLeader', A, A), { kind: 'ask', member: B })
})

test('others are asked where the group is when it was not there, and every third round', () => {
  const attempt = new Attempt()
  const round = (how: Ended): NextStep => {
    for (const at of [A, B]) after(attempt, how, at)
    return after(attempt, how, C)
  }
  const lost = (step: NextStep): boolean => step.kind === 'pause' && step.isLost
  const rounds = (['notMember', 'notLeader', 'notLeader', 'notLeader'] as const).map(round)
  assert.deepEqual(rounds.map(lost), [true, false, true, false])
})

test('nobody to ask at all is a pause, and STORE_UNAVAILABLE at the end', () => {
  const attempt = new Attempt()
  assert.equal(attempt.first([]).kind, 'pause')
  assert.equal(attempt.code, 'STORE_UNAVAILABLE')
  assert.equal(finalCode(undefined, true), 'OUTCOME_UNKNOWN')
})

test('pauses grow to their bound, and are not in step', () => {
  const chance = new SeededChance(3)
  for (let rounds = 1; rounds < 200; rounds++) {
    const most = Math.min(ROUND_PAUSE_MAX_MS, ROUND_PAUSE_MIN_MS * 2 ** (rounds - 1))
    const ms = pauseMs(rounds, chance)
    assert.ok(ms >= most / 2 && ms <= most, `${rounds}: ${ms}`)
  }
  assert.notEqual(pauseMs(9, chance), pauseMs(9, chance))
})
