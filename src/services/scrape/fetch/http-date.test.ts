import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { httpDateMs } from './http-date.ts'

const T0_MS = Date.UTC(1994, 10, 6, 8, 49, 37)

test('httpDateMs() reads the three forms of RFC 9110', () => {
  for (const text of [
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'sun, 6 nov 1994 08:49:37 utc',
  ]) {
    assert.equal(httpDateMs(text), T0_MS, text)
  }
  assert.equal(httpDateMs('Sunday, 06-Nov-26 08:49:37 GMT'), Date.UTC(2026, 10, 6, 8, 49, 37))
})

test('httpDateMs() takes nothing else', () => {
  for (const text of [
    '',
    '0',
    '-1',
    'now',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37 PST',
    'Sun, 30 Feb 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 25:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT and more',
  ]) {
    assert.equal(httpDateMs(text), undefined, text)
  }
})

test('httpDateMs() reads what is written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      assert.equal(httpDateMs(new Date(seconds * 1_000).toUTCString()), seconds * 1_000)
    }),
  )
})
