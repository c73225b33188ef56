import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { jsonOf } from './json-line.ts'

test('jsonOf() says the same as JSON, and nothing that steers a terminal', () => {
  assert.equal(jsonOf({ a: '\u009b2J\u202e\u001b' }), '{"a":"\\u009b2J\\u202e\\u001b"}')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = jsonOf([text])
      assert.deepEqual(JSON.parse(json), [text])
      assert.doesNotMatch(json, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})
