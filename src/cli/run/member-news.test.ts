import assert from 'node:assert/strict'
import { test } from 'node:test'

import { memberNewsText } from './member-news.ts'

test('memberNewsText() tells in words what a person needs, and nothing else', () => {
  const newcomer = { name: 'berta', host: '10.0.0.2', memberId: 'ab' }
  assert.equal(
    memberNewsText('newcomer enrolled', newcomer),
    'berta at 10.0.0.2 was let into the ring',
  )
  assert.equal(memberNewsText('joined', { name: 'ana' }), 'ana has its place on the ring')
  assert.match(memberNewsText('authority’s key received', {}) ?? '', /let others in/)
  assert.equal(memberNewsText('rpc.broken', { address: 'x' }), undefined)
})
