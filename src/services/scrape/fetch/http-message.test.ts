import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  codingsOf,
  contentLengthOf,
  headerOf,
  mediaTypeOf,
  redirectOf,
  type Headers,
} from './http-message.ts'

test('headerOf() finds the first, in whatever case', () => {
  assert.equal(
    headerOf(
      [
        ['X-A', ' 1 '],
        ['x-a', '2'],
      ],
      'x-a',
    ),
    '1',
  )
  assert.equal(headerOf([], 'x-a'), undefined)
})

test('mediaTypeOf() reads types and charsets as sites write them', () => {
  const of = (value: string) => mediaTypeOf([['content-type', value]])
  assert.deepEqual(of('Text/HTML; Charset="UTF-8"'), { type: 'text/html', charset: 'utf-8' })
  assert.deepEqual(of('text/html;charset=koi8-r; x=y'), { type: 'text/html', charset: 'koi8-r' })
  assert.deepEqual(of('application/ld+json'), { type: 'application/ld+json', charset: undefined })
  assert.deepEqual(of('nonsense'), { type: '', charset: undefined })
  assert.deepEqual(mediaTypeOf([]), { type: '', charset: undefined })
})

test('redirectOf() follows the five redirects that name a place, and no other status', () => {
  const headers: Headers = [['Location', '/x']]
  for (const status of [301, 302, 303, 307, 308]) assert.equal(redirectOf(status, headers), '/x')
  for (const status of [200, 201, 300, 304, 404])
    assert.equal(redirectOf(status, headers), undefined)
  assert.equal(redirectOf(302, []), undefined)
})

test('codingsOf() gives what to undo, last applied first, and refuses the rest in words', () => {
  const of = (...values: readonly string[]) =>
    codingsOf(values.map((value) => ['Content-Encoding', value]))
  assert.deepEqual(of(), [])
  assert.deepEqual(of('identity', ''), [])
  assert.deepEqual(of('X-GZIP'), ['gzip'])
  assert.deepEqual(of('deflate, br'), ['br', 'deflate'])
  assert.deepEqual(of('zstd', 'gzip'), ['gzip', 'zstd'])
  assert.equal(typeof of('gzip, gzip, gzip'), 'string')
  assert.equal(typeof of('compress'), 'string')
})

test('contentLengthOf() takes plain numbers only', () => {
  assert.equal(contentLengthOf([['Content-Length', '12']]), 12)
  for (const value of ['-1', '1e3', '', '9'.repeat(20)])
    assert.equal(contentLengthOf([['Content-Length', value]]), undefined)
})
