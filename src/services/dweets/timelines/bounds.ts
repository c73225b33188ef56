/**
 * What somebody has seen of whom they follow: the publications behind `low`, up to and with `high`.
 * Who is newly followed has both ends at one row: newer ones are unseen, older ones read last.
 * Bounds only grow, and a token says bounds that hold what was shown and what was seen before it,
 * so that tokens can come in any order, and again. Pure.
 */
import { AnilloError } from '../../../base/errors.ts'
import { ZERO_ROW } from './published.ts'

export interface Bounds {
  readonly low: string
  readonly high: string
}

/** By nick. */
export type SeenBounds = ReadonlyMap<string, Bounds>

/** `undefined`: nothing is new, or between them lies what neither has. */
export function joined(before: Bounds, more: Bounds): Bounds | undefined {
  if (more.low > before.high || more.high < before.low) return undefined
  const low = more.low < before.low ? more.low : before.low
  const high = more.high > before.high ? more.high : before.high
  return low === before.low && high === before.high ? undefined : { low, high }
}

/** The row before it: as `low` it says that the row itself was seen. */
export function rowBefore(row: string): string {
  return row === ZERO_ROW ? row : padded(BigInt(`0x${row}`) - 1n)
}

export function rowAfter(row: string): string {
  return padded(BigInt(`0x${row}`) + 1n)
}

function padded(number: bigint): string {
  return number.toString(16).padStart(ZERO_ROW.length, '0')
}

const ENTRY = /^([a-z0-9_]{1,30}):([0-9a-f]{16}):([0-9a-f]{16})$/
const BETWEEN = ','

/** Of 1,000 people with the longest nicks it has fewer than 65,536 characters. */
export function writeToken(seen: SeenBounds): string {
  return [...seen].map(([nick, { high, low }]) => `${nick}:${low}:${high}`).join(BETWEEN)
}

/** @throws AnilloError BAD_REQUEST */
export function readToken(token: string): SeenBounds {
  const seen = new Map<string, Bounds>()
  if (token === '') return seen
  for (const entry of token.split(BETWEEN)) {
    const [, nick = '', low = '', high = ''] = ENTRY.exec(entry) ?? []
    if (nick === '' || low > high) {
      throw new AnilloError('BAD_REQUEST', { problem: 'that is no token of new dweets' })
    }
    seen.set(nick, { low, high })
  }
  return seen
}
