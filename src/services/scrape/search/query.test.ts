import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { readQuery } from './query.ts'

function termsOf(query: string): readonly string[] {
  return readQuery(query).terms.map(({ isOfTitle, isPrefix, word }) => {
    return `${isOfTitle ? 'title ' : ''}${word}${isPrefix ? '*' : ''}`
  })
}

test('readQuery() reads words, beginnings, phrases and filters', () => {
  assert.deepEqual(termsOf('Alta mar* x*'), ['alta', 'mar*', 'x'])
  assert.deepEqual(termsOf('title:Días title:"a b"'), ['title dias', 'title a', 'title b'])
  assert.deepEqual(termsOf('host:Example.org:8000 site:BÜCHER.example url:Docs/x lang:es-AR'), [
    'h:example.org:8000',
    's:xn--bcher-kva.example',
    'u:docs',
    'u:x',
    'l:es',
  ])
  assert.deepEqual(readQuery('a "high water" "b"').phrases, [['high', 'water']])
  assert.deepEqual(termsOf('海'), ['海*'])
  const { afterS, beforeS } = readQuery('a after:2026 before:2026-02-01')
  assert.deepEqual([afterS, beforeS], [1_767_225_600, 1_769_904_000])
})

test('readQuery() refuses what asks for nothing, or for too much', () => {
  const many = Array.from({ length: 17 }, (_, n) => `w${n}`).join(' ')
  for (const query of ['', '*', '"', 'after:2026-01-01', 'a after:soon', 'host:""', many]) {
    assert.throws(() => readQuery(query), { code: 'BAD_REQUEST' }, query)
  }
})

test('readQuery() reads or refuses whatever is typed', () => {
  const typed = fc.array(
    fc.oneof(
      fc.constantFrom('"', ':', '*', 'host:', 'after:', ' ', '海'),
      fc.string({ unit: 'binary' }),
    ),
  )
  fc.assert(
    fc.property(typed, (parts) => {
      try {
        assert.ok(readQuery(parts.join('')).terms.length > 0)
      } catch (thrown) {
        assert.ok(isAnilloError(thrown, 'BAD_REQUEST'), String(thrown))
      }
    }),
  )
})
