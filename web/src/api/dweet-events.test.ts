import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readDweetEvent } from './dweet-events.ts'

test('readDweetEvent() takes what it knows whole, and nothing else', () => {
  assert.deepEqual(readDweetEvent('{"kind":"deleted","id":"1"}'), { kind: 'deleted', id: '1' })
  assert.deepEqual(readDweetEvent('{"kind":"resync"}'), { kind: 'resync' })
  for (const data of ['', '1', 'null', '{}', '{"kind":"deleted"}', '{"kind":"toString"}'])
    assert.equal(readDweetEvent(data), undefined, data)
  assert.equal(readDweetEvent('{"kind":"published","publication":null}'), undefined)
})
