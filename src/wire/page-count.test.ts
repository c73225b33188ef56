import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pageCount } from './page-count.ts'

test('pageCount() counts pages whose owner is drained, and each once', () => {
  const drained = { pages: 0, ownPages: 0 }
  assert.equal(pageCount([{ pages: 29, ownPages: 10 }, { pages: 29, ownPages: 8 }, drained]), 29)
  assert.equal(
    pageCount([
      { pages: 20, ownPages: 18 },
      { pages: 25, ownPages: 12 },
    ]),
    30,
  )
  assert.equal(pageCount([]), 0)
})
