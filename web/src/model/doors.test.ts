import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DOORS_MAX, doorsFrom, mergeDoors, parseDoor } from './doors.ts'

test('parseDoor() keeps the origin of http(s) addresses and nothing else', () => {
  assert.equal(parseDoor('http://localhost:9101/x?y'), 'http://localhost:9101')
  assert.equal(parseDoor('file:///etc/passwd'), undefined)
  assert.equal(parseDoor('localhost:9101'), undefined)
  assert.equal(parseDoor(7), undefined)
})

test('mergeDoors() names each door once, what the ring tells first, bounded', () => {
  assert.deepEqual(mergeDoors({ told: ['b', 'c'], remembered: ['a', 'b'] }), ['b', 'c', 'a'])
  const many = Array.from({ length: DOORS_MAX + 9 }, (_, i) => `door ${i}`)
  assert.equal(mergeDoors({ told: many, remembered: [] }).length, DOORS_MAX)
})

test('doorsFrom() begins at the door in use and tries every other once', () => {
  assert.deepEqual(doorsFrom(['a', 'b', 'c'], 'b'), ['b', 'c', 'a'])
  assert.deepEqual(doorsFrom(['a', 'b'], 'z'), ['z', 'a', 'b'])
})
