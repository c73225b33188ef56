import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'

import { fc } from '../../test/properties.ts'
import { widthOf } from './console/text-width.ts'
import { fitted } from './fitted.ts'

function terminal(columns: number, isTerminal = true) {
  return { columns, isTerminal, write: () => undefined, writeBytes: async () => undefined }
}

test('a line too long goes on behind its indent, in its colour, and never at the first column', () => {
  const at = terminal(30)
  assert.deepEqual(fitted(at, ['  one two three four five six seven']), [
    '  one two three four five six',
    '  seven',
  ])
  assert.deepEqual(fitted(at, [`    ${'x'.repeat(40)}`]), [
    `    ${'x'.repeat(26)}`,
    `    ${'x'.repeat(14)}`,
  ])
  assert.deepEqual(fitted(at, ['\u001b[1mBen (@ben)\u001b[22m 2026-11-21 00:00 · 1234567']), [
    '\u001b[1mBen (@ben)\u001b[22m 2026-11-21 00:00 ·',
    '  1234567',
  ])
  assert.deepEqual(fitted(at, ['  短短短短短短短短短短短短短短短短']), [
    `  ${'短'.repeat(14)}`,
    `  ${'短'.repeat(2)}`,
  ])
})

test('what fits, and what a program reads, stays as it is', () => {
  const lines = ['  ' + 'long '.repeat(40), 'short', '']
  assert.deepEqual(fitted(terminal(80, false), lines), lines)
  assert.deepEqual(fitted(terminal(8), lines), lines)
  assert.deepEqual(fitted(terminal(80), ['short', '']), ['short', ''])
})

test('whatever the text: no line is wider than the terminal, and nothing of it is lost', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 })
  fc.assert(
    fc.property(text, fc.integer({ min: 24, max: 100 }), (said, columns) => {
      const line = `  ${said.replaceAll(/[\p{Cc}\n]/gu, '')}`
      const [first = '', ...more] = fitted(terminal(columns), [line])
      for (const one of [first, ...more]) assert.ok(widthOf(one.trimEnd()) <= columns, one)
      for (const one of more) assert.match(one, /^ {2}|^$/)
      const told = stripVTControlCharacters([first, ...more].join(''))
      assert.equal(told.replaceAll(' ', ''), line.replaceAll(' ', ''))
    }),
  )
})
