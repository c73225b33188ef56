import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { DIFF_CHARS_MAX, DIFF_EDITS_MAX, DIFF_WORDS_CHARS_MAX } from './diff-bounds.ts'
import { diffLines, type LineDiff } from './line-diff.ts'

type Hunks = Extract<LineDiff, { readonly kind: 'hunks' }>

function hunksOf(from: readonly string[], to: readonly string[]): Hunks {
  const diff = diffLines(from, to)
  assert.ok(diff.kind === 'hunks')
  return diff
}

/** As `diff -u` would show it, changed words in brackets. */
function shown({ hunks }: Hunks): readonly string[] {
  const signs = { same: ' ', removed: '-', added: '+' }
  return hunks.flatMap(({ from, lines, to }) => [
    `@@ ${from} ${to}`,
    ...lines.map(({ kind, parts }) => {
      const texts = parts.map(({ isChanged, text }) => (isChanged === true ? `[${text}]` : text))
      return signs[kind] + texts.join('')
    }),
  ])
}

test('diffLines() tells changes with three lines around them, and the words that changed', () => {
  const from = [
    '1',
    '2',
    '3',
    '4',
    'High water at four.',
    '6',
    '7',
    '8',
    '9',
    '10',
    '11',
    '12',
    '13',
  ]
  const to = from.with(4, 'High water at five.').toSpliced(12, 1, '13', '14')
  const diff = hunksOf(from, to)
  assert.deepEqual(shown(diff), [
    '@@ 2 2',
    ' 2',
    ' 3',
    ' 4',
    '-High water at [four].',
    '+High water at [five].',
    ' 6',
    ' 7',
    ' 8',
    '@@ 11 11',
    ' 11',
    ' 12',
    ' 13',
    '+14',
  ])
  assert.deepEqual([diff.removed, diff.added], [1, 2])
})

test('diffLines() joins changes that touch, and marks no words where lines have little in common', () => {
  const diff = hunksOf(['a', 'b', 'c', 'one two three'], ['x', 'b', 'c', 'quite something else'])
  assert.deepEqual(shown(diff), [
    '@@ 1 1',
    '-a',
    '+x',
    ' b',
    ' c',
    '-one two three',
    '+quite something else',
  ])
  assert.deepEqual(hunksOf(['a'], ['a']).hunks, [])
  assert.deepEqual(shown(hunksOf([], ['a'])), ['@@ 1 1', '+a'])
})

test('diffLines() leads from one text to the other, for any lines', () => {
  const line = fc.oneof(fc.constantFrom('', 'a', 'b', 'a b', 'a c b'), fc.string({ maxLength: 12 }))
  const lines = fc.array(line, { maxLength: 30 })
  fc.assert(
    fc.property(lines, lines, (from, to) => {
      const { hunks } = hunksOf(from, to)
      assert.deepEqual(patched(from, { hunks, side: 'to' }), to)
      assert.deepEqual(patched(to, { hunks, side: 'from' }), from)
    }),
  )
})

/** The other text, from one of them and what differs. */
function patched(
  text: readonly string[],
  { hunks, side }: { readonly hunks: Hunks['hunks']; readonly side: 'from' | 'to' },
): readonly string[] {
  const [here, mine, other] =
    side === 'to' ? (['from', 'removed', 'added'] as const) : (['to', 'added', 'removed'] as const)
  const made: string[] = []
  let next = 0
  for (const hunk of hunks) {
    made.push(...text.slice(next, hunk[here] - 1))
    next = hunk[here] - 1
    for (const { kind, parts } of hunk.lines) {
      const line = parts.map((part) => part.text).join('')
      if (kind !== other) assert.equal(text[next++], line)
      if (kind !== mine) made.push(line)
    }
  }
  return [...made, ...text.slice(next)]
}

test('diffLines() refuses what has too little in common, and soon', () => {
  const many = (name: string): readonly string[] =>
    Array.from({ length: DIFF_EDITS_MAX }, (_, i) => `${name} ${i}`)
  assert.equal(diffLines(many('a'), many('b')).kind, 'tooLarge')
  const wide = ['x'.repeat(DIFF_CHARS_MAX)]
  assert.equal(diffLines(wide, ['y']).kind, 'tooLarge')
})

test('diffLines() marks no words in lines that are too long', () => {
  const long = 'word '.repeat(DIFF_WORDS_CHARS_MAX)
  const { hunks } = hunksOf([`${long} one`], [`${long} two`])
  assert.ok(hunks[0]?.lines.every(({ parts }) => parts.length === 1))
})
