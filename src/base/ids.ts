/**
 * Names that cannot be mixed up. Each is a branded string with one parser, which holds the only
 * `as`.
 */
import { AnilloError } from './errors.ts'
import { sha256Hex } from './hash.ts'

declare const ringIdTag: unique symbol
declare const memberIdTag: unique symbol
declare const positionTag: unique symbol

/** Which ring: 128 random bits as 32 lower-case hex digits, made when the ring is founded. */
export type RingId = string & { readonly [ringIdTag]: true }

/**
 * Who a member is: 128 random bits as 32 hex digits, made with its data directory, bound in its
 * certificate.
 */
export type MemberId = string & { readonly [memberIdTag]: true }

/**
 * A place on the ring: 256 bits as 64 lower-case hex digits. Text of one length, so `<` orders
 * positions as numbers do, and it costs one comparison of memory.
 */
export type Position = string & { readonly [positionTag]: true }

const HEX_32 = /^[0-9a-f]{32}$/
const HEX_64 = /^[0-9a-f]{64}$/

export function parseRingId(text: string): RingId {
  if (!HEX_32.test(text))
    throw new AnilloError('BAD_REQUEST', { problem: `“${text}” is no ring id` })
  return text as RingId
}

export function parseMemberId(text: string): MemberId {
  if (!HEX_32.test(text))
    throw new AnilloError('BAD_REQUEST', { problem: `“${text}” is no member id` })
  return text as MemberId
}

export function parsePosition(text: string): Position {
  if (!HEX_64.test(text))
    throw new AnilloError('BAD_REQUEST', { problem: `“${text}” is no position` })
  return text as Position
}

/**
 * Where a member or a key stands: the SHA-256 of its text (a member's is its advertised
 * `host:port`).
 */
export function positionOf(text: string): Position {
  return sha256Hex(text) as Position
}
