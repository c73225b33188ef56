import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { charsOf, dweetPieces, foldTag } from './dweet-text.ts'

function found(text: string): string[] {
  return dweetPieces(text).flatMap((piece) => {
    if (piece.kind === 'mention') return [`@${piece.nick}`]
    if (piece.kind === 'tag') return [`#${piece.tag}`]
    return piece.kind === 'link' ? [piece.url] : []
  })
}

test('mentions, tags and addresses are found where they are meant', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['hola @ana y @BEN_2!', ['@ana', '@ben_2']],
    ['@ana: (@ben), "@eva"', ['@ana', '@ben', '@eva']],
    ['mail ana@example.org, or @ana@example.org', []],
    [`@${'a'.repeat(30)} @${'a'.repeat(31)}`, [`@${'a'.repeat(30)}`]],
    ['#Camino #niño_2 #日本語 #हिन्दी', ['#camino', '#niño_2', '#日本語', '#हिन्दी']],
    ['#1 is no tag, #1a is; ## nor a#b, &#39; or #️⃣', ['#1a']],
    [
      'https://example.org/a_(b), (http://x.test/#y). done',
      ['https://example.org/a_(b)', 'http://x.test/#y'],
    ],
    ['https://example.org/@ana#tag', ['https://example.org/@ana#tag']],
    ['javascript:alert(1) ftp://x http://', []],
    ['#ＦＵＬＬ and #full', ['#full', '#full']],
  ]
  for (const [text, expected] of cases) assert.deepEqual(found(text), expected, text)
})

test('pieces put together are the text, whatever it is', () => {
  const piece = fc.constantFrom(
    '@ana',
    '#tag',
    'https://a.test/',
    ' ',
    '.',
    '(',
    ')',
    'ñ',
    '👩‍👩‍👧',
    '\n',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (any) => {
      const pieces = dweetPieces(any)
      assert.equal(pieces.map((one) => one.text).join(''), any)
      for (const one of pieces)
        if (one.kind === 'tag') assert.equal(foldTag(one.text.slice(1)), one.tag)
    }),
  )
})

test('a folded tag stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (any) => {
      const tag = foldTag(any)
      if (tag !== undefined) assert.equal(foldTag(tag), tag)
    }),
  )
  assert.equal(foldTag('a'.repeat(64))?.length, 64)
  assert.equal(foldTag('a'.repeat(65)), undefined)
})

test('a character is one, however many units it has', () => {
  assert.equal(charsOf('ñ😀𝒳'), 3)
})
