import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../base/ids.ts'
import { contactOf } from '../wire/contact.ts'
import { startBoot, stepBoot, type BootEffect, type BootFacts } from './boot.ts'

const A = contactOf(parseMemberId('a'.repeat(32)), 'a:1')
const B = contactOf(parseMemberId('b'.repeat(32)), 'b:1')

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
      const facts = { ringFile, hasMemberDirectory, mayFound, contacts: [A] }
      test(`stepBoot() decides for ${JSON.stringify(facts)}`, () => {
        const [state, first] = stepBoot(startBoot(facts), { kind: 'start' })
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
  } as const
  let [state, effect] = stepBoot(startBoot(facts), { kind: 'start' })
  assert.deepEqual(effect, { kind: 'join', hint: A })
  ;[state, effect] = stepBoot(state, { kind: 'joinFailed' })
  assert.deepEqual(effect, { kind: 'join', hint: B })
  for (let round = 0; round < 100; round++) {
    ;[state, effect] = stepBoot(state, { kind: 'joinFailed' })
    assert.deepEqual(effect, { kind: 'wait' })
    ;[state, effect] = stepBoot(state, { kind: 'again', contacts: [B] })
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
  } as const
  const [state, effect] = stepBoot(startBoot(facts), { kind: 'start' })
  assert.deepEqual([state.kind, effect.kind], ['waiting', 'wait'])
})
