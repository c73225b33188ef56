import assert from 'node:assert/strict'
import { test } from 'node:test'

import { concat, utf8 } from './bytes.ts'
import { GZIP_HEADER_BYTES_MAX, gzipHeaderBytes } from './gzip-header.ts'

const FIXED = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
const withFlags = (flags: number): Uint8Array =>
  Uint8Array.from(FIXED, (byte, at) => (at === 3 ? flags : byte))
const DATA = utf8('data')

test('gzipHeaderBytes() finds the data behind each field that a header may have', () => {
  const fields: readonly (readonly [flags: number, field: Uint8Array])[] = [
    [0, utf8('')],
    [4, Uint8Array.of(3, 0, 1, 2, 3)],
    [8, utf8('a name\0')],
    [16, utf8('a comment\0')],
    [2, Uint8Array.of(7, 7)],
    [30, concat([Uint8Array.of(1, 0, 9), utf8('name\0comment\0'), Uint8Array.of(7, 7)])],
  ]
  for (const [flags, field] of fields) {
    const header = concat([withFlags(flags), field])
    const whole = concat([header, DATA])
    assert.equal(gzipHeaderBytes(whole), header.length)
    for (let length = 0; length < header.length; length++) {
      assert.equal(gzipHeaderBytes(whole.subarray(0, length)), 'short', String(length))
    }
  }
})

test('gzipHeaderBytes() knows what is no gzip, and a name without an end', () => {
  assert.equal(gzipHeaderBytes(utf8('WARC/1.1')), 'bad')
  assert.equal(gzipHeaderBytes(Uint8Array.of(0x1f, 0x8c)), 'bad')
  assert.equal(gzipHeaderBytes(Uint8Array.of(0x1f, 0x8b, 7)), 'bad')
  assert.equal(gzipHeaderBytes(withFlags(0x20)), 'bad')
  const endless = new Uint8Array(GZIP_HEADER_BYTES_MAX).fill(65)
  assert.equal(gzipHeaderBytes(concat([withFlags(8), endless])), 'bad')
})
