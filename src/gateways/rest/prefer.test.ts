import assert from 'node:assert/strict'
import { test } from 'node:test'

import { waitMsOf } from './prefer.ts'

test('waitMsOf() reads wait among other preferences', () => {
  assert.equal(waitMsOf('respond-async, wait=10'), 10_000)
  assert.equal(waitMsOf('wait="5"; foo'), 5_000)
  assert.equal(waitMsOf(['handling=lenient', 'Wait=2']), 2_000)
})

test('waitMsOf() ignores nonsense and holds no request for longer than 30 s', () => {
  for (const text of [undefined, '', 'wait', 'wait=', 'wait=-1', 'wait=soon', 'await=3']) {
    assert.equal(waitMsOf(text), 0)
  }
  assert.equal(waitMsOf('wait=99999'), 30_000)
})
