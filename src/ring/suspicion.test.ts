import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  DOWN_AFTER_MS,
  LAG_MS,
  SELF_DOUBT_MS,
  stepSuspicion,
  SUSPECT_MISSES,
  UNSUSPECTED,
  type Suspicion,
  type SuspicionEffect,
  type SuspicionEvent,
} from './suspicion.ts'

const NOW_MS = 1_000_000

/**
 * One sample state of each kind, at the edge to the next: a miss more, or the last moment before.
 */
const SAMPLES: Record<string, Suspicion> = {
  alive: { kind: 'alive', misses: 0, laggedAtMs: undefined },
  aliveAtLastMiss: { kind: 'alive', misses: SUSPECT_MISSES - 1, laggedAtMs: undefined },
  suspect: { kind: 'suspect', sinceMs: NOW_MS - DOWN_AFTER_MS + 1, laggedAtMs: undefined },
  suspectForLong: { kind: 'suspect', sinceMs: NOW_MS - DOWN_AFTER_MS, laggedAtMs: undefined },
  down: { kind: 'down', sinceMs: NOW_MS - 1, laggedAtMs: undefined },
}

const EVENTS: Record<SuspicionEvent['kind'], SuspicionEvent> = {
  due: { kind: 'due', nowMs: NOW_MS, intervalMs: 700 },
  answered: { kind: 'answered', nowMs: NOW_MS },
  missed: { kind: 'missed', nowMs: NOW_MS },
  lagged: { kind: 'lagged', nowMs: NOW_MS, lagMs: LAG_MS },
}

type Row = Record<
  SuspicionEvent['kind'],
  readonly [Suspicion['kind'], ...SuspicionEffect['kind'][]]
>

/** The whole table: every sample, every event, the kind that follows and the effects. */
const EXPECTED: Record<keyof typeof SAMPLES, Row> = {
  alive: {
    due: ['alive', 'probe', 'wake'],
    answered: ['alive'],
    missed: ['alive'],
    lagged: ['alive'],
  },
  aliveAtLastMiss: {
    due: ['alive', 'probe', 'wake'],
    answered: ['alive'],
    missed: ['suspect', 'suspected'],
    lagged: ['alive'],
  },
  suspect: {
    due: ['suspect', 'probe', 'wake'],
    answered: ['alive', 'returned'],
    missed: ['suspect'],
    lagged: ['suspect'],
  },
  suspectForLong: {
    due: ['suspect', 'probe', 'wake'],
    answered: ['alive', 'returned'],
    missed: ['down', 'died'],
    lagged: ['suspect'],
  },
  down: {
    due: ['down', 'probe', 'wake'],
    answered: ['alive', 'returned'],
    missed: ['down'],
    lagged: ['down'],
  },
}

for (const [name, row] of Object.entries(EXPECTED)) {
  for (const [kind, expected] of Object.entries(row)) {
    test(`stepSuspicion() takes ${name} by ${kind} to ${expected.join(', ')}`, () => {
      const state = SAMPLES[name]
      const event = Object.values(EVENTS).find((one) => one.kind === kind)
      assert.ok(state !== undefined && event !== undefined)
      const [next, effects] = stepSuspicion(state, event)
      assert.deepEqual([next.kind, ...effects.map((effect) => effect.kind)], expected)
    })
  }
}

function misses(state: Suspicion, times: readonly number[]): Suspicion {
  return times.reduce((next, nowMs) => stepSuspicion(next, { kind: 'missed', nowMs })[0], state)
}

test('stepSuspicion() counts misses in a row only', () => {
  const missedTwice = misses(UNSUSPECTED, [1, 2])
  const answered = stepSuspicion(missedTwice, { kind: 'answered', nowMs: 3 })[0]
  assert.equal(misses(answered, [4, 5]).kind, 'alive')
  assert.equal(misses(answered, [4, 5, 6]).kind, 'suspect')
})

test('stepSuspicion() doubts itself: misses near an own lag do not count, later ones do', () => {
  const lagged = stepSuspicion(UNSUSPECTED, { kind: 'lagged', nowMs: 10_000, lagMs: 3_000 })[0]
  const near = misses(lagged, [10_001, 10_500, 10_000 + SELF_DOUBT_MS - 1])
  assert.equal(near.kind, 'alive')
  const later = 10_000 + SELF_DOUBT_MS
  assert.equal(misses(near, [later, later + 1, later + 2]).kind, 'suspect')
})

test('stepSuspicion() starts a suspicion anew after an own lag, so that a frozen member kills nobody', () => {
  const suspect: Suspicion = { kind: 'suspect', sinceMs: 0, laggedAtMs: undefined }
  const thawed = stepSuspicion(suspect, { kind: 'lagged', nowMs: 60_000, lagMs: 59_000 })[0]
  assert.equal(misses(thawed, [60_000 + SELF_DOUBT_MS]).kind, 'suspect')
  assert.equal(misses(thawed, [60_000 + DOWN_AFTER_MS]).kind, 'down')
})

test('stepSuspicion() ignores a lag below the threshold', () => {
  const state = misses(UNSUSPECTED, [1, 2])
  assert.equal(stepSuspicion(state, { kind: 'lagged', nowMs: 3, lagMs: LAG_MS - 1 })[0], state)
})
