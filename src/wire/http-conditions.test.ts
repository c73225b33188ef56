import assert from 'node:assert/strict'
import { test } from 'node:test'

import { judgeRead, mayRange, writeCondition } from './http-conditions.ts'

const AT = { etag: '"a,b"', modifiedMs: Date.parse('2026-11-21T10:00:00.700Z') }
const THEN = 'Sat, 21 Nov 2026 10:00:00 GMT'
const BEFORE = 'Sat, 21 Nov 2026 09:59:59 GMT'

test('judgeRead() takes conditions in the order of RFC 9110, 13.2.2', () => {
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{}, 'send'],
    [{ 'if-match': '"a,b"' }, 'send'],
    [{ 'if-match': '"x", "a,b"' }, 'send'],
    [{ 'if-match': '*' }, 'send'],
    [{ 'if-match': '"x"' }, 'conditionFailed'],
    [{ 'if-match': 'W/"a,b"' }, 'conditionFailed'],
    [{ 'if-match': '"x"', 'if-none-match': '"a,b"' }, 'conditionFailed'],
    [{ 'if-match': '"a,b"', 'if-none-match': '"a,b"' }, 'notModified'],
    [{ 'if-unmodified-since': THEN }, 'send'],
    [{ 'if-unmodified-since': BEFORE }, 'conditionFailed'],
    [{ 'if-unmodified-since': BEFORE, 'if-match': '"a,b"' }, 'send'],
    [{ 'if-unmodified-since': 'yesterday' }, 'send'],
    [{ 'if-none-match': 'W/"a,b"' }, 'notModified'],
    [{ 'if-none-match': '*' }, 'notModified'],
    [{ 'if-none-match': '"x"' }, 'send'],
    [{ 'if-none-match': '"x"', 'if-modified-since': THEN }, 'send'],
    [{ 'if-modified-since': THEN }, 'notModified'],
    [{ 'if-modified-since': BEFORE }, 'send'],
  ]
  for (const [headers, verdict] of cases) {
    assert.equal(judgeRead(headers, AT), verdict, JSON.stringify(headers))
  }
})

test('mayRange() has If-Range name the very content, by a strong tag', () => {
  assert.equal(mayRange({}, AT), true)
  assert.equal(mayRange({ 'if-range': '"a,b"' }, AT), true)
  for (const other of ['"x"', 'W/"a,b"', THEN]) {
    assert.equal(mayRange({ 'if-range': other }, AT), false, other)
  }
})

test('writeCondition() tells what must be there, and refuses what no write can have', () => {
  assert.deepEqual(writeCondition({}), { kind: 'none' })
  assert.deepEqual(writeCondition({ 'if-none-match': '*' }), { kind: 'absent' })
  assert.deepEqual(writeCondition({ 'if-match': '*' }), { kind: 'present' })
  const tags = { kind: 'tags', tags: ['"a"', '"b"'] }
  assert.deepEqual(writeCondition({ 'if-match': '"a", "b"' }), tags)
  const bad = [
    { 'if-none-match': '"a"' },
    { 'if-match': 'a' },
    { 'if-match': '*', 'if-none-match': '*' },
  ]
  for (const headers of bad) {
    assert.throws(() => writeCondition(headers), { code: 'BAD_REQUEST' }, JSON.stringify(headers))
  }
})
