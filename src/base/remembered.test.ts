import assert from 'node:assert/strict'
import { test } from 'node:test'

import { remembered } from './remembered.ts'

test('remembered() computes once what is asked for again and again, and forgets the rest', () => {
  const computed: string[] = []
  const lengthOf = remembered(3, (text) => {
    computed.push(text)
    return text.length
  })
  for (const text of ['a', 'bb', 'a', 'ccc', 'a', 'dddd', 'eeeee', 'a']) {
    assert.equal(lengthOf(text), text.length)
  }
  assert.deepEqual(computed, ['a', 'bb', 'ccc', 'dddd', 'eeeee'])
  for (const text of ['x', 'y', 'z', 'bb']) lengthOf(text)
  assert.equal(computed.filter((text) => text === 'bb').length, 2)
})
