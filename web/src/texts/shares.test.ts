import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SHARES_EN } from './shares.en.ts'
import { SHARES_ES } from './shares.es.ts'

/** Every text, functions called with stand-ins. */
function flatten(texts: object, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) => {
    const name = `${path}${key}`
    if (typeof value === 'string') return [[name, value] as const]
    if (typeof value === 'function') return [[name, String(value(STAND_IN, 'S', false))] as const]
    return typeof value === 'object' && value !== null ? flatten(value, `${name}.`) : []
  })
}

const STAND_IN = {
  have: '1',
  underWay: '2',
  what: 'W',
  owners: 'O',
  folder: 'F',
  done: '1',
  all: '2',
  sent: '1',
  size: '2',
  shown: '1',
  used: '1',
  most: '2',
  failed: '3',
  count: '1',
}

/** Said the same way in both. */
const SAME = new Set(['told.working'])

test('the words of shares are there in both languages, and Spanish is not English', () => {
  const spanish = new Map(flatten(SHARES_ES))
  const english = flatten(SHARES_EN)
  assert.ok(english.length > 150, `${english.length} texts`)
  for (const [name, text] of english) {
    assert.ok(text.trim() !== '', `${name} is empty`)
    assert.ok((spanish.get(name) ?? '').trim() !== '', `${name} is empty in Spanish`)
    assert.ok(!text.includes('undefined'), `${name}: ${text}`)
  }
  const same = english.filter(([name, text]) => spanish.get(name) === text && !SAME.has(name))
  assert.deepEqual(same, [])
})
