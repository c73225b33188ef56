import assert from 'node:assert/strict'
import { test } from 'node:test'

import { newId } from './secrets.ts'

test('an id begins with a letter, whatever chance gives', () => {
  for (let first = 0; first < 256; first++) {
    const id = newId({ bytes: (length) => new Uint8Array(length).fill(first) })
    assert.match(id, /^[A-Za-f][\w-]{15}$/)
  }
})
