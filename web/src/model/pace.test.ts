import assert from 'node:assert/strict'
import { test } from 'node:test'

import { marked, PACE_WINDOW_MS, paceOf, secondsLeft, type Mark } from './pace.ts'

test('paceOf() is that of the last seconds, and nothing while too little is known', () => {
  let marks: readonly Mark[] = []
  assert.equal(paceOf(marks), undefined)
  for (let atMs = 0; atMs <= 20_000; atMs += 1_000)
    marks = marked(marks, { atMs, bytes: atMs < 10_000 ? 0 : (atMs - 10_000) * 5 })
  assert.equal(paceOf(marks), 5_000)
  assert.equal(secondsLeft(12_500, marks), 3)
  assert.ok(marks.every(({ atMs }) => atMs >= 20_000 - PACE_WINDOW_MS))
})

test('marked() leaves out what is too near, and a line that stands still has no pace', () => {
  const first = marked([], { atMs: 0, bytes: 7 })
  assert.equal(marked(first, { atMs: 10, bytes: 8 }), first)
  const still = marked(first, { atMs: 1_000, bytes: 7 })
  assert.equal(paceOf(still), undefined)
  assert.equal(secondsLeft(1, still), undefined)
})
