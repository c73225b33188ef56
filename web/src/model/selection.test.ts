import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  chooseAll,
  chooseNone,
  click,
  goTo,
  kept,
  NO_KEY,
  NOTHING_CHOSEN,
  step,
  toggle,
  typedTo,
  type Held,
  type Selection,
} from './selection.ts'

const ORDER = ['a', 'b', 'c', 'd', 'e']
const CTRL: Held = { isAdding: true, isRange: false }
const SHIFT: Held = { isAdding: false, isRange: true }
const BOTH: Held = { isAdding: true, isRange: true }

const chosen = (selection: Selection): string => [...selection.chosen].toSorted().join('')
const at = (selection: Selection, row: string, held: Held): Selection =>
  click(selection, { order: ORDER, at: row }, held)

test('click() chooses one, with Ctrl one more, with Shift all from the anchor', () => {
  const one = at(NOTHING_CHOSEN, 'b', NO_KEY)
  assert.equal(chosen(one), 'b')
  const two = at(one, 'd', CTRL)
  assert.equal(chosen(two), 'bd')
  assert.equal(chosen(at(two, 'd', CTRL)), 'b')
  const range = at(one, 'd', SHIFT)
  assert.equal(chosen(range), 'bcd')
  assert.equal(chosen(at(range, 'a', SHIFT)), 'ab')
  assert.equal(chosen(at(two, 'e', BOTH)), 'bde')
})

test('step() walks, stops at the ends, and takes the choice along but with Ctrl', () => {
  const first = step(NOTHING_CHOSEN, { order: ORDER, by: 1 }, NO_KEY)
  assert.equal(first.active, 'a')
  const far = step(first, { order: ORDER, by: 100 }, SHIFT)
  assert.equal(chosen(far), 'abcde')
  assert.equal(step(far, { order: ORDER, by: 1 }, NO_KEY).active, 'e')
  const apart = step(first, { order: ORDER, by: 2 }, CTRL)
  assert.deepEqual([apart.active, chosen(apart)], ['c', 'a'])
  assert.equal(chosen(toggle(apart, 'c')), 'ac')
  assert.equal(step(NOTHING_CHOSEN, { order: [], by: 1 }, NO_KEY), NOTHING_CHOSEN)
})

test('chooseAll() and chooseNone() leave the keyboard where it is', () => {
  const one = goTo(NOTHING_CHOSEN, { order: ORDER, at: 'c' }, NO_KEY)
  const all = chooseAll(one, ORDER)
  assert.deepEqual([all.active, chosen(all)], ['c', 'abcde'])
  const none = chooseNone(all)
  assert.deepEqual([none.active, chosen(none)], ['c', ''])
})

test('kept() goes to what took the place of what is gone', () => {
  const two = at(at(NOTHING_CHOSEN, 'a', NO_KEY), 'c', CTRL)
  const after = kept(two, { order: ORDER, after: ['a', 'b', 'd', 'e'] })
  assert.deepEqual([after.active, chosen(after)], ['d', 'a'])
  const last = at(NOTHING_CHOSEN, 'e', NO_KEY)
  assert.equal(kept(last, { order: ORDER, after: ['a'] }).active, 'a')
  assert.equal(kept(last, { order: ORDER, after: [] }).active, undefined)
  assert.equal(kept(two, { order: ORDER, after: [...ORDER, 'f'] }), two)
})

test('typedTo() finds beginnings of names, and goes on with the same letter', () => {
  const rows = ['Apple', 'banana', 'Berry', 'cherry'].map((name) => ({ key: name, name }))
  assert.equal(typedTo(rows, { active: undefined, typed: 'b' }), 'banana')
  assert.equal(typedTo(rows, { active: 'banana', typed: 'b' }), 'Berry')
  assert.equal(typedTo(rows, { active: 'Berry', typed: 'bb' }), 'banana')
  assert.equal(typedTo(rows, { active: 'banana', typed: 'be' }), 'Berry')
  assert.equal(typedTo(rows, { active: 'Apple', typed: 'x' }), undefined)
})
