import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { isAnilloError } from '../base/errors.ts'
import { rangeAfter, readCursor, writeCursor } from './cursor.ts'

test('readCursor() gives back what writeCursor() took', () => {
  const after = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(fc.nat(), after, (index, sk) => {
      const text = writeCursor({ index, after: sk })
      assert.match(text, /^[\x21-\x7e]*$/)
      assert.deepEqual(readCursor(text), { index, after: sk })
    }),
  )
})

test('readCursor() refuses whatever else, and says so', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const { after, index } = readCursor(text)
        assert.ok(after !== '' && Number.isSafeInteger(index))
      } catch (thrown) {
        assert.ok(isAnilloError(thrown, 'BAD_REQUEST'))
      }
    }),
  )
})

test('rangeAfter() leaves out the record that the page before ended with, either way', () => {
  const range = { table: 't', pk: 'p', limit: 1, start: 'a', end: 'z' }
  const cursor = { index: 1, after: 'm' }
  assert.deepEqual(rangeAfter(range, cursor), { ...range, start: 'm\0' })
  const back = { ...range, reverse: true }
  assert.deepEqual(rangeAfter(back, cursor), { ...back, end: 'm' })
})
