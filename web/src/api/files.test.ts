import assert from 'node:assert/strict'
import { test } from 'node:test'

import { contentAddress } from './files.ts'

test('contentAddress() names the file, a version of it, and that it is to be saved', () => {
  const door = 'http://localhost:9100'
  assert.equal(contentAddress(door, '/a b'), 'http://localhost:9100/v1/files/a%20b')
  assert.equal(
    contentAddress(door, '/a', { version: 3, isDownload: true }),
    'http://localhost:9100/v1/files/a?version=3&download=true',
  )
})
