/**
 * Answers of nodes of the Mainline DHT (BEP 5, BEP 44), read strictly: what is not of its type or
 * length is no answer, and of what an answer holds only what was asked for is looked at. Pure.
 */
import { SIGNATURE_BYTES, SIGNING_KEY_BYTES } from '../../effects/signing.ts'
import { unbencodeMap, type Unbencoded, type UnbencodedMap } from '../bencode.ts'
import { MAINLINE_ID_BYTES, readItem, type MainlineItem } from './item.ts'

/** More than any answer of them has: an item, its signature and twenty nodes. */
export const DATAGRAM_BYTES_MAX = 4_096

const TOKEN_BYTES_MAX = 64
const ADDRESS_BYTES = 6
const NODE_BYTES = MAINLINE_ID_BYTES + ADDRESS_BYTES
/** BEP 5 gives eight; some give a whole bucket of twenty. */
const NODES_MAX = 20
const ERROR_CODE_MAX = 999

/** An address of IPv4, as all of this network’s own. */
export interface MainlineNodeAt {
  /** 20 bytes. */
  readonly id: Uint8Array
  readonly host: string
  readonly port: number
}

/** Signed by the key that it names, or not: that is looked at where the key is known. */
export interface SignedItem {
  readonly item: MainlineItem
  readonly publicKey: Uint8Array
  readonly signature: Uint8Array
  readonly sequence: number
}

export type MainlineMessage =
  /** Somebody asks; what, nobody here looks at. */
  | { readonly kind: 'question' }
  | { readonly kind: 'error'; readonly transaction: Uint8Array; readonly code: number }
  | {
      readonly kind: 'answer'
      readonly transaction: Uint8Array
      readonly id: Uint8Array
      readonly nodes: readonly MainlineNodeAt[]
      readonly token: Uint8Array | undefined
      readonly signed: SignedItem | undefined
    }

/** `undefined`: no message, or none that can be used. */
export function readMainline(bytes: Uint8Array): MainlineMessage | undefined {
  if (bytes.length > DATAGRAM_BYTES_MAX) return undefined
  const message = unbencodeMap(bytes)
  const transaction = message?.get('t')
  if (message === undefined || !(transaction instanceof Uint8Array)) return undefined
  switch (letter(message.get('y'))) {
    case 'q':
      return { kind: 'question' }
    case 'e':
      return { kind: 'error', transaction, code: errorCode(message.get('e')) }
    case 'r':
      return answer(transaction, message.get('r'))
    default:
      return undefined
  }
}

function answer(transaction: Uint8Array, told: Unbencoded | undefined) {
  if (!(told instanceof Map)) return undefined
  const map: UnbencodedMap = told
  const id = bytesIn(map, 'id', MAINLINE_ID_BYTES)
  if (id === undefined) return undefined
  const token = map.get('token')
  return {
    kind: 'answer',
    transaction,
    id,
    nodes: nodesIn(map.get('nodes')),
    token: token instanceof Uint8Array && token.length <= TOKEN_BYTES_MAX ? token : undefined,
    signed: signedIn(map),
  } as const
}

function signedIn(map: UnbencodedMap): SignedItem | undefined {
  const publicKey = bytesIn(map, 'k', SIGNING_KEY_BYTES)
  const signature = bytesIn(map, 'sig', SIGNATURE_BYTES)
  const sequence = map.get('seq')
  const value = map.get('v')
  if (publicKey === undefined || signature === undefined || !(value instanceof Map))
    return undefined
  if (typeof sequence !== 'number' || sequence < 0) return undefined
  const item = readItem(value)
  return item && { item, publicKey, signature, sequence }
}

/** *Compact node info*; what is behind whole ones is left. */
function nodesIn(told: Unbencoded | undefined): readonly MainlineNodeAt[] {
  if (!(told instanceof Uint8Array)) return []
  const count = Math.min(NODES_MAX, Math.floor(told.length / NODE_BYTES))
  return Array.from({ length: count }, (_, index) => {
    const at = index * NODE_BYTES
    const id = told.subarray(at, at + MAINLINE_ID_BYTES)
    const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = told.subarray(
      at + MAINLINE_ID_BYTES,
      at + NODE_BYTES,
    )
    return { id, host: `${a}.${b}.${c}.${d}`, port: 256 * high + low }
  })
}

/** *Compact node info* of these. */
export function compactNodes(nodes: readonly MainlineNodeAt[]): Uint8Array {
  const bytes = new Uint8Array(nodes.length * NODE_BYTES)
  for (const [index, { host, id, port }] of nodes.entries()) {
    const at = index * NODE_BYTES
    bytes.set(id, at)
    bytes.set(host.split('.').map(Number), at + MAINLINE_ID_BYTES)
    new DataView(bytes.buffer).setUint16(at + NODE_BYTES - 2, port)
  }
  return bytes
}

function bytesIn(map: UnbencodedMap, key: string, length: number): Uint8Array | undefined {
  const value = map.get(key)
  return value instanceof Uint8Array && value.length === length ? value : undefined
}

function letter(value: Unbencoded | undefined): string {
  return value instanceof Uint8Array && value.length === 1 ? String.fromCharCode(value[0] ?? 0) : ''
}

function errorCode(told: Unbencoded | undefined): number {
  const code = Array.isArray(told) ? (told[0] as Unbencoded | undefined) : undefined
  return typeof code === 'number' && code > 0 && code <= ERROR_CODE_MAX ? code : 0
}
