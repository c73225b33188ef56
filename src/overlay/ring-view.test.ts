import assert from 'node:assert/strict'
import { test } from 'node:test'

import { mayFailOf } from './ring-view.ts'

const up = { state: 'up' } as const
const down = { state: 'down' } as const

test('mayFailOf() leaves one copy of each page', () => {
  assert.equal(mayFailOf([up]), 0)
  assert.equal(mayFailOf([up, up]), 1)
  assert.equal(mayFailOf([up, up, up, up, up]), 2)
  assert.equal(mayFailOf([up, up, up, up, down]), 1)
  assert.equal(mayFailOf([up, up, down, down]), 0)
})
