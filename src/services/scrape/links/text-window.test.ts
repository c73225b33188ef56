import assert from 'node:assert/strict'
import { test } from 'node:test'

import { TextWindow, WINDOW_CHARS_MIN } from './text-window.ts'

test('TextWindow keeps the piece before, however long', () => {
  const window = new TextWindow()
  const long = 'x'.repeat(10 * WINDOW_CHARS_MIN)
  window.add(long)
  window.add('end')
  assert.equal(window.slice(0, long.length + 3), `${long}end`)
  window.add('more')
  assert.equal(window.slice(0, 1), undefined)
  assert.equal(window.slice(long.length, long.length + 7), 'endmore')
})

test('TextWindow keeps so many characters of small pieces, and no more', () => {
  const window = new TextWindow()
  const chars = 2 * WINDOW_CHARS_MIN
  for (let at = 0; at < chars; at += 1) window.add(String(at % 10))
  assert.equal(window.slice(chars - 3, chars), lastDigits(chars))
  assert.notEqual(window.slice(chars - WINDOW_CHARS_MIN, chars), undefined)
  assert.equal(window.slice(chars - WINDOW_CHARS_MIN - 2, chars), undefined)
})

function lastDigits(chars: number): string {
  return [3, 2, 1].map((back) => String((chars - back) % 10)).join('')
}
