import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { AnilloError } from './errors.ts'
import { JsonElements } from './json-elements.ts'

const CHARS_MAX = 100_000

function elementsOf(text: string, size = 7): unknown[] {
  const reading = new JsonElements({ key: 'items', charsMax: CHARS_MAX })
  const found: unknown[] = []
  const points = Array.from(text)
  for (let at = 0; at < points.length; at += size) {
    for (const one of reading.push(points.slice(at, at + size).join(''))) {
      found.push(JSON.parse(one))
    }
  }
  reading.end()
  return found
}

test('JsonElements tells the elements that JSON.parse would, however the text comes', () => {
  const value = fc.jsonValue({ maxDepth: 2, depthSize: 'xsmall' })
  const strange = fc.record({
    before: value,
    items: fc.array(value, { maxLength: 8 }),
    behind: value,
  })
  fc.assert(
    fc.property(
      strange,
      fc.integer({ min: 1, max: 50 }),
      fc.nat({ max: 3 }),
      (one, size, space) => {
        const text = JSON.stringify(one, undefined, space)
        assert.deepEqual(elementsOf(text, size), JSON.parse(text).items)
      },
    ),
    { endOnFailure: true },
  )
})

test('JsonElements looks at the key at the top alone, and at nothing that only looks like it', () => {
  assert.deepEqual(elementsOf('{"a":{"items":[1]},"b":"items","items":{"items":[2]}}'), [])
  assert.deepEqual(elementsOf('{"x":"\\"items\\":[1]","items" : [ "],}" , [] ]}'), ['],}', []])
  assert.deepEqual(elementsOf('[{"items":[1]}]'), [])
  assert.deepEqual(elementsOf('{"items":[]}'), [])
})

test('JsonElements refuses what is cut short, closes too much, or is too large', () => {
  const refuses = (text: string): void => {
    assert.throws(
      () => elementsOf(text),
      (thrown) => thrown instanceof AnilloError && thrown.code === 'ARCHIVE_BROKEN',
      text.slice(0, 40),
    )
  }
  for (const text of ['{"items":[1', '{"items":["', '{"items":[{}', '}', '{}]']) refuses(text)
  refuses(`{"items":["${'x'.repeat(CHARS_MAX + 1)}"]}`)
  refuses(`{"items":[${'['.repeat(CHARS_MAX + 1)}`)
})
