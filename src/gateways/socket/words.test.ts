import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { quoted, wordsOf } from './words.ts'

test('a line is cut as shells cut it', () => {
  for (const [line, words] of [
    ['', []],
    ['  get   a\tb \r', ['get', 'a', 'b']],
    [`set 'my file' "a \\"b\\" \\\\ \\c"`, ['set', 'my file', 'a "b" \\ \\c']],
    [String.raw`set my\ file x`, ['set', 'my file', 'x']],
    [`a'b c'd ''`, ['ab cd', '']],
    [`'"' "'"`, ['"', "'"]],
    ['ñ 漢字', ['ñ', '漢字']],
  ] as const) {
    assert.deepEqual(wordsOf(line), words, line)
  }
  for (const line of [`'a`, `"a`, `a\\`, `"a\\`]) assert.equal(wordsOf(line), undefined, line)
})

test('a word that is quoted comes out as it went in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 4 }),
      (words) => {
        assert.deepEqual(wordsOf(words.map(quoted).join(' ')), words)
      },
    ),
  )
})
