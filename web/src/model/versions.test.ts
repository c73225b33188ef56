import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { DiffLine } from '../../../src/wire/api-pages.ts'
import { firstPair, numberedLines } from './versions.ts'

test('firstPair() is the newest and the one before, where there are two', () => {
  assert.equal(firstPair([]), undefined)
  assert.equal(firstPair([{ at: 'b' }]), undefined)
  assert.deepEqual(firstPair([{ at: 'c' }, { at: 'b' }, { at: 'a' }]), { from: 'b', to: 'c' })
})

test('numberedLines() counts in the text where a line stands', () => {
  const line = (kind: DiffLine['kind']): DiffLine => ({ kind, parts: [{ text: kind }] })
  const lines = [line('same'), line('removed'), line('removed'), line('added'), line('same')]
  const numbers = numberedLines({ from: 4, to: 7, lines }).map(({ number }) => number)
  assert.deepEqual(numbers, [7, 5, 6, 8, 9])
})
