import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, parsePosition } from '../base/ids.ts'
import { contactOf } from '../wire/contact.ts'
import {
  HEALING_ROUNDS_MAX,
  startBoot,
  stepBoot,
  YIELD_ROUNDS_MAX,
  type BootEffect,
  type BootFacts,
} from './boot.ts'

const A = contactOf(parseMemberId('a'.repeat(32)), 'a:1')
const B = contactOf(parseMemberId('b'.repeat(32)), 'b:1')

/** Stands before A and B, and saw no ring. */
const FIRST_OF_ALL = { position: parsePosition('0'.repeat(64)), isRingAlive: false } as const
const LAST_OF_ALL = { position: parsePosition('f'.repeat(64)), isRingAlive: false } as const

type RingFile = BootFacts['ringFile']

/**
 * What a member does first, with one contact: by the ring file, whether it may found, and its
 * directory.
 */
const FIRST: Record<RingFile, Record<'founder' | 'other', BootEffect['kind']>> = {
  absent: { founder: 'found', other: 'join' },
  founding: { founder: 'found', other: 'join' },
  founded: { founder: 'join', other: 'join' },
}

/** What it does when that contact leads nowhere. */
const AFTER_FAILURE: Record<RingFile, Record<'enrolled' | 'newcomer', BootEffect['kind']>> = {
  absent: { enrolled: 'wait', newcomer: 'wait' },
  founding: { enrolled: 'wait', newcomer: 'wait' },
  founded: { enrolled: 'resume', newcomer: 'wait' },
}

for (const ringFile of ['absent', 'founding', 'founded'] as const) {
  for (const hasMemberDirectory of [false, true]) {
    for (const mayFound of [false, true]) {
      const facts = { ringFile, hasMemberDirectory, mayFound }
      test(`stepBoot() decides for ${JSON.stringify(facts)}`, () => {
        const all = { ...facts, ...FIRST_OF_ALL, contacts: [A] }
        const [state, first] = stepBoot(startBoot(all), { kind: 'start' })
        assert.equal(first.kind, FIRST[ringFile][mayFound ? 'founder' : 'other'])
        if (first.kind !== 'join') return
        const [, second] = stepBoot(state, { kind: 'joinFailed' })
        assert.equal(
          second.kind,
          AFTER_FAILURE[ringFile][hasMemberDirectory ? 'enrolled' : 'newcomer'],
        )
      })
    }
  }
}

test('stepBoot() tries every contact in order, and the learned ones after a pause, for ever', () => {
  const facts = {
    ringFile: 'founded',
    hasMemberDirectory: false,
    mayFound: true,
    contacts: [A, B],
    ...LAST_OF_ALL,
  } as const
  let [state, effect] = stepBoot(startBoot(facts), { kind: 'start' })
  assert.deepEqual(effect, { kind: 'join', hint: A })
  ;[state, effect] = stepBoot(state, { kind: 'joinFailed' })
  assert.deepEqual(effect, { kind: 'join', hint: B })
  for (let round = 0; round < 100; round++) {
    ;[state, effect] = stepBoot(state, { kind: 'joinFailed' })
    assert.deepEqual(effect, { kind: 'wait' })
    ;[state, effect] = stepBoot(state, { kind: 'again', contacts: [B], isRingAlive: false })
    assert.deepEqual(effect, { kind: 'join', hint: B })
  }
  ;[state, effect] = stepBoot(state, { kind: 'joined' })
  assert.equal(state.kind, 'done')
})

test('stepBoot() with nobody to ask waits, and never founds', () => {
  const facts = {
    ringFile: 'absent',
    hasMemberDirectory: false,
    mayFound: false,
    contacts: [],
    ...FIRST_OF_ALL,
  } as const
  const [state, effect] = stepBoot(startBoot(facts), { kind: 'start' })
  assert.deepEqual([state.kind, effect.kind], ['waiting', 'wait'])
})

/** Failed rounds with one contact until a member that had a place takes it again. */
function roundsUntilResumed(facts: Pick<BootFacts, 'position' | 'isRingAlive'>): number {
  const { position, isRingAlive } = facts
  const found = { contacts: [A], isRingAlive }
  const disk = { ringFile: 'founded', hasMemberDirectory: true, mayFound: false } as const
  let [state, effect] = stepBoot(startBoot({ ...disk, position, ...found }), { kind: 'start' })
  for (let rounds = 1; ; rounds++) {
    assert.deepEqual(effect, { kind: 'join', hint: A })
    ;[state, effect] = stepBoot(state, { kind: 'joinFailed' })
    if (effect.kind === 'resume') return rounds
    assert.deepEqual(effect, { kind: 'wait' })
    ;[state, effect] = stepBoot(state, { kind: 'again', ...found })
  }
}

test('stepBoot() lets those at smaller positions take their place first, for a while', () => {
  assert.equal(roundsUntilResumed(FIRST_OF_ALL), 1)
  assert.equal(roundsUntilResumed(LAST_OF_ALL), YIELD_ROUNDS_MAX)
})

test('stepBoot() waits for a ring that lives to heal, wherever the member stands, for a while', () => {
  assert.equal(roundsUntilResumed({ ...FIRST_OF_ALL, isRingAlive: true }), HEALING_ROUNDS_MAX)
  assert.equal(roundsUntilResumed({ ...LAST_OF_ALL, isRingAlive: true }), HEALING_ROUNDS_MAX)
})
