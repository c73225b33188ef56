import assert from 'node:assert/strict'
import { test } from 'node:test'

import { queryOf } from './query.ts'

test('queryOf() leaves out what is undefined, and says nothing of nothing', () => {
  assert.equal(queryOf({}), '')
  assert.equal(queryOf({ cursor: undefined }), '')
  assert.equal(
    queryOf({ limit: 5, reverse: false, prefix: '', a: undefined }),
    '?limit=5&reverse=false&prefix=',
  )
})

test('queryOf() writes what has a meaning in an address so that it has none', () => {
  const text = 'a b&c=d/é?#'
  assert.equal(new URL(`http://a.test/x${queryOf({ q: text })}`).searchParams.get('q'), text)
})
