import assert from 'node:assert/strict'
import { test } from 'node:test'

import { headerDirectives, refreshTarget } from './directives.ts'

const HEADERS: readonly (readonly [value: string, noIndex: boolean, noFollow: boolean])[] = [
  ['noindex', true, false],
  ['NoIndex, NoFollow', true, true],
  ['none', true, true],
  ['all', false, false],
  ['', false, false],
  ['noarchive, nofollow', false, true],
  ['otherbot: noindex, nofollow', false, false],
  ['otherbot: nofollow, anillo: noindex', true, false],
  ['Anillo: noindex', true, false],
  ['*: noindex', true, false],
  ['unavailable_after: 25 Jun 2010 15:00:00 PST, noindex', true, false],
  ['max-snippet: 20, nofollow', false, true],
]

test('headerDirectives() heeds what is said to all and to us', () => {
  for (const [value, noIndex, noFollow] of HEADERS) {
    assert.deepEqual(headerDirectives(value, 'anillo'), { noIndex, noFollow }, value)
    assert.deepEqual(headerDirectives(value, 'Anillo'), { noIndex, noFollow }, value)
  }
})

const REFRESHES: readonly (readonly [content: string, target: string | undefined])[] = [
  ['5', undefined],
  ['5;', undefined],
  ['soon; url=x', undefined],
  ['5; url=x', 'x'],
  ['5;URL = "x y"z', 'x y'],
  ["0.5 , 'x", 'x'],
  [' 1 x', 'x'],
  ['1; url=', ''],
]

test('refreshTarget() reads what browsers read', () => {
  for (const [content, target] of REFRESHES) assert.equal(refreshTarget(content), target, content)
})
