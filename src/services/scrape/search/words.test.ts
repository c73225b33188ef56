import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { WORD_CHARS_MAX } from './limits.ts'
import { byCodePoints, folded, wordsIn } from './words.ts'

function words(text: string): readonly string[] {
  return Array.from(wordsIn(text), ({ word }) => word)
}

test('wordsIn() folds case, accents and compatible forms', () => {
  assert.deepEqual(words('La INFORMACIÓN, naïve Straße'), ['la', 'informacion', 'naive', 'strasse'])
  assert.deepEqual(words('ﬁne ＦＵＬＬ ΌΔΟΣ ёлка'), ['fine', 'full', 'οδοσ', 'елка'])
  assert.deepEqual(words("it's C++ 3.14 a_b"), ['it', 's', 'c', '3', '14', 'a', 'b'])
})

test('wordsIn() reads scripts that part no words in pairs', () => {
  assert.deepEqual(words('海水浴 2026年x'), ['海水', '水浴', '2026', '年', 'x'])
  assert.deepEqual(words('かな'), ['かな'])
})

test('wordsIn() passes over what is too long, and tells where words stand', () => {
  assert.deepEqual(words(`a ${'x'.repeat(WORD_CHARS_MAX + 1)} b`), ['a', 'b'])
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      let before = 0
      for (const { end, start, word } of wordsIn(text)) {
        assert.ok(start >= before - 2 && end > start && end <= text.length)
        assert.ok(word.length > 0 && word.isWellFormed())
        assert.equal(folded(text.slice(start, end)), word)
        before = end
      }
    }),
  )
})

test('byCodePoints() orders as UTF-8 does', () => {
  const any = fc.string({ unit: 'grapheme', maxLength: 4 })
  fc.assert(
    fc.property(any, any, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
      assert.equal(Math.sign(byCodePoints(a, b)), bytes)
    }),
  )
})
