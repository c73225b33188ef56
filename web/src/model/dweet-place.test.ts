import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parsePlace, placeOfTyped, placeText } from './dweet-place.ts'

test('a place survives the address of the page', () => {
  for (const at of [
    undefined,
    'local',
    'bookmarks',
    'notifications',
    'settings',
    'search:two words: @ana',
    'write:about https://a.example/ #x',
    '#añil',
    '123456789012345678901234567890',
    '@ana',
    '@ana/followers',
    '@ana/following',
  ]) {
    assert.equal(placeText(parsePlace(at)), at)
  }
})

test('what leads nowhere is the home; a nick is folded', () => {
  for (const at of ['', 'x', '#', '@', '@a b', '@ana/friends', '-1', '12x', '<script>']) {
    assert.deepEqual(parsePlace(at), { kind: 'home' }, at)
  }
  assert.deepEqual(parsePlace('@Ana'), { kind: 'person', nick: 'ana', part: 'dweets' })
})

test('what is typed to look for leads to a person, a tag, or is looked for', () => {
  assert.equal(placeText(placeOfTyped(' @ana ')), '@ana')
  assert.equal(placeText(placeOfTyped('#rain')), '#rain')
  for (const words of ['rain', 'local', '12', '@ana rain', ''])
    assert.deepEqual(placeOfTyped(words), { kind: 'search', words })
})

test('lists of people, moderation and settings have places of their own', () => {
  for (const at of ['lists', 'reports', 'settings', 'list:123']) {
    assert.equal(placeText(parsePlace(at)), at)
  }
  assert.deepEqual(parsePlace('list:123'), { kind: 'list', id: '123' })
  assert.deepEqual(parsePlace('list:../x'), { kind: 'home' })
})
