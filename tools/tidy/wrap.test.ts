import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { LINE_CHARACTERS_MAX } from './rules-source.ts'
import { wrapComments } from './wrap.ts'

const WORDS = `${'word '.repeat(19)}words`

test('wrapComments() breaks a doc comment of one line', () => {
  assert.equal(
    wrapComments(`  /** ${WORDS} end. */\n  a()`),
    `  /**\n   * ${'word '.repeat(19).trimEnd()}\n   * words end.\n   */\n  a()`,
  )
})

test('wrapComments() carries over to the next line of the paragraph', () => {
  assert.equal(wrapComments(`// ${WORDS} a\n// b c`), `// ${WORDS.slice(0, -6)}\n// words a b c`)
})

test('wrapComments() starts a line of its own before a list, a tag and an empty line', () => {
  for (const next of [' * - item', ' * @returns x', ' *', ' */', 'code()']) {
    assert.equal(
      wrapComments(` * ${WORDS} a\n${next}`),
      ` * ${WORDS.slice(0, -6)}\n * words a\n${next}`,
    )
  }
})

test('wrapComments() leaves code and words without a space alone', () => {
  for (const line of [`a('${WORDS}x')`, `// ${'x'.repeat(120)}`, `const a = 1 // ${WORDS}`]) {
    assert.equal(wrapComments(line), line)
  }
})

test('wrapComments() keeps every word in order, and no line that it can break', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/)
  fc.assert(
    fc.property(fc.array(fc.array(word, { minLength: 1, maxLength: 60 })), (paragraphs) => {
      const text = paragraphs.map((words) => `// ${words.join(' ')}`).join('\n')
      const wrapped = wrapComments(text)
      const read = (comment: string): string[] => comment.match(/[a-z]+/g) ?? []
      assert.deepEqual(read(wrapped), read(text))
      for (const line of wrapped.split('\n')) assert.ok(line.length <= LINE_CHARACTERS_MAX, line)
      assert.equal(wrapComments(wrapped), wrapped)
    }),
  )
})
