/**
 * What a node takes along over a restart, as bytes: pieces, each behind its length; the first holds
 * the contacts, each further one what lies under a key, the latest asked for first. From the first
 * that cannot be read on they are passed over, and past a bound they are left out: all of it can be
 * found again, and a node that keeps much must neither stand still while it is written nor check it
 * all before it answers.
 */
import { concat } from '../../base/bytes.ts'
import { ipBytes } from '../../base/ip-bytes.ts'
import type { HeldState, NodeState } from '../../kademlia/types.ts'
import type { NodeContact } from '../../wire/kademlia/answers.ts'
import { KeyId } from '../../wire/kademlia/key-id.ts'
import { KEY_BYTES } from '../../wire/kademlia/limits.ts'
import { readWhole } from '../../wire/kademlia/msgpack.ts'
import { readStoredValue } from '../../wire/kademlia/stored-value.ts'
import { isList, pack, unpack } from '../../wire/packed.ts'

export const EMPTY_STATE: NodeState = { contacts: [], held: [] }

const LENGTH_BYTES = 4
/** A key with all the records that it may have: longer is damage. */
const PIECE_BYTES_MAX = 4 * 1024 * 1024
/** What is written of it takes some 10 ms, and less than a second to be checked again. */
export const STATE_BYTES_MAX = 4 * 1024 * 1024
const PORT_MAX = 65_535

export function encodeState({ contacts, held }: NodeState): Uint8Array {
  const pieces = [piece(contacts.map(({ host, id, port }) => [id.bytes, host, port]))]
  let bytes = 0
  for (const { key, records, value } of held.toReversed()) {
    if (bytes > STATE_BYTES_MAX) break
    bytes += records.reduce((sum, record) => sum + record.length, value?.value.length ?? 0)
    pieces.push(piece([key.bytes, value?.value ?? null, value?.leftMs ?? 0, records]))
  }
  return concat(pieces)
}

function piece(value: unknown): Uint8Array {
  const packed = pack(value)
  const bytes = new Uint8Array(LENGTH_BYTES + packed.length)
  new DataView(bytes.buffer).setUint32(0, packed.length)
  bytes.set(packed, LENGTH_BYTES)
  return bytes
}

export function decodeState(bytes: Uint8Array): NodeState {
  const [first, ...rest] = pieces(bytes)
  const contacts = isList(first) ? first.flatMap(contactOf) : []
  return { contacts, held: rest.flatMap(heldOf).toReversed() }
}

function pieces(bytes: Uint8Array): readonly unknown[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: unknown[] = []
  for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
    const start = at + LENGTH_BYTES
    const length = view.getUint32(at)
    if (length > PIECE_BYTES_MAX || start + length > bytes.length) return found
    const read = unpack({ source: bytes, start, end: start + length })
    if (read.kind === 'garbled') return found
    found.push(read.value)
    at = start + length
  }
  return found
}

function contactOf(value: unknown): readonly NodeContact[] {
  if (!isList(value)) return []
  const [id, host, port] = value
  if (!isKey(id) || typeof host !== 'string' || ipBytes(host) === undefined) return []
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > PORT_MAX) return []
  return [{ id: KeyId.of(id), host, port }]
}

function heldOf(given: unknown): readonly HeldState[] {
  if (!isList(given)) return []
  const [key, packed, leftMs, records] = given
  if (!isKey(key) || !isList(records)) return []
  const bytes = records.filter((record) => record instanceof Uint8Array)
  const value =
    packed instanceof Uint8Array
      ? readWhole(packed, (reader) => readStoredValue(reader.read(), 'lists'))
      : undefined
  const isAlive = value !== undefined && typeof leftMs === 'number' && leftMs > 0
  return [{ key: KeyId.of(key), value: isAlive ? { value, leftMs } : undefined, records: bytes }]
}

function isKey(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === KEY_BYTES
}
