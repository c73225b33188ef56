import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import {
  alongChord,
  arcPath,
  chordPath,
  pointAt,
  spreadLine,
  spreadTurns,
  turnOf,
  turnsBetween,
} from './geometry.ts'

const near = (got: number, wanted: number): void =>
  assert.ok(Math.abs(got - wanted) < 1e-9, `${got} is not ${wanted}`)

test('turnOf() maps the ends and the middle of the positions to the circle', () => {
  assert.equal(turnOf('0'.repeat(64)), 0)
  assert.equal(turnOf('8'.padEnd(64, '0')), 0.5)
  assert.ok(turnOf('f'.repeat(64)) < 1)
})

test('turnOf() keeps the order of positions', () => {
  const position = fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'.split('')),
    minLength: 64,
    maxLength: 64,
  })
  fc.assert(
    fc.property(position, position, (a, b) => {
      if (a < b) assert.ok(turnOf(a) <= turnOf(b))
    }),
  )
})

test('pointAt() goes clockwise from twelve o’clock', () => {
  near(pointAt(0, 10).y, -10)
  near(pointAt(0.25, 10).x, 10)
  near(pointAt(0.5, 10).y, 10)
  near(pointAt(0.75, 10).x, -10)
})

test('turnsBetween() wraps at zero, and a member alone owns the whole circle', () => {
  near(turnsBetween({ from: 0.9, to: 0.1 }), 0.2)
  near(turnsBetween({ from: 0.1, to: 0.9 }), 0.8)
  assert.equal(turnsBetween({ from: 0.3, to: 0.3 }), 1)
})

test('arcPath() takes the long way round for more than half, and two halves for the whole', () => {
  assert.equal(arcPath({ from: 0, to: 0.25, radius: 10 }), 'M0 -10 A10 10 0 0 1 10 0')
  assert.equal(arcPath({ from: 0.25, to: 0, radius: 10 }), 'M10 0 A10 10 0 1 1 0 -10')
  assert.equal(arcPath({ from: 0, to: 0, radius: 10 }).match(/A/g)?.length, 2)
})

test('alongChord() starts and ends at the ends, and stays inside the circle', () => {
  const turn = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  fc.assert(
    fc.property(turn, turn, turn, (a, b, share) => {
      const chord = { from: pointAt(a, 100), to: pointAt(b, 100) }
      near(alongChord(chord, 0).x, chord.from.x)
      near(alongChord(chord, 1).y, chord.to.y)
      const point = alongChord(chord, share)
      assert.ok(Math.hypot(point.x, point.y) <= 100 + 1e-9)
    }),
  )
  assert.equal(chordPath({ from: { x: 0, y: -10 }, to: { x: 0, y: 10 } }), 'M0 -10 Q0 0 0 10')
})

test('spreadTurns() leaves labels that do not touch where they are', () => {
  assert.deepEqual(
    spreadTurns([0.1, 0.4, 0.8], 0.05).map((turn) => turn.toFixed(6)),
    ['0.100000', '0.400000', '0.800000'],
  )
  assert.deepEqual(spreadTurns([0.3], 0.5), [0.3])
})

test('spreadLine() keeps order, distance and bounds, and moves nothing that has room', () => {
  assert.deepEqual(spreadLine([], { gap: 1, min: 0, max: 9 }), [])
  assert.deepEqual(spreadLine([1, 4, 8], { gap: 2, min: 0, max: 9 }), [1, 4, 8])
  const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(values, fc.double({ min: 0.1, max: 5, noNaN: true }), (unsorted, gap) => {
      const wishes = unsorted.toSorted((a, b) => a - b)
      const spread = spreadLine(wishes, { gap, min: -50, max: 50 })
      assert.equal(spread.length, wishes.length)
      for (const [i, at] of spread.entries()) {
        assert.ok(at >= -50 - 1e-9 && at <= 50 + 1e-9, `${at} is out of bounds`)
        assert.ok(i === 0 || at - (spread[i - 1] ?? 0) >= gap - 1e-9)
      }
    }),
  )
})

test('spreadTurns() keeps order and distance, across zero too', () => {
  const turns = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
    minLength: 2,
    maxLength: 60,
  })
  fc.assert(
    fc.property(turns, fc.double({ min: 0.001, max: 0.1, noNaN: true }), (unsorted, gap) => {
      const sorted = unsorted.toSorted((a, b) => a - b)
      const step = Math.min(gap, 1 / sorted.length)
      const spread = spreadTurns(sorted, gap)
      const distances = spread.map((turn, i) => {
        const next = spread[(i + 1) % spread.length] ?? 0
        return (((next - turn) % 1) + 1) % 1
      })
      for (const distance of distances) assert.ok(distance >= step - 1e-9, `${distance} < ${step}`)
      near(
        distances.reduce((sum, distance) => sum + distance, 0),
        1,
      )
    }),
  )
})
