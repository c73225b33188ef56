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

const session = (nick: string, id = '1') => ({ nick, by: { kind: 'session', id } }) as const

test('a pass holds for an hour, and is given for half of it', () => {
  const { made, pass } = passes()
  const first = made.for(session('ana'))
  assert.ok(made.holds(first))
  pass(HOUR_MS / 2 - 1)
  assert.equal(made.for(session('ana')), first)
  pass(1)
  const second = made.for(session('ana'))
  assert.notEqual(second, first)
  assert.ok(made.holds(first))
  pass(HOUR_MS / 2)
  assert.ok(!made.holds(first))
  assert.ok(made.holds(second))
})

test('each session has a pass of its own, which tells whose it is', () => {
  const { made, pass } = passes()
  const [one, other] = [made.for(session('ana')), made.for(session('ana', '2'))]
  assert.notEqual(one, other)
  assert.deepEqual(made.bearerOf(other), session('ana', '2'))
  assert.equal(made.bearerOf('AAAA'), undefined)
  pass(HOUR_MS)
  assert.equal(made.bearerOf(one), undefined)
})

test('everybody has a pass of their own, and nobody one that was not given', () => {
  const { made } = passes()
  const all = new Set([made.for(undefined), made.for(session('guest')), made.for(session('ana'))])
  assert.equal(all.size, 3)
  assert.ok(!made.holds(''))
  assert.ok(!made.holds('AAAA'))
})

test('passes beyond the bound go, the oldest first', () => {
  const { made } = passes()
  const first = made.for(session('0'))
  for (let count = 1; count <= 10_000; count++) made.for(session(String(count)))
  assert.ok(!made.holds(first))
  assert.ok(made.holds(made.for(session('10000'))))
})
