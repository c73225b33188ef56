import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hexIn } from './repr-digest.ts'

test('hexIn() reads the SHA-256 of a Repr-Digest, beside others', () => {
  const empty = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'
  const hex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  assert.equal(hexIn(empty), hex)
  assert.equal(hexIn(`md5=:AAAA:, ${empty}`), hex)
  assert.equal(hexIn('sha-512=:AAAA:'), undefined)
})
