import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AssertionError } from './assert.ts'
import { Histogram } from './histogram.ts'

test('Histogram counts a value at the first bound that holds it, and beyond the last', () => {
  const histogram = new Histogram([1, 10])
  for (const value of [0, 1, 1.5, 10, 11, 1_000]) histogram.add(value)
  assert.deepEqual(histogram.counts, [2, 2, 2])
  assert.equal(histogram.sum, 1_023.5)
})

test('Histogram refuses bounds that do not rise', () => {
  assert.throws(() => new Histogram([1, 1]), AssertionError)
})
