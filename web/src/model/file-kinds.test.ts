import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isText, previewKind } from './file-kinds.ts'

test('previewKind() goes by the extension, whatever its letters', () => {
  assert.equal(previewKind('Holiday.JPG'), 'picture')
  assert.equal(previewKind('notes.md'), 'text')
  assert.equal(previewKind('README'), 'text')
  assert.equal(previewKind('paper.pdf'), 'pdf')
  assert.equal(previewKind('song.opus'), 'audio')
  assert.equal(previewKind('film.webm'), 'video')
  assert.equal(previewKind('all.tar.gz'), undefined)
  assert.equal(previewKind('constructor'), undefined)
})

test('previewKind() shows a page that somebody stored as text, and as nothing else', () => {
  for (const name of ['a.html', 'a.htm', 'a.xhtml', 'a.xml', 'a.js'])
    assert.equal(previewKind(name), 'text')
})

test('isText() tells text from bytes, also where a letter is cut in two', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  assert.equal(isText(bytes('un año\n\tand “more”\r\n')), true)
  assert.equal(isText(bytes('año').slice(0, 2)), true)
  assert.equal(isText(bytes('a\0b')), false)
  assert.equal(isText(bytes('a\u0085b')), false)
  assert.equal(isText(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)), false)
})
