/**
 * What nodes ask each other. `stun` to `find_value` are those of bmuller/kademlia 2.2.3; `a_get`,
 * `a_put` and `a_del` go only to nodes whose answer to `stun` said that they know them.
 */
import { unreachable } from '../../base/assert.ts'
import { KeyId } from './key-id.ts'
import {
  KEY_BYTES,
  RECORD_BYTES_MAX,
  REQUEST_BODY_BYTES_MAX,
  TOKEN_BYTES,
  VALUE_BYTES_MAX,
} from './limits.ts'
import {
  Malformed,
  packValue,
  PackedValue,
  readWhole,
  type Packable,
  type PackReader,
  type Read,
} from './msgpack.ts'
import { readStoredValue, type StoredValue, type ValueKinds } from './stored-value.ts'

export type Question =
  /** How the asked one sees the asker's address, and what it can do. */
  | { readonly kind: 'stun' }
  | { readonly kind: 'ping'; readonly id: KeyId }
  | {
      readonly kind: 'store'
      readonly id: KeyId
      readonly key: KeyId
      readonly value: StoredValue
    }
  | { readonly kind: 'find_node'; readonly id: KeyId; readonly key: KeyId }
  | { readonly kind: 'find_value'; readonly id: KeyId; readonly key: KeyId }
  /** Records under a key, those of publishers from `cursor` on. */
  | {
      readonly kind: 'a_get'
      readonly id: KeyId
      readonly key: KeyId
      /** Up to 32 bytes: the first public key that is asked for. */
      readonly cursor: Uint8Array
      /** Of an earlier answer of the same node; empty before the first. */
      readonly token: Uint8Array
      /** Bytes of no meaning: the answer to an address that proved nothing is bounded by them. */
      readonly padding: Uint8Array
    }
  | Write

/** Of a signed record, packed; one without addresses takes its publisher's back. */
export interface Write {
  readonly kind: 'a_put' | 'a_del'
  readonly id: KeyId
  readonly key: KeyId
  /** Of the last answer to `a_get` from the node that is asked. */
  readonly token: Uint8Array
  readonly record: Uint8Array
}

export const CURSOR_BYTES_MAX = 32

/** The body of a request. */
export function encodeQuestion(question: Question): Uint8Array {
  return packValue([question.kind, argumentsOf(question)])
}

/**
 * `stun` with lengths written longer than need be, which every reader takes: an answer of three
 * times its bytes has room for all that is answered.
 */
export function encodeRoomyStun(): Uint8Array {
  return packValue(new PackedValue(Uint8Array.of(...LIST_32, 2, ...STR_32, ...STUN, ...LIST_32, 0)))
}

const LIST_32 = [0xdd, 0, 0, 0]
const STUN = [0x73, 0x74, 0x75, 0x6e]
const STR_32 = [0xdb, 0, 0, 0, STUN.length]

function argumentsOf(question: Question): readonly Packable[] {
  switch (question.kind) {
    case 'stun':
      return []
    case 'ping':
      return [question.id.bytes]
    case 'store':
      return [question.id.bytes, question.key.bytes, new PackedValue(question.value)]
    case 'find_node':
    case 'find_value':
      return [question.id.bytes, question.key.bytes]
    case 'a_get':
      return [
        question.id.bytes,
        question.key.bytes,
        question.cursor,
        question.token,
        question.padding,
      ]
    case 'a_put':
    case 'a_del':
      return [question.id.bytes, question.key.bytes, question.token, question.record]
    default:
      return unreachable(question)
  }
}

/** `undefined` for what is malformed, or asks what is not known here. */
export function readQuestion(body: Uint8Array, values: ValueKinds): Question | undefined {
  if (body.length > REQUEST_BODY_BYTES_MAX) return undefined
  return readWhole(body, (reader) => questionOf(reader, values))
}

function questionOf(reader: PackReader, values: ValueKinds): Question {
  if (reader.listLength() !== 2) throw new Malformed('no question')
  const name = reader.text()
  const count = reader.listLength()
  if (count !== ARGUMENTS[name]) throw new Malformed('no question that is known here')
  const given = Array.from({ length: count }, () => reader.read())
  return made(name, given, values)
}

const ARGUMENTS: Readonly<Record<string, number | undefined>> = Object.assign(
  Object.create(null) as Record<string, number>,
  { stun: 0, ping: 1, store: 3, find_node: 2, find_value: 2, a_get: 5, a_put: 4, a_del: 4 },
)

function made(name: string, given: readonly Read[], values: ValueKinds): Question {
  if (name === 'stun') return { kind: 'stun' }
  const id = keyId(given[0])
  if (name === 'ping') return { kind: 'ping', id }
  const key = keyId(given[1])
  switch (name) {
    case 'store':
      return { kind: 'store', id, key, value: valueOf(given[2], values) }
    case 'find_node':
    case 'find_value':
      return { kind: name, id, key }
    case 'a_get':
      return {
        kind: 'a_get',
        id,
        key,
        cursor: bytesOf(given[2], 0, CURSOR_BYTES_MAX),
        token: bytesOf(given[3], 0, TOKEN_BYTES),
        padding: bytesOf(given[4], 0, REQUEST_BODY_BYTES_MAX),
      }
    case 'a_put':
    case 'a_del': {
      const token = bytesOf(given[2], TOKEN_BYTES, TOKEN_BYTES)
      return { kind: name, id, key, token, record: bytesOf(given[3], 1, RECORD_BYTES_MAX) }
    }
    default:
      throw new Malformed('no question that is known here')
  }
}

function keyId(given: Read | undefined): KeyId {
  return KeyId.of(bytesOf(given, KEY_BYTES, KEY_BYTES))
}

function bytesOf(given: Read | undefined, min: number, max: number): Uint8Array {
  const value = given?.value
  if (!(value instanceof Uint8Array) || value.length < min || value.length > max) {
    throw new Malformed('no bytes of that length')
  }
  return value
}

function valueOf(given: Read | undefined, values: ValueKinds): StoredValue {
  const value = given && readStoredValue(given, values)
  if (value === undefined || value.length > VALUE_BYTES_MAX) throw new Malformed('no value')
  return value
}
