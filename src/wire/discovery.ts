/**
 * Datagrams by which a machine finds the rings of its network (mission A4): it broadcasts
 * `DISCOVER`, and members answer `ENTRY_POINT`. Nothing in them is proved; they only say where to
 * knock.
 *
 * Each is JSON. A question is padded with blanks and an answer is never longer than its question,
 * so that nobody gains by asking in another's name.
 */
import { Type, type Static } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

import { concat, utf8 } from '../base/bytes.ts'
import { DoorAddress, parseJson } from './enrol.ts'
import { Hex32, Hex64 } from './shapes.ts'

/** Shared by all members of a machine. */
export const DISCOVERY_PORT = 9299

/**
 * An answer with four addresses has some 300 bytes; far below what one frame of any network
 * carries.
 */
export const DISCOVERY_BYTES = 512
const ADDRESSES_MAX = 4
const DISCOVERY_VERSION = 1

export const Discover = Type.Object({
  anillo: Type.Literal(DISCOVERY_VERSION),
  kind: Type.Literal('DISCOVER'),
  nonce: Hex32,
})
export type Discover = Static<typeof Discover>

export const EntryPoint = Type.Object({
  anillo: Type.Literal(DISCOVERY_VERSION),
  kind: Type.Literal('ENTRY_POINT'),
  /** Of the question. */
  nonce: Hex32,
  ringId: Hex32,
  /** Of the ring's authority, 64 hex digits. */
  fingerprint: Hex64,
  /** Member doors, the answering member's first, then others that it saw lately. */
  addresses: Type.Array(DoorAddress, { minItems: 1, maxItems: ADDRESSES_MAX }),
})
export type EntryPoint = Static<typeof EntryPoint>

const Datagram = Type.Union([Discover, EntryPoint])
export type DiscoveryDatagram = Static<typeof Datagram>

let validator: Validator | undefined

/** `undefined` for anything else that arrives at the port. */
export function readDiscovery(bytes: Uint8Array): DiscoveryDatagram | undefined {
  if (bytes.length > DISCOVERY_BYTES) return undefined
  const json = parseJson(bytes)
  validator ??= Compile(Datagram)
  return validator.Check(json) ? (json as DiscoveryDatagram) : undefined
}

export function encodeDiscover(nonce: string): Uint8Array {
  const question: Discover = { anillo: DISCOVERY_VERSION, kind: 'DISCOVER', nonce }
  const bytes = utf8(JSON.stringify(question))
  const padding = new Uint8Array(DISCOVERY_BYTES - bytes.length).fill(0x20)
  return concat([bytes, padding])
}

/**
 * At most `bytesMax` long, with as many of the addresses as fit; `undefined` where not even one
 * does.
 */
export function encodeEntryPoint(
  answer: Omit<EntryPoint, 'anillo' | 'kind'>,
  bytesMax: number,
): Uint8Array | undefined {
  for (let count = Math.min(answer.addresses.length, ADDRESSES_MAX); count >= 1; count--) {
    const addresses = answer.addresses.slice(0, count)
    const whole: EntryPoint = {
      anillo: DISCOVERY_VERSION,
      kind: 'ENTRY_POINT',
      ...answer,
      addresses,
    }
    const bytes = utf8(JSON.stringify(whole))
    if (bytes.length <= bytesMax) return bytes
  }
  return undefined
}
