import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { parsePosition, type Position } from '../base/ids.ts'
import { highestBitOfArc, isBetween, isInArc, positionAfterBit } from './arc.ts'

const CIRCLE = 1n << 256n

function at(place: bigint): Position {
  return parsePosition((((place % CIRCLE) + CIRCLE) % CIRCLE).toString(16).padStart(64, '0'))
}

/**
 * Few values beside the whole range, so that equal positions and neighbours of zero are met often.
 */
const place = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n }),
  fc.bigInt({ min: CIRCLE - 3n, max: CIRCLE - 1n }),
  fc.bigInt({ min: 0n, max: CIRCLE - 1n }),
)

/** Clockwise steps from one place to another: the definition that the texts must agree with. */
function distance(from: bigint, to: bigint): bigint {
  return (to - from + CIRCLE) % CIRCLE
}

test('isInArc() agrees with distances for all positions, over zero too', () => {
  fc.assert(
    fc.property(place, place, place, (position, after, upTo) => {
      const whole = after === upTo
      const inside =
        distance(after, position) > 0n && distance(after, position) <= distance(after, upTo)
      const actual = isInArc({ position: at(position), after: at(after), upTo: at(upTo) })
      assert.equal(actual, whole || inside)
    }),
    { numRuns: 2_000 },
  )
})

test('isBetween() excludes both ends, and only that point where the ends are one', () => {
  fc.assert(
    fc.property(place, place, place, (position, after, before) => {
      const limit = after === before ? CIRCLE : distance(after, before)
      const inside = distance(after, position) > 0n && distance(after, position) < limit
      const actual = isBetween({ position: at(position), after: at(after), before: at(before) })
      assert.equal(actual, inside)
    }),
    { numRuns: 2_000 },
  )
})

test('isInArc() splits the circle: each position is in (a, b] or in (b, a]', () => {
  fc.assert(
    fc.property(place, place, place, (position, a, b) => {
      fc.pre(a !== b)
      const one = isInArc({ position: at(position), after: at(a), upTo: at(b) })
      const other = isInArc({ position: at(position), after: at(b), upTo: at(a) })
      assert.notEqual(one, other)
    }),
  )
})

test('positionAfterBit() adds a power of two and wraps at the top', () => {
  fc.assert(
    fc.property(place, fc.integer({ min: 0, max: 255 }), (position, bit) => {
      assert.equal(positionAfterBit(at(position), bit), at(position + (1n << BigInt(bit))))
    }),
  )
})

test('highestBitOfArc() is the last finger that begins at or before the other end', () => {
  assert.equal(highestBitOfArc({ from: at(7n), to: at(7n) }), undefined)
  fc.assert(
    fc.property(place, place, (from, to) => {
      fc.pre(from !== to)
      const bit = highestBitOfArc({ from: at(from), to: at(to) })
      assert.ok(bit !== undefined)
      assert.ok(1n << BigInt(bit) <= distance(from, to))
      assert.ok(1n << BigInt(bit + 1) > distance(from, to))
    }),
  )
})
