/** What nodes answer, by what they were asked. */
import { ipBytes } from '../../base/ip-bytes.ts'
import type { Endpoint } from '../../effects/net.ts'
import { KeyId } from './key-id.ts'
import { CONTACTS_MAX, KEY_BYTES, RECORD_BYTES_MAX, TOKEN_BYTES } from './limits.ts'
import { Malformed, packValue, PackedValue, readWhole, type Packable } from './msgpack.ts'
import { CURSOR_BYTES_MAX } from './questions.ts'
import { readStoredValue, type StoredValue, type ValueKinds } from './stored-value.ts'

/** Somebody else's node: `host` is an address as it is written, never a name. */
export interface NodeContact extends Endpoint {
  readonly id: KeyId
}

/** In answers that stock nodes never see it is told with whether it knows own questions. */
export interface ToldContact {
  readonly contact: NodeContact
  /** `undefined`: who tells does not know. */
  readonly isCapable: boolean | undefined
}

/** What a node that is more than a stock one says of itself. */
export interface Capability {
  /** Ed25519, 32 bytes; the node's id is the SHA-1 of it. */
  readonly publicKey: Uint8Array
  /** Bits, for what may come. */
  readonly caps: number
}

/** The address as it was seen; the rest is absent at a stock node. */
export interface StunAnswer {
  readonly seen: Endpoint
  readonly capability: Capability | undefined
}

export type FindAnswer =
  | { readonly kind: 'value'; readonly value: StoredValue }
  | { readonly kind: 'contacts'; readonly contacts: readonly NodeContact[] }

/** Of `a_get`. */
export interface RecordsAnswer {
  /** Of who answers, 32 bytes: its id is the SHA-1 of it, whatever others call it. */
  readonly publicKey: Uint8Array
  /** With which this asker may write to this node. */
  readonly token: Uint8Array
  /** How many records the node has under the key in all. */
  readonly total: number
  /** In the order of their publishers from the cursor on; packed. */
  readonly records: readonly Uint8Array[]
  /** Where the rest begins; absent: that was all. */
  readonly next: Uint8Array | undefined
  /** The node’s own value of a stock node, beside the records. */
  readonly value: StoredValue | undefined
  /** Those that it knows closest to the key. */
  readonly contacts: readonly ToldContact[]
}

const VERSION = 1
const PUBLIC_KEY_BYTES = 32
const PORT_MAX = 65_535
const HOST_CHARACTERS_MAX = 45

export function encodeStunAnswer({ seen, capability }: StunAnswer): Uint8Array {
  const address = [seen.host, seen.port]
  if (capability === undefined) return packValue(address)
  const { publicKey, caps } = capability
  const own = new Map<string, Packable>([
    ['a', VERSION],
    ['pk', publicKey],
    ['caps', caps],
  ])
  return packValue([...address, own])
}

/** `undefined` for what is no answer to `stun`; a third element that is not ours is passed over. */
export function readStunAnswer(body: Uint8Array): StunAnswer | undefined {
  return readWhole(body, (reader) => {
    const length = reader.listLength()
    if (length < 2 || length > 3) throw new Malformed('no address')
    const host = reader.text()
    const port = reader.value()
    if (host.length > HOST_CHARACTERS_MAX || !isPort(port)) throw new Malformed('no address')
    const capability = length === 3 ? capabilityOf(reader.value(1)) : undefined
    return { seen: { host, port }, capability }
  })
}

function capabilityOf(value: Packable): Capability | undefined {
  if (!(value instanceof Map)) return undefined
  const publicKey: unknown = value.get('pk')
  const caps: unknown = value.get('caps')
  if (value.get('a') !== VERSION || !isCount(caps)) return undefined
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY_BYTES) return undefined
  return { publicKey, caps }
}

export function encodePingAnswer(id: KeyId): Uint8Array {
  return packValue(id.bytes)
}

export function readPingAnswer(body: Uint8Array): KeyId | undefined {
  return readWhole(body, (reader) => idOf(reader.value()))
}

/** Of `store`, `a_put` and `a_del`: whether it was taken. */
export function encodeTaken(isTaken: boolean): Uint8Array {
  return packValue(isTaken)
}

export function readTaken(body: Uint8Array): boolean | undefined {
  return readWhole(body, (reader) => {
    const value = reader.value()
    if (typeof value !== 'boolean') throw new Malformed('no truth')
    return value
  })
}

export function encodeContacts(contacts: readonly NodeContact[]): Uint8Array {
  return packValue(contacts.map(packedContact))
}

export function encodeFound(value: StoredValue): Uint8Array {
  return packValue(new Map([['value', new PackedValue(value)]]))
}

