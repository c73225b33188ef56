/**
 * The first frame of either side. What it says of ring and member must be what the certificate
 * proved; that binds every later frame of the connection to them
 * (docs/decisions/0006-ring-and-member-once-a-connection.md).
 */
import { parseMemberId, parseRingId, type MemberId, type RingId } from '../base/ids.ts'
import { isList } from './packed.ts'

/** Versions of this protocol that this member speaks. */
export const PROTOCOL_VERSION_MIN = 1
export const PROTOCOL_VERSION_MAX = 1

const ADDRESS_CHARACTERS_MAX = 261
const U32_MAX = 2 ** 32 - 1

export interface Hello {
  readonly versionMin: number
  readonly versionMax: number
  readonly ringId: RingId
  readonly memberId: MemberId
  /** Advertised `host:port`. */
  readonly address: string
  /** What the member's program can do; how entries apply depends on the ring's, not on this. */
  readonly featureLevel: number
  /**
   * Chosen at random when the member's process starts: tells a restarted member from a slow one.
   */
  readonly incarnation: number
  /**
   * Counts the connections that the caller opened since its start; settles which of two is kept.
   */
  readonly connectionNumber: number
}

/** A list, so that later versions can add at the end; the first four places stay for ever. */
export function helloBody(hello: Hello): unknown {
  return [
    hello.versionMin,
    hello.versionMax,
    hello.ringId,
    hello.memberId,
    hello.address,
    hello.featureLevel,
    hello.incarnation,
    hello.connectionNumber,
  ]
}

/** `undefined` when it is no hello. */
export function readHello(body: unknown): Hello | undefined {
  if (!isList(body)) return undefined
  const [versionMin, versionMax, ringId, memberId, address, ...numbers] = body
  const [featureLevel, incarnation, connectionNumber] = numbers
  const ids = readIds(ringId, memberId)
  if (ids === undefined || typeof address !== 'string') return undefined
  if (address.length > ADDRESS_CHARACTERS_MAX) return undefined
  if (!isU32(versionMin) || !isU32(versionMax) || versionMin > versionMax) return undefined
  if (!isU32(featureLevel) || !isU32(incarnation) || !isU32(connectionNumber)) return undefined
  return { versionMin, versionMax, ...ids, address, featureLevel, incarnation, connectionNumber }
}

function readIds(ringId: unknown, memberId: unknown) {
  if (typeof ringId !== 'string' || typeof memberId !== 'string') return undefined
  try {
    return { ringId: parseRingId(ringId), memberId: parseMemberId(memberId) }
  } catch {
    return undefined
  }
}

function isU32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= U32_MAX
}

/** The highest version that both speak; `undefined` when there is none. */
export function commonVersion(ours: Hello, theirs: Hello): number | undefined {
  const version = Math.min(ours.versionMax, theirs.versionMax)
  return version >= Math.max(ours.versionMin, theirs.versionMin) ? version : undefined
}
