import assert from 'node:assert/strict'
import { test } from 'node:test'

import { mayFailOf } from './ring-view.ts'

const ring = (states: string) =>
  [...states].map((letter) => ({ state: letter === 'u' ? ('up' as const) : ('down' as const) }))

test('mayFailOf() leaves one copy of each page', () => {
  assert.equal(mayFailOf(ring('u')), 0)
  assert.equal(mayFailOf(ring('uu')), 1)
  assert.equal(mayFailOf(ring('uuuuu')), 2)
  assert.equal(mayFailOf(ring('uuuud')), 1)
  assert.equal(mayFailOf(ring('uudd')), 0)
})
