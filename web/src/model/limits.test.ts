import assert from 'node:assert/strict'
import { test } from 'node:test'

import { GIB, gibText, kindOf, limitsIn } from './limits.ts'

const form = (fields: Record<string, string>) => (name: string) => fields[name] ?? ''

test('what a form says becomes limits, and what it does not have stays', () => {
  const before = { bytesMax: 5, filesMax: 5, upPerSecond: 100_000 }
  const most = { bytesMaxKind: 'most', bytesMax: '1,5', filesMaxKind: 'none' }
  assert.deepEqual(limitsIn(form(most), before), {
    bytesMax: 1.5 * GIB,
    filesMax: null,
    upPerSecond: 100_000,
  })
  const usual = { bytesMaxKind: 'usual', bytesMax: '7', filesMaxKind: 'most', filesMax: '10' }
  assert.deepEqual(limitsIn(form(usual), before), { filesMax: 10, upPerSecond: 100_000 })
})

test('what is no number is one that the ring refuses', () => {
  const wrong = { bytesMaxKind: 'most', bytesMax: 'much', filesMaxKind: 'usual' }
  assert.deepEqual(limitsIn(form(wrong), {}), { bytesMax: -1 })
})

test('limits are shown as they were given', () => {
  assert.deepEqual([undefined, null, 0, 7].map(kindOf), ['usual', 'none', 'most', 'most'])
  assert.equal(gibText(1.5 * GIB), '1.5')
  assert.equal(gibText(10 * GIB), '10')
})
