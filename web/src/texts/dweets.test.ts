import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DWEETS_EN } from './dweets.en.ts'
import { DWEETS_ES } from './dweets.es.ts'

/** Every text, functions called with a stand-in. */
function flatten(texts: object, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) => {
    const name = `${path}${key}`
    if (typeof value === 'string') return [[name, value] as const]
    if (typeof value === 'function') return [[name, String(value(2))] as const]
    return typeof value === 'object' && value !== null ? flatten(value, `${name}.`) : []
  })
}

/** The keys themselves. */
const SAME = /^keys\.rows\.\d+\.0$/

test('the words of the microblog are there in both languages, and Spanish is not English', () => {
  const spanish = new Map(flatten(DWEETS_ES))
  const english = flatten(DWEETS_EN)
  assert.ok(english.length > 90, `${english.length} texts`)
  for (const [name, text] of english) {
    assert.ok(text.trim() !== '', `${name} is empty`)
    assert.ok((spanish.get(name) ?? '').trim() !== '', `${name} is empty in Spanish`)
  }
  const same = english.filter(([name, text]) => spanish.get(name) === text && !SAME.test(name))
  assert.deepEqual(same, [])
})
