import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sizeText } from '../base/size-text.ts'
import { durationText, estimateText, tableLines } from './table.ts'

test('tableLines() lines columns up, numbers to the right, colours without width', () => {
  const lines = tableLines<{ name: string; count: number }>(
    [
      { title: 'NAME', text: ({ name }) => name },
      { title: 'N', text: ({ count }) => String(count), right: true },
      { title: 'END', text: () => '' },
    ],
    [
      { name: '\u001B[1mlonger\u001B[22m', count: 7 },
      { name: 'n1', count: 12_345 },
    ],
  )
  assert.deepEqual(lines, [
    'NAME        N  END',
    '\u001B[1mlonger\u001B[22m      7',
    'n1      12345',
  ])
})

test('sizeText() chooses the unit that reads best', () => {
  const texts = [0, 1_023, 1_024, 1_536, 20 * 1_024, 5 * 1_024 ** 2, 3 * 1_024 ** 5].map(sizeText)
  assert.deepEqual(texts, ['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '20 KiB', '5.0 MiB', '3072 TiB'])
})

test('durationText() chooses the unit that reads best', () => {
  const texts = [3, 2_500, 45_000, 600_000, 18_000_000, 3 * 86_400_000].map(durationText)
  assert.deepEqual(texts, ['3 ms', '2.5 s', '45 s', '10 min', '5 h', '3 days'])
})

test('estimateText() tells whole seconds, and never fewer than one', () => {
  const texts = [0, 138, 1_000, 1_001, 8_900, 9_500, 45_000, 600_000].map(estimateText)
  assert.deepEqual(texts, ['1 s', '1 s', '1 s', '2 s', '9 s', '10 s', '45 s', '10 min'])
})
