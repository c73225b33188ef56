import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 as zlibCrc32 } from 'node:zlib'

import { fc } from '../../test/properties.ts'
import { utf8 } from './bytes.ts'
import { crc32 } from './crc32.ts'

test('crc32() gives the check value of its catalogue entry', () => {
  assert.equal(crc32(utf8('123456789')), 0xcbf43926)
  assert.equal(crc32(new Uint8Array(0)), 0)
})

test('crc32() is the CRC of zlib', () => {
  const arbitrary = fc.uint8Array({ maxLength: 200 })
  fc.assert(fc.property(arbitrary, (bytes) => crc32(bytes) === zlibCrc32(bytes)))
})
