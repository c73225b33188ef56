import assert from 'node:assert/strict'
import { test } from 'node:test'

import { previewKind } from './file-kinds.ts'

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
