import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { isAnilloError } from '../../base/errors.ts'
import { readIf, tokensIn } from './if-header.ts'

const token = (text: string, isNot = false) => ({ kind: 'token', token: text, isNot }) as const
const etag = (text: string, isNot = false) => ({ kind: 'etag', etag: text, isNot }) as const

test('readIf() reads the examples of RFC 4918, 10.4', () => {
  assert.deepEqual(readIf('(<urn:uuid:1> ["I am an ETag"]) (["I am another ETag"])'), [
    { address: undefined, conditions: [token('urn:uuid:1'), etag('"I am an ETag"')] },
    { address: undefined, conditions: [etag('"I am another ETag"')] },
  ])
  assert.deepEqual(readIf('(Not <urn:uuid:1> <urn:uuid:2>)'), [
    { address: undefined, conditions: [token('urn:uuid:1', true), token('urn:uuid:2')] },
  ])
  assert.deepEqual(readIf('(<urn:uuid:1>) (Not <DAV:no-lock>)').at(1)?.conditions, [
    token('DAV:no-lock', true),
  ])
  const tagged = '</a> (<urn:uuid:1> [W/"weak"]) (["strong"]) <http://h/b> (["x"])'
  assert.deepEqual(readIf(tagged), [
    { address: '/a', conditions: [token('urn:uuid:1'), etag('W/"weak"')] },
    { address: '/a', conditions: [etag('"strong"')] },
    { address: 'http://h/b', conditions: [etag('"x"')] },
  ])
  assert.deepEqual(readIf('(not["a)(b"]Not<x>)'), [
    { address: undefined, conditions: [etag('"a)(b"', true), token('x', true)] },
  ])
})

test('readIf() refuses whatever is not of the grammar', () => {
  const cases = [
    '',
    ' ',
    '()',
    '(',
    '(<a>',
    '<a>',
    '(<>)',
    '(<a b>)',
    '([a])',
    '(["a)',
    '("a")',
    '(<a>) x',
    '(<a>) </b> (<c>)',
    '</b> (<c>) </d>',
    '(Not)',
    '(Not Not <a>)',
    '(<a>),(<b>)',
    '(<a>,<b>)',
    '((<a>))',
    '<a> <b> (<c>)',
    '([W/a])',
  ]
  for (const text of cases) {
    assert.throws(
      () => readIf(text),
      (thrown) => isAnilloError(thrown, 'BAD_REQUEST'),
      text,
    )
  }
})

test('tokensIn() counts what the client says that it has, not what it says that it lacks', () => {
  const lists = readIf('(<a> Not <b> ["c"]) (<d>)')
  assert.deepEqual([...tokensIn(lists)], ['a', 'd'])
})

test('readIf() ends in one of two ways with any text, in a time that grows with its length', () => {
  const pieces = ['(', ')', '<', '>', '[', ']', '"', 'Not', ' ', 'a', 'W/', ',', '\\', '\u00ff']
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      try {
        assert.ok(readIf(text).length > 0)
      } catch (thrown) {
        assert.ok(isAnilloError(thrown, 'BAD_REQUEST'))
      }
    }),
  )
  const long = `(${'<a>'.repeat(4_000)})`
  assert.equal(readIf(long)[0]?.conditions.length, 4_000)
})
