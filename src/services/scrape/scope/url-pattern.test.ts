import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { matchesUrl, PATTERN_CHARS_MAX, urlPattern } from './url-pattern.ts'

function matched(pattern: string, text: string): boolean {
  const compiled = urlPattern(pattern)
  assert.ok(compiled.kind === 'pattern', `${pattern} is invalid`)
  return matchesUrl(compiled, text)
}

const CASES: readonly (readonly [pattern: string, matches: string, not: string])[] = [
  ['', 'anything', ''],
  ['/blog/', 'http://a/blog/x', 'http://a/blog'],
  [
    '^https?://[^/]+/docs(?:/|$)',
    'http://a/docs http://a/docs/x',
    'http://a/docsx http://a/x/docs',
  ],
  ['\\.(?:jpe?g|png)$', 'a.jpg a.jpeg a.png', 'a.png? ajpg a.gif'],
  ['/\\d{4}/\\d{2}/', '/2026/11/', '/2026/1/ /206/11/'],
  ['^[a-c-]+$', 'a-b-c', 'a_b'],
  ['^[^a-c]$', 'd', 'a'],
  ['^[\\w.]+$', 'a_1.Z', 'a-b'],
  ['^\\W\\D\\S$', '-ab', 'aab -1b'],
  ['^[]a]', '', 'x'],
  ['a{2,3}b', 'aab aaab aaaab', 'ab'],
  ['^a{2}$', 'aa', 'a aaa'],
  ['^a{2,}$', 'aa aaaaaa', 'a'],
  ['^(?:a|b(?:c|d))*?e$', 'e aabce', 'abe'],
  ['^(a|)$', 'a', 'b'],
  ['a+?b*?c??$', 'a ab abc', 'b'],
  ['x|^y$', 'axb y', 'ay'],
  ['\\/\\?\\$', '/?$', '/?'],
  ['^.$', 'é', 'ab'],
  ['}', '}', '{'],
]

test('urlPattern() matches as regular expressions do', () => {
  for (const [pattern, matches, not] of CASES.filter(([each]) => each !== '^[]a]')) {
    const list = (text: string): string[] => text.split(' ').filter((each) => each !== '')
    for (const text of list(matches)) assert.ok(matched(pattern, text), `${pattern} ${text}`)
    for (const text of list(not)) assert.ok(!matched(pattern, text), `${pattern} ${text}`)
  }
})

const INVALID: readonly (readonly [pattern: string, at: number, why: string])[] = [
  ['(', 1, 'malformed'],
  [')', 0, 'malformed'],
  ['a(b', 3, 'malformed'],
  ['[a', 2, 'malformed'],
  ['[z-a]', 1, 'malformed'],
  ['[a-\\)]', 1, 'malformed'],
  ['[a-', 3, 'malformed'],
  ['*a', 0, 'malformed'],
  ['a**', 2, 'malformed'],
  ['^*', 1, 'malformed'],
  ['a{3,2}', 1, 'malformed'],
  ['a\\', 2, 'malformed'],
  ['(?=a)', 1, 'unsupported'],
  ['(?<!a)b', 1, 'unsupported'],
  ['(?<name>a)', 1, 'unsupported'],
  ['(a)\\1', 4, 'unsupported'],
  ['\\bx', 1, 'unsupported'],
  ['\\p{L}', 1, 'unsupported'],
  ['a{101}', 1, 'tooLong'],
  ['((a{50}){50}){50}', 0, 'tooLong'],
  ['(((((){99}){99}){99}){99}){99}', 0, 'tooLong'],
  [`${'('.repeat(30)}${')'.repeat(30)}`, 21, 'tooLong'],
  ['x'.repeat(PATTERN_CHARS_MAX + 1), PATTERN_CHARS_MAX, 'tooLong'],
]

test('urlPattern() says what it does not run, and where', () => {
  for (const [pattern, at, why] of INVALID) {
    assert.deepEqual(urlPattern(pattern), { kind: 'invalid', pattern, at, why })
  }
})

/** Each takes a back-tracking engine longer than the universe lasts. */
const CATASTROPHES = [
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '(a*)*b',
  '(?:a?){60}a{60}$',
  '(.*)*(.*)*(.*)*x',
]

test('matchesUrl() is not slow on any pattern', () => {
  const text = `${'a'.repeat(2_000)}!`
  for (const pattern of CATASTROPHES) assert.equal(matched(pattern, text), false, pattern)
})

test('matchesUrl() agrees with RegExp', () => {
  // Anchors at the ends alone: V8 finds no `a` in 'a' by /(?:.*?b^|a)/s.
  const leaf = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '1', '')
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => one + other),
      fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => `(${one}|${other})`),
      fc
        .tuple(tie('tree'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?'))
        .map(([part, times]) => `(?:${part})${times}`),
    ),
  }))
  const ends = fc.tuple(fc.constantFrom('', '^'), fc.constantFrom('', '$'))
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 10 })
  fc.assert(
    fc.property(tree, ends, text, (middle, [start, end], each) => {
      const pattern = `${start}(?:${middle})${end}`
      const compiled = urlPattern(pattern)
      if (compiled.kind === 'invalid') return assert.equal(compiled.why, 'tooLong', pattern)
      assert.equal(matchesUrl(compiled, each), new RegExp(pattern, 's').test(each))
    }),
    { numRuns: 3_000 },
  )
})

test('matchesUrl() agrees with RegExp on sets', () => {
  const piece = fc.constantFrom('a', 'b', 'z', '-', '^', '\\-', '\\)', '\\d', '\\W', '(', '.', '1')
  const set = fc.array(piece, { minLength: 1, maxLength: 6 }).map((all) => `[${all.join('')}]`)
  const text = fc.constantFrom(...Array.from('abmz-^)(.1 é\\'))
  fc.assert(
    fc.property(set, text, (pattern, each) => {
      const compiled = urlPattern(pattern)
      if (compiled.kind === 'invalid') assert.throws(() => new RegExp(pattern), pattern)
      else assert.equal(matchesUrl(compiled, each), new RegExp(pattern).test(each), pattern)
    }),
    { numRuns: 5_000 },
  )
})

test('urlPattern() never takes what RegExp calls malformed', () => {
  const piece = fc.constantFrom(
    'a',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '2',
    ',',
    '*',
    '+',
    '?',
    '|',
    '\\',
    '-',
    '^',
    '$',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const pattern = pieces.join('')
      const compiled = urlPattern(pattern)
      if (compiled.kind === 'pattern') assert.doesNotThrow(() => new RegExp(pattern), pattern)
    }),
    { numRuns: 5_000 },
  )
})
