import assert from 'node:assert/strict'
import { test } from 'node:test'

import { nextTime } from './next-time.ts'

const WORDS = { heldBack: 'held back', never: 'never', paused: 'paused' }
const AT = '2026-11-22T03:00:00.000Z'

test('nextTime() tells when a schedule begins next, or why it does not', () => {
  const told = (schedule: Parameters<typeof nextTime>[0]): string =>
    nextTime(schedule, WORDS, (instant) => `at ${instant}`)
  assert.equal(told({ state: 'active', next: [AT] }), `at ${AT}`)
  assert.equal(told({ state: 'active', next: [] }), 'never')
  assert.equal(told({ state: 'paused', next: [] }), 'paused')
  assert.equal(told({ state: 'active', heldBack: 'suspended', next: [] }), 'held back')
})
