import assert from 'node:assert/strict'
import { test } from 'node:test'

import { HOUR_MS } from '../../../base/limits.ts'
import { Passes } from './passes.ts'

function passes() {
  let nowMs = 0
  let drawn = 0
  const random = {
    bytes: (length: number) =>
      new Uint8Array(new Uint32Array(length).fill(++drawn).buffer, 0, length),
  }
  const made = new Passes({ nowMs: () => nowMs }, random)
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { made, pass }
}

test('a pass holds for an hour, and is given for half of it', () => {
  const { made, pass } = passes()
  const first = made.for('ana')
  assert.ok(made.holds(first))
  pass(HOUR_MS / 2 - 1)
  assert.equal(made.for('ana'), first)
  pass(1)
  const second = made.for('ana')
  assert.notEqual(second, first)
  assert.ok(made.holds(first))
  pass(HOUR_MS / 2)
  assert.ok(!made.holds(first))
  assert.ok(made.holds(second))
})

test('everybody has a pass of their own, and nobody one that was not given', () => {
  const { made } = passes()
  const all = new Set([made.for(undefined), made.for('guest'), made.for('ana')])
  assert.equal(all.size, 3)
  assert.ok(!made.holds(''))
  assert.ok(!made.holds('AAAA'))
})

test('passes beyond the bound go, the oldest first', () => {
  const { made } = passes()
  const first = made.for('0')
  for (let count = 1; count <= 10_000; count++) made.for(String(count))
  assert.ok(!made.holds(first))
  assert.ok(made.holds(made.for('10000')))
})
