import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { PAGE_ANSWERS, SESSION_PAGES_MAX } from './partition/sessions.ts'
import { Session, SESSION_SPAN_MAX } from './session.ts'

test('numbers grow by one; the floor is the oldest that is not settled', () => {
  const session = new Session(7)
  const first = session.begin()
  const second = session.begin()
  assert.deepEqual(first, { session: 7, sequence: 1, floor: 1 })
  assert.deepEqual(second, { session: 7, sequence: 2, floor: 1 })
  session.settle(second.sequence)
  assert.equal(session.begin().floor, 1)
  session.settle(first.sequence)
  assert.equal(session.begin().floor, 3)
})

test('the floor never passes what is under way, whatever the order of settling', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 300 }), (choices) => {
      const session = new Session(1)
      const underWay = new Set<number>()
      for (const choice of choices) {
        if (choice % 2 === 0 && !session.isFull) {
          const { floor, sequence } = session.begin()
          underWay.add(sequence)
          assert.equal(floor, Math.min(...underWay))
        } else {
          const settled = [...underWay][choice % Math.max(1, underWay.size)]
          if (settled === undefined) continue
          underWay.delete(settled)
          session.settle(settled)
        }
      }
    }),
  )
})

test('a session is full before the partition forgets what is under way in it', () => {
  assert.ok(SESSION_SPAN_MAX + PAGE_ANSWERS <= SESSION_PAGES_MAX * PAGE_ANSWERS)
  const session = new Session(1)
  for (let i = 0; i < SESSION_SPAN_MAX; i++) session.begin()
  assert.equal(session.isFull, true)
  session.settle(2)
  assert.equal(session.isFull, true)
  session.settle(1)
  assert.equal(session.isFull, false)
})