/** Of `find_node`, which never has a value, and `find_value`. */
export function readFindAnswer(body: Uint8Array, values: ValueKinds): FindAnswer | undefined {
  return readWhole(body, (reader) => {
    if (!reader.isAtMap) return { kind: 'contacts', contacts: contactsOf(reader.value()) }
    if (reader.mapLength() !== 1 || reader.text() !== 'value') throw new Malformed('no value')
    const value = readStoredValue(reader.read(), values)
    if (value === undefined) throw new Malformed('no value')
    return { kind: 'value', value }
  })
}

/** The bytes of one contact in a list, packed: so many fit that much room. */
export function contactBytes({ host, port }: NodeContact): number {
  return 1 + 2 + KEY_BYTES + 1 + host.length + (port < 0x80 ? 1 : port < 0x100 ? 2 : 3)
}

export function encodeRecords(answer: RecordsAnswer): Uint8Array {
  const { contacts, next, publicKey, records, token, total, value } = answer
  const map = new Map<string, Packable>([
    ['pk', publicKey],
    ['t', token],
    ['n', total],
    ['r', records],
    ['c', contacts.map(packedTold)],
  ])
  if (next !== undefined) map.set('next', next)
  if (value !== undefined) map.set('v', new PackedValue(value))
  return packValue(map)
}

export function readRecords(body: Uint8Array, values: ValueKinds): RecordsAnswer | undefined {
  return readWhole(body, (reader) => {
    const found = new Map<string, Packable>()
    let stored: StoredValue | undefined
    for (let left = reader.mapLength(); left > 0; left--) {
      const key = reader.text()
      const read = reader.read()
      if (found.has(key)) throw new Malformed('a key twice')
      found.set(key, read.value)
      if (key === 'v') stored = readStoredValue(read, values)
    }
    const publicKey = found.get('pk')
    const token = found.get('t')
    const total = found.get('n')
    const next = found.get('next')
    if (!isBytes(token, TOKEN_BYTES, TOKEN_BYTES) || !isCount(total)) throw new Malformed('no page')
    if (!isBytes(publicKey, PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES)) throw new Malformed('no key')
    if (next !== undefined && !isBytes(next, 1, CURSOR_BYTES_MAX)) throw new Malformed('no cursor')
    const records = recordsOf(found.get('r'))
    const contacts = toldOf(found.get('c') ?? [])
    return { publicKey, token, total, records, next, value: stored, contacts }
  })
}

function recordsOf(value: Packable | undefined): readonly Uint8Array[] {
  if (!isList(value)) throw new Malformed('no records')
  return value.map((record) => {
    if (!isBytes(record, 1, RECORD_BYTES_MAX)) throw new Malformed('no record')
    return record
  })
}

function packedContact({ host, id, port }: NodeContact): Packable {
  return [id.bytes, host, port]
}

function packedTold({ contact, isCapable }: ToldContact): Packable {
  const { host, id, port } = contact
  return isCapable === undefined ? [id.bytes, host, port] : [id.bytes, host, port, isCapable]
}

function contactsOf(value: Packable): readonly NodeContact[] {
  if (!isList(value) || value.length > CONTACTS_MAX) throw new Malformed('no contacts')
  return value.flatMap((one) => {
    if (!isList(one) || one.length !== 3) throw new Malformed('no contact')
    return contactOf(one)
  })
}

function toldOf(value: Packable): readonly ToldContact[] {
  if (!isList(value) || value.length > CONTACTS_MAX) throw new Malformed('no contacts')
  return value.flatMap((one) => {
    if (!isList(one) || one.length < 3 || one.length > 4) throw new Malformed('no contact')
    const isCapable = one[3]
    if (isCapable !== undefined && typeof isCapable !== 'boolean') throw new Malformed('no contact')
    return contactOf(one).map((contact) => ({ contact, isCapable }))
  })
}

/** None where its address is none, or a name: a node may have been told of such. */
function contactOf(parts: readonly Packable[]): readonly NodeContact[] {
  const [id, host, port] = parts
  if (typeof host !== 'string' || !isCount(port)) throw new Malformed('no contact')
  const contact = { id: idOf(id), host, port }
  return isPort(port) && ipBytes(host) !== undefined ? [contact] : []
}

function idOf(value: Packable | undefined): KeyId {
  if (!isBytes(value, KEY_BYTES, KEY_BYTES)) throw new Malformed('no id')
  return KeyId.of(value)
}

function isList(value: Packable | undefined): value is readonly Packable[] {
  return Array.isArray(value)
}

function isBytes(value: Packable | undefined, min: number, max: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length >= min && value.length <= max
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isPort(value: Packable): value is number {
  return isCount(value) && value >= 1 && value <= PORT_MAX
}
