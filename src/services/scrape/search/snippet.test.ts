import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import type { TextSource } from '../extract/text-of.ts'
import { SNIPPET_CHARS } from './limits.ts'
import { readQuery } from './query.ts'
import { snippetOf } from './snippet.ts'

const PAGE: TextSource = {
  charset: 'utf-8',
  contentType: 'text/plain',
  headers: [],
  title: 'Tides',
}

function shown(text: string, query: string) {
  const snippet = snippetOf(PAGE, new TextEncoder().encode(text), readQuery(query))
  return snippet === undefined
    ? undefined
    : { ...snippet, words: snippet.marks.map(([from, to]) => snippet.text.slice(from, to)) }
}

test('snippetOf() shows the line with most of the words, and where they stand', () => {
  const text = 'High tide.\nThe high water comes at four.\nLow.'
  const { text: line, words } = shown(text, 'HIGH wat*') ?? {}
  assert.equal(line, 'The high water comes at four.')
  assert.deepEqual(words, ['high', 'water'])
})

test('snippetOf() cuts a long line at its words', () => {
  const { text = '', words } =
    shown(`${'much '.repeat(300)}needle${' more'.repeat(300)}`, 'needle') ?? {}
  assert.match(text, /^… much .*needle more.* …$/)
  assert.ok(text.length <= SNIPPET_CHARS + 4)
  assert.deepEqual(words, ['needle'])
})

test('snippetOf() knows whether a phrase is there', () => {
  assert.equal(shown('water high', '"high water"'), undefined)
  assert.deepEqual(shown('at high water', '"high water"')?.words, ['high', 'water'])
})

test('snippetOf() begins at the beginning where the text has no word', () => {
  assert.deepEqual(shown('One.\nTwo.', 'title:tides'), { text: 'One. Two.', marks: [], words: [] })
})

test('snippetOf() marks words alone, whatever the text is', () => {
  const text = fc.array(fc.oneof(fc.constant('mar '), fc.string({ unit: 'binary', maxLength: 80 })))
  fc.assert(
    fc.property(text, (parts) => {
      for (const word of shown(parts.join(''), 'mar')?.words ?? []) assert.match(word, /^mar$/i)
    }),
  )
})
