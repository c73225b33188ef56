import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MIB } from '../../base/limits.ts'
import { toEnd, type ProcessMemory } from './memory-watch.ts'

const LIMITS = { processBytesMax: 1_000 * MIB, allBytesMax: 2_000 * MIB }
const BROWSER = process(1, 250, { isBrowser: true })

function process(id: number, own: number, more: Partial<ProcessMemory> = {}): ProcessMemory {
  return { id, isBrowser: false, own: own * MIB, resident: (own + 150) * MIB, ...more }
}

function ended(...all: readonly ProcessMemory[]): readonly number[] {
  return toEnd(all, LIMITS).map(({ id }) => id)
}

test('toEnd() leaves a browser alone that draws ordinary pages', () => {
  assert.deepEqual(ended(BROWSER, process(2, 400), process(3, 800)), [])
})

test('toEnd() ends each process beyond its bound, and the browser that keeps too many files', () => {
  assert.deepEqual(ended(BROWSER, process(2, 851), process(3, 850)), [2])
  assert.deepEqual(ended(process(1, 1_001, { isBrowser: true }), process(2, 10)), [1])
  assert.deepEqual(ended(process(1, 999, { isBrowser: true })), [], 'it has the program beside it')
})

test('toEnd() ends the largest where many small ones are too much together', () => {
  const frames = Array.from({ length: 6 }, (_, at) => process(at + 2, 300 + at))
  assert.deepEqual(ended(BROWSER, ...frames), [7])
  assert.deepEqual(ended(BROWSER, ...frames.slice(0, 5)), [])
  // What one beyond its own bound has is gone with it.
  assert.deepEqual(ended(BROWSER, process(9, 1_200), process(2, 700), process(3, 700)), [9])
})
