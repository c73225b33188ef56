/**
 * Intervals on the circle of 2^256 positions, clockwise. Positions are texts of one length, so `<`
 * orders them as numbers; an interval whose end is not greater than its start goes over zero.
 */
import { assert, present } from '../base/assert.ts'
import { parsePosition, type Position } from '../base/ids.ts'

/** Bits of a position. */
export const POSITION_BITS = 256

const CIRCLE = 1n << BigInt(POSITION_BITS)
const POSITION_HEX_DIGITS = POSITION_BITS / 4

/**
 * The interval (after, upTo]: open at its start, closed at its end; the whole circle when both are
 * one.
 */
export interface ArcQuestion {
  readonly position: Position
  readonly after: Position
  readonly upTo: Position
}

/** Whether the position lies in (after, upTo], going clockwise. */
export function isInArc({ position, after, upTo }: ArcQuestion): boolean {
  if (after < upTo) return after < position && position <= upTo
  return after < position || position <= upTo
}

export interface BetweenQuestion {
  readonly position: Position
  readonly after: Position
  readonly before: Position
}

/**
 * Whether the position lies in (after, before), open at both ends; all but that one point when both
 * are one.
 */
export function isBetween({ position, after, before }: BetweenQuestion): boolean {
  return position !== before && isInArc({ position, after, upTo: before })
}

/**
 * `position + 2^bit` on the circle: where finger `bit` of that position begins (Stoica et al.
 * 2001).
 */
export function positionAfterBit(position: Position, bit: number): Position {
  assert(
    Number.isInteger(bit) && bit >= 0 && bit < POSITION_BITS,
    'a finger has a bit of a position',
  )
  const sum = (BigInt(`0x${position}`) + (1n << BigInt(bit))) % CIRCLE
  return parsePosition(sum.toString(16).padStart(POSITION_HEX_DIGITS, '0'))
}

/** The highest bit with `from + 2^bit` in (from, to]; `undefined` when both are one. */
export function highestBitOfArc({
  from,
  to,
}: {
  readonly from: Position
  readonly to: Position
}): number | undefined {
  if (from === to) return undefined
  const distance = (BigInt(`0x${to}`) - BigInt(`0x${from}`) + CIRCLE) % CIRCLE
  const digits = distance.toString(16)
  const leading = Number.parseInt(digits.slice(0, 1), 16)
  return (digits.length - 1) * 4 + 31 - Math.clz32(leading)
}

/**
 * Index of the first item at or behind the position; the length when all stand before it. The items
 * are sorted by position. Cost: O(log n).
 */
export function indexAtOrBehind<T>(
  items: readonly T[],
  position: Position,
  positionOf: (item: T) => Position,
): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (positionOf(present(items[middle], 'item')) < position) low = middle + 1
    else high = middle
  }
  return low
}
